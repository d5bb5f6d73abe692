/** What breaks a run, and what the next one finds: faults, kills, locks, two at once. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { nodeSystem } from '../../../src/system/node.ts';
import type { Backend, StackHandle } from '../../../src/targets/cloud/operation.ts';
import { clearStale, locksOf } from '../../../src/targets/cloud/state/locks.ts';
import { type CloudPlace, cloudPlace } from '../../support/cloud-stack.ts';
import { checkpointOf, comparable, remains } from '../../support/cloud-state.ts';

const system = nodeSystem();
const clean = { pending: 0, locks: 0, duplicates: [], strays: [] };
let undisturbed: readonly string[];
let place: CloudPlace;
const open: StackHandle[] = [];

const opened = async (...options: Parameters<CloudPlace['open']>): Promise<StackHandle> => {
  const handle = await place.open(...options);
  open.push(handle);
  return handle;
};
const backend = (): Backend => ({
  ...{ url: `file://${join(place.folder, 'state')}`, secretsProvider: 'passphrase' },
  ...{ project: 'opta-shop-network', stack: 'staging', workFolder: join(place.folder, 'work') },
});

beforeAll(async () => {
  place = cloudPlace();
  const handle = await place.open();
  await handle.up({});
  undisturbed = comparable(place);
  await handle.close();
  place.remove();
});
beforeEach(() => {
  place = cloudPlace();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((handle) => handle.close()));
  place.remove();
});
afterAll(() => place.remove());

/** The cloud is at work on it until the answer is called. */
function held(urn: string): () => void {
  const until = join(place.folder, 'go');
  place.faults({ faults: [{ operation: 'create', urn, when: 'never', until }] });
  return () => writeFileSync(until, '');
}

/** Until the cloud is being asked to make `name`. */
async function making(name: string): Promise<void> {
  const begun = (): boolean =>
    place.events.some((event) => event.type === 'resource' && event.state === 'begun' && event.urn.endsWith(name));
  while (!begun()) await system.clock.sleep(10);
}

async function endsAsUndisturbed(handle: StackHandle): Promise<void> {
  const result = await handle.up({});
  expect(result.outcome).not.toBe('failed');
  expect(comparable(place)).toEqual(undisturbed);
  expect(remains(place)).toEqual(clean);
}

describe('a create that fails', () => {
  test('without having made anything is made by the next run', async () => {
    const handle = await opened();
    place.faults({ faults: [{ operation: 'create', urn: 'Vpc::net', when: 'before' }] });
    expect(await handle.up({})).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('fails on purpose'),
    });
    place.faults({});
    expect(await handle.settle()).toEqual({ adopted: [], forgotten: [], unseen: [] });
    await endsAsUndisturbed(handle);
  });

  test('and left something behind is found by its tags and taken in', async () => {
    const handle = await opened();
    place.faults({ faults: [{ operation: 'create', urn: 'Vpc::net', when: 'after' }] });
    expect((await handle.up({})).outcome).toBe('failed');
    expect(remains(place).strays).toHaveLength(1);
    place.faults({});
    expect((await handle.settle()).adopted).toEqual([expect.stringMatching(/Vpc::net$/)]);
    await endsAsUndisturbed(handle);
  });
});

describe('a destroy', () => {
  test('takes all of a stack although the state does not know what something taken in depends on', async () => {
    const handle = await opened();
    place.faults({ faults: [{ operation: 'create', urn: '::private-1', when: 'after' }] });
    expect((await handle.up({})).outcome).toBe('failed');
    place.faults({ faults: [{ operation: 'delete', urn: '::private-1', when: 'never', delayMs: 500 }] });
    expect((await handle.settle()).adopted).toContainEqual(expect.stringMatching(/private-1$/));
    expect((await handle.destroy({ unprotect: true })).outcome).toBe('done');
    expect(place.things().map(({ type }) => type)).toEqual(['aws:ec2/eip:Eip']);
  });
});

describe('an interrupt', () => {
  test('lets what is being made end, and leaves no lock', async () => {
    const stop = new AbortController();
    const handle = await opened(undefined, { signal: stop.signal });
    const go = held('Vpc::net');
    const ended = handle.up({});
    await making('Vpc::net');
    stop.abort();
    // The engine hears of it long before it looks for the file again.
    await system.clock.sleep(500);
    go();
    expect((await ended).outcome).toBe('cancelled');
    expect(checkpointOf(place).resources.some(({ urn }) => urn.endsWith('Vpc::net'))).toBe(true);
    expect(remains(place)).toEqual(clean);
  });
});

describe('a kill of the engine', () => {
  test('leaves a pending create and a lock, which are settled', async () => {
    const handle = await opened();
    place.faults({ faults: [{ operation: 'create', urn: 'Vpc::net', when: 'never', delayMs: 60_000 }] });
    const ended = handle.up({});
    await making('Vpc::net');
    const [lock] = await locksOf(backend(), system);
    system.processes.signal(lock?.pid ?? 0, 'SIGKILL');
    expect(await ended).toMatchObject({
      outcome: 'failed',
      pending: expect.arrayContaining([expect.stringMatching(/Vpc::net$/)]),
    });
    expect(checkpointOf(place).pending).not.toEqual([]);
    await expect(handle.settle()).rejects.toMatchObject({
      code: 'stack-locked',
      hints: [expect.stringContaining('opta state unlock')],
    });
    expect(await clearStale(backend(), system)).toEqual([]);
    place.faults({});
    expect((await handle.settle()).forgotten).toContainEqual(expect.stringMatching(/Vpc::net$/));
    await endsAsUndisturbed(handle);
  });
});

describe('a lock', () => {
  test('keeps a second promotion out while the first works', async () => {
    const [first, second] = [await opened(), await opened()];
    const go = held('Vpc::net');
    const ended = first.up({});
    await making('Vpc::net');
    expect((await second.up({})).outcome).toBe('locked');
    await expect(second.settle()).rejects.toMatchObject({ code: 'stack-locked' });
    expect(await clearStale(backend(), system)).toHaveLength(1);
    go();
    expect((await ended).outcome).toBe('done');
    expect(comparable(place)).toEqual(undisturbed);
  });

  test('of another machine keeps a first promotion from making the stack', async () => {
    mkdirSync(place.lockFolder, { recursive: true });
    const held = { pid: 1, username: 'ann', hostname: 'elsewhere', timestamp: '2026-01-01T00:00:00Z' };
    writeFileSync(join(place.lockFolder, 'a.json'), JSON.stringify(held));
    await expect(opened()).rejects.toMatchObject({
      code: 'stack-locked',
      detail: [expect.stringContaining('ann@elsewhere, process 1, for')],
    });
    expect(place.things()).toEqual([]);
  });

  test('of another machine stays, with its holder and age', async () => {
    const handle = await opened();
    mkdirSync(place.lockFolder, { recursive: true });
    const held = { pid: 1, username: 'ann', hostname: 'elsewhere', timestamp: '2026-01-01T00:00:00Z' };
    writeFileSync(join(place.lockFolder, 'a.json'), JSON.stringify(held));
    expect((await handle.up({})).outcome).toBe('locked');
    await expect(handle.settle()).rejects.toMatchObject({
      detail: [expect.stringContaining('ann@elsewhere, process 1, for')],
    });
    expect(await clearStale(backend(), system)).toHaveLength(1);
    expect(readdirSync(place.lockFolder)).toEqual(['a.json']);
    expect(readFileSync(join(place.lockFolder, 'a.json'), 'utf8')).toContain('elsewhere');
  });
});
