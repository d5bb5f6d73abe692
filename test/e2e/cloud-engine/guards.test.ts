/** What is protected in state and guarded by the cloud: refused, let go when it was waived, and otherwise left as it is. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { engineOf, missingPrograms } from '../../../scripts/support/promotion/engine.ts';
import type { StackInput } from '../../../src/app/stacks.ts';
import type { EngineChoice, StackHandle } from '../../../src/targets/cloud/operation.ts';
import { needsWaiver } from '../../../src/targets/cloud/risk.ts';
import { type CloudPlace, cloudPlace, smallInput, theSecret } from '../../support/cloud-stack.ts';
import { checkpointOf, comparable } from '../../support/cloud-state.ts';

const program = fileURLToPath(new URL('../../support/cloud-programs/guarded.ts', import.meta.url));
const missing = missingPrograms();
if (missing.length > 0) console.log(`the built-in engine only: not on PATH: ${missing.join(', ')}`);
const folder = mkdtempSync(join(tmpdir(), 'opta-engine-'));
const places: CloudPlace[] = [];
afterAll(() => {
  for (const place of places) place.remove();
  rmSync(folder, { recursive: true, force: true });
});

const engines: readonly (readonly [string, () => CloudPlace, EngineChoice | undefined])[] = [
  ['the built-in engine', () => cloudPlace(), undefined],
  ...(missing.length > 0
    ? []
    : ([
        ['a real engine', () => cloudPlace(engineOf('real', folder).env), { kind: 'real', command: 'pulumi' }],
      ] as const)),
];

/** What a destroy goes by besides values; engines keep no order among things that do not need each other. */
const ties = (place: CloudPlace) =>
  checkpointOf(place)
    .resources.map((resource) => {
      const { urn, parent, protect, retainOnDelete, dependencies, propertyDependencies, customTimeouts } =
        resource as unknown as Record<string, unknown>;
      return { urn: String(urn), parent, protect, retainOnDelete, dependencies, propertyDependencies, customTimeouts };
    })
    .sort((one, other) => (one.urn < other.urn ? -1 : 1));
const others = (place: CloudPlace) => comparable(place).filter((line) => !/^\S+::(db|images) /.test(line));
const urnsOf = (place: CloudPlace) => checkpointOf(place).resources.map(({ urn }) => urn);
const database = (place: CloudPlace) => place.things().find(({ type }) => type === 'aws:rds/instance:Instance');

describe.each(engines)('over %s', (_, placed, engine) => {
  const place = placed();
  places.push(place);
  const over = async (zones: readonly string[], act: (stack: StackHandle) => Promise<void>): Promise<void> => {
    const stack = await place.open({ ...smallInput, zones } as StackInput, { program, ...(engine && { engine }) });
    try {
      await act(stack);
    } finally {
      await stack.close();
    }
  };

  test('guards are lowered, and nothing else changes', { timeout: 300_000 }, async () => {
    await over(['one'], async (stack) => {
      expect((await stack.up({})).outcome).toBe('done');
      const before = { ties: ties(place), others: others(place), all: comparable(place) };
      const urns = urnsOf(place);
      expect(await stack.unguard({ urns })).toMatchObject({ outcome: 'done' });
      expect(database(place)?.inputs).toMatchObject({
        deletionProtection: false,
        finalSnapshotIdentifier: expect.stringMatching(/^shop-db-final-\d{14}$/),
        password: theSecret,
      });
      expect([ties(place), others(place)]).toEqual([before.ties, before.others]);
      expect(JSON.stringify(checkpointOf(place))).not.toContain(theSecret);
      expect((await stack.up({})).outcome, 'the program raises them again').toBe('done');
      expect([ties(place), comparable(place)]).toEqual([before.ties, before.all]);
    });
  });

  test('a replacement of it is planned, refused without a waiver, and done with one', {
    timeout: 300_000,
  }, async () => {
    await over(['other'], async (stack) => {
      const plan = await stack.preview();
      const waived = plan.changes.filter(needsWaiver);
      expect(waived.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual(['replace db', 'replace table']);
      const refused = await stack.up({ expectHash: plan.hash, planned: plan });
      expect(refused).toMatchObject({ outcome: 'failed', message: expect.stringContaining('protect') });
      const urns = waived.map(({ urn }) => urn);
      expect(await stack.up({ expectHash: plan.hash, planned: plan, waived: urns })).toMatchObject({ outcome: 'done' });
      expect(database(place)?.inputs).toMatchObject({ dbName: 'other', deletionProtection: true });
      const [table, ...more] = place.things().filter(({ type }) => type === 'aws:dynamodb/table:Table');
      expect(table?.inputs).toMatchObject({ hashKey: 'other', deletionProtectionEnabled: true });
      expect(more).toEqual([]);
    });
  });

  test('so is its end, when the definition has it no more; a destroy then takes the rest', {
    timeout: 300_000,
  }, async () => {
    await over([], async (stack) => {
      const plan = await stack.preview();
      const waived = plan.changes.filter(needsWaiver);
      expect(waived.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual(['delete db', 'replace table']);
      const urns = waived.map(({ urn }) => urn);
      expect(await stack.up({ expectHash: plan.hash, planned: plan, waived: urns })).toMatchObject({ outcome: 'done' });
      expect(database(place)).toBeUndefined();
      const blocked = await stack.destroy({ unprotect: true });
      expect(blocked).toMatchObject({ outcome: 'failed', message: expect.stringContaining('OperationNotPermitted') });
      const left = { urns: urnsOf(place) };
      place.faults({ faults: [{ operation: 'update', urn: '::images', when: 'before', once: true }] });
      expect(await stack.unguard(left)).toMatchObject({ outcome: 'failed' });
      expect(await stack.unguard(left), 'what was not done').toMatchObject({ outcome: 'done' });
      expect(await stack.destroy({ unprotect: true })).toMatchObject({ outcome: 'done' });
      expect(place.things().map(({ type }) => type)).toEqual(['aws:dynamodb/table:Table']);
    });
  });
});
