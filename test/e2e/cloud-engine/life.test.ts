/** A stack from nothing to nothing: preview, up, no change, change, replacement, destroy. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StackHandle, StackPlan } from '../../../src/targets/cloud/operation.ts';
import { cloudPlace, smallInput, theSecret } from '../../support/cloud-stack.ts';
import { forget, keptThings, roleDescription } from '../../support/kept-things.ts';

const place = cloudPlace();
let stack: StackHandle;
let plan: StackPlan;
beforeAll(async () => {
  stack = await place.open();
});
afterAll(async () => {
  await stack.close();
  place.remove();
});

const kindsOf = ({ changes }: StackPlan): Record<string, string> =>
  Object.fromEntries(changes.map(({ name, type, kind }) => [`${type.split(':').at(-1)} ${name}`, kind]));
const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe('a stack', () => {
  test('is previewed without touching the cloud', async () => {
    plan = await stack.preview();
    expect(new Set(plan.changes.map(({ kind }) => kind))).toEqual(new Set(['create']));
    expect(plan.changes.map(({ name }) => name).sort()).toEqual(
      ['aws', 'data', 'nat', 'nat', 'net', 'private-0', 'private-1', 'token', 'token'].sort(),
    );
    expect(plan.outputs).toMatchObject({
      vpcId: '<network.vpcId>',
      subnetIds: ['<network.subnetIds.0>', '<network.subnetIds.1>'],
    });
    expect(place.things()).toEqual([]);
  });

  test('refuses another plan than the one that was approved', async () => {
    await expect(stack.up({ expectHash: 'another' })).rejects.toMatchObject({ code: 'plan-changed' });
    expect(place.things()).toEqual([]);
  });

  test('comes to be as planned', async () => {
    const result = await stack.up({ expectHash: plan.hash });
    expect(result).toMatchObject({ outcome: 'done', pending: [], outputs: { vpcId: expect.stringMatching(/^vpc-/) } });
    expect(place.things().length).toBe(plan.changes.length - 1);
    expect(await stack.outputs()).toEqual(result.outputs);
  });

  test('does not change when nothing changed', async () => {
    expect((await stack.up({})).outcome).toBe('unchanged');
    expect(Object.values(kindsOf(await stack.preview({ refresh: true })))).not.toContain('refresh');
  });

  test('keeps its secret out of files, outputs, events and logs', () => {
    const holders = filesBelow(place.folder).filter(
      (file) => !file.includes('cloud.sqlite') && readFileSync(file).includes(theSecret),
    );
    expect(holders).toEqual([]);
    expect(JSON.stringify([plan, place.events])).not.toContain(theSecret);
    expect(statSync(place.stateFile).mode & 0o077).toBe(0);
  });

  test('replaces what cannot change, and what lives in it', async () => {
    const other = await place.open({ ...smallInput, addressRange: '10.2.0.0/16' });
    try {
      const next = await other.preview();
      expect(kindsOf(next)).toMatchObject({
        'Vpc net': 'replace',
        'Subnet private-0': 'replace',
        'Eip nat': 'same',
        'Key data': 'same',
      });
      expect(next.changes.find(({ name }) => name === 'net')?.replaceKeys).toEqual(['cidrBlock']);
      expect((await other.up({ expectHash: next.hash })).outcome).toBe('done');
      const ranges = place.things().flatMap(({ inputs }) => inputs['cidrBlock'] ?? []);
      expect(ranges.sort()).toEqual(['10.2.0.0/16', '10.2.0.0/24', '10.2.1.0/24']);
    } finally {
      await other.close();
    }
  });

  test('tells what was changed behind its back', async () => {
    const { CloudStore } = await import('../../../src/targets/cloud/engine/simulated/store.ts');
    const store = new CloudStore(place.cloudFolder);
    const [key] = place.things().filter(({ type }) => type.endsWith(':Key'));
    if (key) store.put({ ...key, inputs: { ...key.inputs, enableKeyRotation: false } });
    store.close();
    const drift = await stack.preview({ refresh: true });
    expect(drift.changes.filter(({ kind }) => kind !== 'same')).toMatchObject([
      { name: 'data', kind: 'refresh', diff: ['enableKeyRotation'] },
    ]);
  });

  test('goes, but for what is protected', async () => {
    const refused = await stack.destroy({ unprotect: false });
    expect(refused).toMatchObject({ outcome: 'failed', message: expect.stringContaining('cannot be deleted') });
    expect(place.things().map(({ type }) => type)).toContain('aws:ec2/eip:Eip');
    const destroyed = await stack.destroy({ unprotect: true });
    expect(destroyed.outcome).toBe('done');
    expect(place.things().map(({ type }) => type)).toEqual(['aws:ec2/eip:Eip']);
    expect(readdirSync(place.lockFolder)).toEqual([]);
  });

  test('takes over what was kept and what an account has, as it is, and then makes it its own', async () => {
    const retained = keptThings(place);
    const again = await place.open({ ...smallInput, retained });
    try {
      const next = await again.preview();
      const taken = next.changes.filter(({ kind }) => kind === 'import');
      expect(taken.map(({ name, diff }) => [name, ...diff]).sort()).toEqual([['nat'], ['role'], ['zone', 'labels']]);
      expect((await again.up({ expectHash: next.hash })).outcome).toBe('done');
      const found = (part: string) => place.things().find(({ type }) => type.endsWith(part));
      expect(found(':Eip')?.id).toBe(retained['nat']);
      expect(found(':ServiceLinkedRole')?.outputs['description'], 'the role is not ours').toBe(roleDescription);
      expect(found(':ManagedZone')).toMatchObject({ inputs: { labels: { 'opta-resource': 'zone' } } });
      expect((await again.up({})).outcome).toBe('unchanged');
      expect(Object.values(kindsOf(await again.preview({ refresh: true })))).not.toContain('refresh');
      await again.destroy({ unprotect: true });
    } finally {
      await again.close();
    }
  });

  test('makes anew what was kept and is gone', async () => {
    const { nat = '' } = keptThings(place);
    forget(place, nat);
    const again = await place.open({ ...smallInput, retained: { nat } });
    try {
      const next = await again.preview();
      expect(kindsOf(next)).toMatchObject({ 'Eip nat': 'create' });
      expect(JSON.stringify(place.events)).toContain(`nat ${nat}, which was to be taken over, is gone`);
      expect((await again.up({ expectHash: next.hash })).outcome).toBe('done');
    } finally {
      await again.close();
    }
  });
});
