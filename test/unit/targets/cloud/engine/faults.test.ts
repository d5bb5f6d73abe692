/** What goes wrong in the simulated clouds on purpose. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeSystem } from '../../../../../src/system/node.ts';
import { type Fault, strikesOf } from '../../../../../src/targets/cloud/engine/simulated/faults.ts';
import { SimulatedProvider } from '../../../../../src/targets/cloud/engine/simulated/provider.ts';
import { CloudStore } from '../../../../../src/targets/cloud/engine/simulated/store.ts';

let folder: string;
let cloud: SimulatedProvider;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opta-faults-'));
  cloud = new SimulatedProvider(folder, nodeSystem().clock);
});
afterEach(() => {
  cloud.close();
  rmSync(folder, { recursive: true, force: true });
});

const faults = (...some: Fault[]): void => writeFileSync(join(folder, 'faults.json'), JSON.stringify({ faults: some }));
const make = (name: string): Promise<unknown> =>
  cloud.create(
    `urn:pulumi:staging::opta-acme-network::aws:ec2/eip:Eip::${name}`,
    'aws:ec2/eip:Eip',
    { domain: 'vpc', tags: { Name: name } },
    { account: '123456789012', region: 'us-east-1', tags: {} },
  );

test('a fault strikes every operation that it is for', async () => {
  faults({ operation: 'create', urn: '::a', when: 'before' });
  await expect(make('a')).rejects.toThrow('fails on purpose');
  await expect(make('a')).rejects.toThrow('fails on purpose');
  await expect(make('b')).resolves.toBeDefined();
});

test('one that strikes once lets the next try through, on each resource for itself', async () => {
  faults({ operation: 'create', once: true, when: 'before' });
  await expect(make('a')).rejects.toThrow('fails on purpose');
  await expect(make('a')).resolves.toBeDefined();
  await expect(make('b')).rejects.toThrow('fails on purpose');
  const store = new CloudStore(folder);
  const counted = (name: string): number => store.counted(strikesOf('create', name));
  expect(counted('urn:pulumi:staging::opta-acme-network::aws:ec2/eip:Eip::b')).toBe(1);
  expect(counted('urn:pulumi:staging::opta-acme-network::aws:ec2/eip:Eip::c')).toBe(0);
  store.close();
});
