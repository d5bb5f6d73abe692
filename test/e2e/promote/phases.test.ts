/** Promotions from scaffold to record, over a door in memory: gates, approval, phases, resuming, secrets. */
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { destroyWith } from '../../../src/commands/cloud/destroy-with.ts';
import { driftWith } from '../../../src/commands/cloud/drift-with.ts';
import type { Promotion } from '../../../src/releases/promotion.ts';
import { invocationIn, promoteIn, shopFolder } from '../../support/promotion.ts';
import { memoryDoor } from '../../support/stack-door.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opta-promote-'));
  await shopFolder(folder, 'aws');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function records(environment: string): Promise<Promotion[]> {
  const place = join(folder, '.opta', 'rehearsal', environment, 'records', 'promotions');
  const names = (await readdir(place)).sort();
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(place, name), 'utf8'))));
}

const codesIn = (events: readonly { readonly failure?: { readonly code: string } }[]) =>
  events.flatMap(({ failure }) => failure?.code ?? []);

describe('a promotion', () => {
  test('of staging and then of production moves the same digests', async () => {
    const door = memoryDoor();
    const staging = await promoteIn(folder, 'staging', door);
    const production = await promoteIn(folder, 'production', door);
    expect([staging.code, production.code], staging.text + production.text).toEqual([0, 0]);
    expect(production.result?.release).toEqual(staging.result?.release);
    expect(production.result?.natAddresses).toHaveLength(3);
    expect(production.result?.urls).toContain('https://example.com/');
    const [record] = await records('production');
    expect(record).toMatchObject({
      phase: 'Succeeded',
      by: 'ada',
      applied: expect.arrayContaining(['network', 'edge']),
    });
    expect(record?.approval?.planHash).toBe(production.result?.planHash);
  });

  test('gives each environment a range of its own', async () => {
    const door = memoryDoor();
    await promoteIn(folder, 'staging', door);
    await promoteIn(folder, 'production', door);
    const ranges = door.log.opened.map(({ input }) => `${input.app.environment} ${input.addressRange}`);
    expect([...new Set(ranges)].sort()).toEqual(['production 10.1.0.0/16', 'staging 10.0.0.0/16']);
  });

  test('is refused where what stands would have to move, and a destroy too', async () => {
    const door = memoryDoor();
    await promoteIn(folder, 'staging', door);
    const file = join(folder, 'environments', 'staging.yaml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('us-east-1', 'eu-west-1'));
    const moved = {
      code: 'environment-moved',
      message: expect.stringContaining('region us-east-1, and not eu-west-1'),
    };
    await expect(promoteIn(folder, 'staging', door)).rejects.toMatchObject(moved);
    const { invocation } = invocationIn(folder, ['staging'], { rehearse: true, yes: true });
    await expect(destroyWith(invocation, door)).rejects.toMatchObject(moved);
    await writeFile(file, text.replace('123456789012', '210987654321'));
    await expect(promoteIn(folder, 'staging', door)).rejects.toMatchObject({
      code: 'environment-moved',
      message: expect.stringContaining('account 123456789012, and not 210987654321'),
    });
    await writeFile(file, text);
    expect((await promoteIn(folder, 'staging', door)).code).toBe(0);
  });

  test('that was only looked at may go to another region, with the zones of that', async () => {
    const door = memoryDoor();
    await promoteIn(folder, 'staging', door, { planOnly: true });
    const file = join(folder, 'environments', 'staging.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('us-east-1', 'eu-west-1'));
    expect((await promoteIn(folder, 'staging', door)).code).toBe(0);
    expect(door.log.opened.at(-1)?.input.zones).toEqual(['euw1-az1', 'euw1-az2', 'euw1-az3']);
  });

  test('is refused while another environment has its domain', async () => {
    const file = join(folder, 'environments', 'staging.yaml');
    await writeFile(file, (await readFile(file, 'utf8')).replace('domain: staging.example.com', 'domain: example.com'));
    await expect(promoteIn(folder, 'staging', memoryDoor())).rejects.toMatchObject({ code: 'domain-shared' });
  });

  test('applies what it planned: stacks that did not exist are opened again with what others gave', async () => {
    const door = memoryDoor();
    await promoteIn(folder, 'staging', door);
    const last = door.log.opened.findLast(({ input }) => input.stack === 'edge');
    expect(last?.input.upstream.network?.['vpcId']).toBe('vpc-1');
    const order = door.log.calls.filter((call) => call.startsWith('up ')).map((call) => call.split('/')[1]);
    expect(order.slice(0, 1)).toEqual(['network']);
    expect(order.slice(1, 3).sort()).toEqual(['cluster', 'data']);
    expect(order.slice(3)).toEqual(['identities', 'edge']);
    expect(door.log.calls.filter((call) => call.startsWith('close'))).toHaveLength(door.log.opened.length);
  });

  test('a second time is unchanged', async () => {
    const door = memoryDoor();
    await promoteIn(folder, 'staging', door);
    const again = await promoteIn(folder, 'staging', door);
    expect(again.code).toBe(0);
    expect(again.result?.stacks.flatMap(({ counts }) => Object.keys(counts))).toEqual([
      'same',
      'same',
      'same',
      'same',
      'same',
    ]);
  });
});

describe('what is refused', () => {
  test('production, when staging has verified nothing: 12, on record as Failed', async () => {
    const { code, events } = await promoteIn(folder, 'production', memoryDoor());
    expect([code, codesIn(events)]).toEqual([12, ['release-unverified']]);
    expect(await records('production')).toMatchObject([{ phase: 'Failed' }]);
  });

  test('an unverified release goes through with a reason, which is recorded', async () => {
    const { code } = await promoteIn(folder, 'production', memoryDoor(), { approveUnverified: 'shop is down' });
    expect(code).toBe(0);
    expect(await records('production')).toMatchObject([{ phase: 'Succeeded', unverified: 'shop is down' }]);
  });

  test('a definition that is not the release’s', async () => {
    const door = memoryDoor();
    await promoteIn(folder, 'staging', door);
    await appendFile(join(folder, 'opta.yaml'), '\n  - name: cache\n    type: redis\n');
    const { code, events } = await promoteIn(folder, 'production', door);
    expect([code, codesIn(events)]).toEqual([12, ['release-differs']]);
  });

  test('replacing a database without a waiver, before anything is changed', async () => {
    const replaced = new Set<string>();
    const door = memoryDoor({ replaced });
    await promoteIn(folder, 'staging', door);
    replaced.add('db');
    const calls = door.log.calls.length;
    const refused = await promoteIn(folder, 'staging', door);
    expect([refused.code, codesIn(refused.events)]).toEqual([12, ['needs-waiver']]);
    expect(door.log.calls.slice(calls).some((call) => call.startsWith('up'))).toBe(false);
    expect((await promoteIn(folder, 'staging', door, { waive: ['db'] })).code).toBe(0);
  });

  test('a plan that is another one than the approved: 12, nothing of that stack changed', async () => {
    const door = memoryDoor({ changed: new Set(['data'] as const) });
    const { code, events } = await promoteIn(folder, 'staging', door);
    expect([code, codesIn(events)]).toEqual([12, ['plan-changed']]);
    expect(door.cloud.has('staging/data')).toBe(false);
    expect(await records('staging')).toMatchObject([{ phase: 'Failed' }]);
  });

  test('nothing at all with --plan-only: 10, and no record', async () => {
    const { code } = await promoteIn(folder, 'staging', memoryDoor(), { planOnly: true });
    expect(code).toBe(10);
    expect(await readdir(join(folder, '.opta', 'rehearsal', 'staging', 'records'))).not.toContain('promotions');
  });
});

describe('what goes wrong', () => {
  test('a failed stack is Errored, 13, and the next run goes on with the same record', async () => {
    const door = memoryDoor({ failing: new Map([['cluster', 'LimitExceeded: too many clusters']]) });
    const broken = await promoteIn(folder, 'staging', door);
    expect([broken.code, codesIn(broken.events)]).toEqual([13, ['stack-failed']]);
    expect(await records('staging')).toMatchObject([{ phase: 'Errored' }]);
    const resumed = await promoteIn(folder, 'staging', door);
    expect(resumed.code, resumed.text).toBe(0);
    expect(door.log.calls.filter((call) => call.startsWith('settle')).length).toBeGreaterThan(0);
    expect(await records('staging')).toMatchObject([{ phase: 'Succeeded' }]);
  });

  test('a lock is 14', async () => {
    const { code, events } = await promoteIn(folder, 'staging', memoryDoor({ locked: new Set(['network'] as const) }));
    expect([code, codesIn(events)]).toEqual([14, ['stack-locked']]);
  });

  test('an interrupt ends what is under way once, is 130 and Aborted', async () => {
    const stop = new AbortController();
    const door = memoryDoor({ during: (stack) => stack === 'network' && stop.abort(new Error('interrupted')) });
    const { code } = await promoteIn(folder, 'staging', door, {}, stop.signal);
    expect(code).toBe(130);
    expect(await records('staging')).toMatchObject([{ phase: 'Aborted' }]);
  });
});

describe('rolling back', () => {
  test('holds the environment until the newest is named again', async () => {
    const door = memoryDoor();
    const first = await promoteIn(folder, 'staging', door);
    await promoteIn(folder, 'production', door);
    await appendFile(join(folder, 'services/web/src/page.ts'), '\n// another page\n');
    const second = await promoteIn(folder, 'staging', door);
    expect(second.result?.release.hash).not.toBe(first.result?.release.hash);
    await promoteIn(folder, 'production', door);
    const back = await promoteIn(folder, 'production', door, { release: first.result?.release.alias });
    expect(back.result?.release.hash).toBe(first.result?.release.hash);
    const held = await promoteIn(folder, 'production', door);
    expect([held.code, codesIn(held.events)]).toEqual([12, ['environment-held']]);
    expect((await promoteIn(folder, 'production', door, { release: second.result?.release.hash })).code).toBe(0);
    expect((await promoteIn(folder, 'production', door)).code).toBe(0);
  });
});

describe('drift', () => {
  test('stops a promotion, and goes on when it is overwritten', async () => {
    const drifted = new Map<string, readonly string[]>();
    const door = memoryDoor({ drifted });
    await promoteIn(folder, 'staging', door);
    drifted.set('db', ['instanceClass']);
    const stopped = await promoteIn(folder, 'staging', door);
    expect([stopped.code, codesIn(stopped.events)]).toEqual([12, ['drift-found']]);
    expect((await promoteIn(folder, 'staging', door, { drift: 'overwrite' })).code).toBe(0);
    expect(door.log.calls).toContain('refresh staging/data');
    const { invocation, out } = invocationIn(folder, ['staging'], { rehearse: true, json: true });
    expect(await driftWith(invocation, door)).toBe(12);
    expect(out()).toContain('db: instanceClass was');
  });
});

describe('destroying', () => {
  test('goes against the order of making, keeps fixed addresses, and they are taken up again', async () => {
    const replaced = new Set<string>();
    const door = memoryDoor({ replaced });
    await promoteIn(folder, 'staging', door);
    await promoteIn(folder, 'production', door);
    const { invocation } = invocationIn(folder, ['production'], { rehearse: true, json: true });
    expect(await destroyWith(invocation, door)).toBe(12);
    const forced = invocationIn(folder, ['production'], { rehearse: true, json: true, unprotect: true });
    expect(await destroyWith(forced.invocation, door)).toBe(0);
    const order = door.log.calls.filter((call) => call.startsWith('destroy ')).map((call) => call.split('/')[1]);
    expect(order.at(-1)).toBe('network');
    const opened = door.log.calls.filter((call) => call.startsWith('unguard ')).map((call) => call.split('/')[1]);
    expect(opened.sort()).toEqual(['cluster cluster', 'data db', 'edge edge']);
    const first = door.log.calls.findIndex((call) => call.startsWith('destroy '));
    expect(door.log.calls.findLastIndex((call) => call.startsWith('unguard '))).toBeLessThan(first);
    expect(order.indexOf('edge')).toBeLessThan(order.indexOf('cluster'));
    expect(forced.out()).toContain('id-of-nat-2');
    const once = invocationIn(folder, ['production'], { rehearse: true, json: true, unprotect: true });
    expect(await destroyWith(once.invocation, door)).toBe(0);
    expect(once.out(), 'what stays is told again').toContain('id-of-nat-2');
    replaced.add('nat-2');
    const calls = door.log.calls.length;
    const other = await promoteIn(folder, 'production', door, { waive: ['nat-2'] });
    expect([other.code, ...codesIn(other.events)], other.text).toEqual([12, 'kept-replaced']);
    expect(other.text).toContain('id-of-nat-2 because of name');
    expect(door.log.calls.slice(calls).filter((call) => call.startsWith('up '))).toEqual([]);
    replaced.clear();
    const again = await promoteIn(folder, 'production', door);
    expect(again.code, again.text).toBe(0);
    expect(again.result?.stacks[0]?.counts).toMatchObject({ import: 3 });
  });
});

test('no secret is in events, records, or what stacks are given but as secrets', async () => {
  const door = memoryDoor({ failing: new Map([['data', 'placeholder']]) });
  await promoteIn(folder, 'staging', door);
  const secret = door.log.opened.find(({ input }) => input.stack === 'data')?.secrets['shop_db_password'] ?? '';
  expect(secret.length).toBeGreaterThan(20);
  const leaking = memoryDoor({ failing: new Map([['data', `the provider says: password ${secret} is too simple`]]) });
  const { code, text } = await promoteIn(folder, 'staging', leaking);
  expect(code).toBe(13);
  expect(text).toContain('the provider says');
  const kept = JSON.stringify([await records('staging'), leaking.log.opened.map(({ secrets: _, ...rest }) => rest)]);
  expect(`${text}${kept}`).not.toContain(secret);
});
