/** What any engine must do with the small stack, told step by step without what differs from run to run. */

import type { StackInput } from '../../src/app/stacks.ts';
import { nodeSystem } from '../../src/system/node.ts';
import { CloudStore } from '../../src/targets/cloud/engine/simulated/store.ts';
import type { EngineChoice, StackHandle, StackPlan, StackResult } from '../../src/targets/cloud/operation.ts';
import { clearStale, locksOf } from '../../src/targets/cloud/state/locks.ts';
import { type CloudPlace, smallInput } from './cloud-stack.ts';
import { comparable, remains } from './cloud-state.ts';
import { forget, keptThings } from './kept-things.ts';

/** One step: its name, and what is to be the same with every engine. */
export type Transcript = readonly (readonly [step: string, found: unknown])[];

const moved = ({ changes }: StackPlan): readonly string[] =>
  changes
    .filter(({ kind }) => kind !== 'same')
    .map(({ kind, type, name, diff, replaceKeys }) =>
      kind === 'create' ? `create ${type} ${name}` : `${kind} ${type} ${name} ${diff} ${replaceKeys}`,
    )
    .sort();
const ended = ({ outcome, changes, outputs }: StackResult) => ({
  outcome,
  changes,
  outputs: Object.keys(outputs).sort(),
});

function byHand(place: CloudPlace): void {
  const store = new CloudStore(place.cloudFolder);
  const key = store.everything().find(({ type }) => type.endsWith(':Key'));
  if (key) store.put({ ...key, inputs: { ...key.inputs, enableKeyRotation: false } });
  store.close();
}

/** Runs the whole life of the stack over `engine`. */
export async function transcriptOf(place: CloudPlace, engine?: EngineChoice): Promise<Transcript> {
  const told: [string, unknown][] = [];
  const stands = () => [comparable(place), remains(place)];
  const on = async (input: Partial<StackInput>, act: (handle: StackHandle) => Promise<void>): Promise<void> => {
    const handle = await place.open({ ...smallInput, ...input }, engine && { engine });
    try {
      await act(handle);
    } finally {
      await handle.close();
    }
  };
  const changed = { addressRange: '10.2.0.0/16' };
  await on({}, async (handle) => {
    const plan = await handle.preview();
    told.push(['preview', [moved(plan), plan.outputs]]);
    told.push(['up', [ended(await handle.up({ expectHash: plan.hash })), stands()]]);
    told.push(['unchanged', ended(await handle.up({}))]);
    byHand(place);
    told.push(['drift', moved(await handle.preview({ refresh: true }))]);
    told.push(['refresh', [(await handle.refresh()).outcome, stands()]]);
    told.push(['overwritten', [(await handle.up({})).outcome, stands()]]);
  });
  await on({ production: false }, async (handle) => {
    const plan = await handle.preview();
    told.push(['update', [moved(plan), ended(await handle.up({ expectHash: plan.hash })), stands()]]);
  });
  await on(changed, async (handle) => {
    const plan = await handle.preview();
    told.push(['replace', [moved(plan), (await handle.up({ expectHash: plan.hash })).outcome, stands()]]);
  });
  for (const [at, when] of (['after', 'before', 'partly'] as const).entries()) {
    const zones = ['use1-az1', 'use1-az2', ...Array.from({ length: at + 1 }, (_, zone) => `use1-az${zone + 3}`)];
    await on({ ...changed, zones }, async (handle) => {
      place.faults({ faults: [{ operation: 'create', urn: `::private-${at + 2}`, when }] });
      const { outcome } = await handle.up({});
      place.faults({});
      const { adopted } = await handle.settle();
      told.push([`fault ${when}`, [outcome, adopted.length, (await handle.up({})).outcome, stands()]]);
    });
  }
  told.push(['kill', await killed(place, on, stands)]);
  await on(changed, async (handle) => {
    told.push(['destroy refused', (await handle.destroy({ unprotect: false })).outcome]);
    told.push([
      'destroy',
      [(await handle.destroy({ unprotect: true })).outcome, place.things().map(({ type }) => type)],
    ]);
  });
  const retained = keptThings(place);
  await on({ ...changed, retained }, async (handle) => {
    const plan = await handle.preview();
    told.push(['take over', [moved(plan), ended(await handle.up({ expectHash: plan.hash })), stands()]]);
    told.push(['taken over', [ended(await handle.up({})), moved(await handle.preview({ refresh: true }))]]);
    told.push(['kept', [(await handle.destroy({ unprotect: true })).outcome, place.things().map(({ type }) => type)]]);
  });
  forget(place, retained['nat'] ?? '');
  await on({ ...changed, retained }, async (handle) => {
    told.push(['gone meanwhile', moved(await handle.preview())]);
  });
  return told;
}

/** Kills the engine while a subnet is being made, and goes on. */
async function killed(
  place: CloudPlace,
  on: (input: Partial<StackInput>, act: (handle: StackHandle) => Promise<void>) => Promise<void>,
  stands: () => unknown,
): Promise<unknown> {
  const system = nodeSystem();
  const found: unknown[] = [];
  const zones = [1, 2, 3, 4, 5, 6].map((zone) => `use1-az${zone}`);
  await on({ addressRange: '10.2.0.0/16', zones }, async (handle) => {
    place.faults({ faults: [{ operation: 'create', urn: '::private-5', when: 'never', delayMs: 60_000 }] });
    const up = handle.up({});
    const begun = () =>
      place.events.some(
        (event) => event.type === 'resource' && event.state === 'begun' && /private-5$/.test(event.urn),
      );
    while (!begun()) await system.clock.sleep(20);
    const [lock] = await locksOf(place.backend, system);
    system.processes.signal(lock?.pid ?? 0, 'SIGKILL');
    found.push((await up).outcome);
    place.faults({});
    await clearStale(place.backend, system);
    found.push((await handle.settle()).adopted.length, (await handle.up({})).outcome, stands());
  });
  return found;
}
