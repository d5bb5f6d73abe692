/** Settles what a killed or failed run left: finds what was made and is in no state, and takes it in or forgets it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../../../errors.ts';
import type { System } from '../../../../system/system.ts';
import type { Change, StackHandle } from '../../operation.ts';
import { refuseLocked } from '../../state/locks.ts';
import type { ChildStart } from '../messages.ts';
import type { Properties } from '../values.ts';
import type { Lookup } from './lookup.ts';
import { type Gathered, nameOf, rootType } from './plan.ts';
import { endPlugins } from './plugins.ts';
import { forgetPending, noteDependencies, type State, stateOf } from './state.ts';
import type { Workspace } from './workspace.ts';

interface SettleWorld {
  readonly system: System;
  readonly workspace: Workspace;
  readonly start: ChildStart;
  readonly lookup: Lookup;
  /** What the program would do now. */
  readonly gather: () => Promise<Gathered>;
  /** Lets the state take what became of these in the cloud, and of nothing else: what others changed is for a person. */
  readonly refresh: (urns: readonly string[]) => Promise<void>;
  readonly note: (message: string) => void;
  readonly signal: AbortSignal;
}

type Settled = Awaited<ReturnType<StackHandle['settle']>>;

/** Milliseconds between two looks at what the cloud does not show yet. */
const askAgainMs = 5000;

interface Found {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly parent: string;
  readonly provider: string;
}

const createsOf = (gathered: Gathered): readonly Change[] =>
  gathered.plan().changes.filter(({ kind, type }) => kind === 'create' && !type.startsWith('pulumi:'));

/** What the program would create although it is there already. */
async function strays({ lookup }: SettleWorld, gathered: Gathered, state: State): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const { urn, type, inputs } of createsOf(gathered)) {
    const side = gathered.steps.get(urn)?.new;
    const provider = providerOf(gathered, urn);
    const ids = await idsOf(lookup, gathered, { urn, type, inputs }, state);
    const [id] = ids;
    if (ids.length > 1) throw severalOf(urn, ids);
    if (id !== undefined) found.push({ urn, type, id, parent: side?.parent ?? '', provider });
  }
  return found;
}

const providerOf = (gathered: Gathered, urn: string): string =>
  gathered.steps.get(urn)?.new?.provider.split('::').slice(0, -1).join('::') ?? '';

/** Ids of what stands and is in no state. */
async function idsOf(
  lookup: Lookup,
  gathered: Gathered,
  { urn, type, inputs }: Pick<Change, 'urn' | 'type' | 'inputs'>,
  { ids }: State,
): Promise<readonly string[]> {
  const by = (gathered.steps.get(providerOf(gathered, urn))?.new?.inputs ?? {}) as Properties;
  const found = await lookup.find(type, inputs as Properties, by);
  return found.filter((id) => !ids.has(`${type} ${id}`));
}

/** What a replacement that was cut off made beside the one in the state: nothing can be taken in under its name. */
async function beside(
  { lookup }: SettleWorld,
  gathered: Gathered,
  creating: readonly string[],
  state: State,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const changes = gathered.plan().changes.filter(({ urn }) => creating.includes(urn) && state.urns.has(urn));
  const found = await Promise.all(
    changes.map(async (change) => [change.urn, await idsOf(lookup, gathered, change, state)] as const),
  );
  return new Map(found.filter(([, ids]) => ids.length > 0));
}

function refuseHalfReplaced(left: ReadonlyMap<string, readonly string[]>): void {
  if (left.size === 0) return;
  const names = [...left.keys()].map(nameOf).join(', ');
  throw new UserError(
    'cloud-duplicates',
    `a replacement of ${names} was cut off, and what it made stands beside the old one`,
    {
      detail: [...left].flatMap(([urn, ids]) => ids.map((id) => `  ${nameOf(urn)}: ${id}`)),
      hints: ['Delete these in the cloud, then run the same command again: it replaces the old one anew.'],
    },
  );
}

const severalOf = (urn: string, ids: readonly string[]): UserError =>
  new UserError('cloud-duplicates', `${nameOf(urn)} exists ${ids.length} times in the cloud`, {
    detail: ids.map((id) => `  ${id}`),
    hints: ['Delete all but one of them in the cloud, then run the same command again.'],
  });

/** `urn:pulumi:<stack>::<project>::<parents>$<type>::<name>`. */
const typeOf = (urn: string): string => urn.split('::')[2]?.split('$').at(-1) ?? '';

/** Imports things under the names that the program has for them; those whose parents are not in the state yet are left to a later run. */
async function adopt({ workspace }: SettleWorld, found: readonly Found[], state: State): Promise<string[]> {
  const ready = found.filter(
    ({ parent, provider }) => state.urns.has(provider) && (parent === '' || state.urns.has(parent)),
  );
  if (ready.length === 0) return [];
  const names = new Map<string, string>();
  const named = (urn: string): string => {
    const name = names.get(urn) ?? `n${names.size}`;
    names.set(urn, name);
    return name;
  };
  const resources = ready.map(({ urn, type, id, parent, provider }) => {
    const isRoot = parent === '' || parent.split('::')[2] === rootType;
    return { type, name: nameOf(urn), id, provider: named(provider), ...(!isRoot && { parent: named(parent) }) };
  });
  const folder = mkdtempSync(join(tmpdir(), 'opta-import-'));
  try {
    const file = join(folder, 'import.json');
    const nameTable = Object.fromEntries([...names].map(([urn, name]) => [name, urn]));
    writeFileSync(file, JSON.stringify({ nameTable, resources }), { mode: 0o600 });
    await workspace.pulumi([
      ...['import', '--file', file, '--yes', '--skip-preview', '--generate-code=false', '--protect=false'],
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return ready.map(({ urn }) => urn);
}

/**
 * First the processes of the killed run, then the cloud is asked for every create that is not in the state: those begun,
 * and all that the program still wants, since a create that failed leaves no trace. What is found makes more known (the
 * id of a network, by which its subnets are found), so it goes on until nothing more is found.
 */
export async function settle(world: SettleWorld): Promise<Settled> {
  const { system, workspace, start, refresh, lookup } = world;
  await endPlugins(system, start.backend.workFolder);
  await refuseLocked(start.backend, system);
  const now = (): Promise<State> => stateOf(workspace, start.backend);
  let state = await now();
  const [creating = [], touched = []] = [true, false].map((creates) =>
    state.pending.filter(({ type }) => (type === 'creating') === creates).map(({ urn }) => urn),
  );
  if (state.pending.length > 0) await forgetPending(workspace);
  if (touched.length > 0) await refresh(touched);
  state = await now();
  const adopted = new Set<string>();
  // An environment that never was has nothing to settle.
  if (state.urns.size === 0) return { adopted: [], forgotten: creating, unseen: [] };
  const missing = () => creating.filter((urn) => !adopted.has(urn) && !state.urns.has(urn));
  const begun = system.clock.monotonic();
  let gathered = await world.gather();
  refuseHalfReplaced(await beside(world, gathered, creating, state));
  for (;;) {
    const fresh = await adopt(world, await strays(world, gathered, state), state);
    for (const urn of fresh) adopted.add(urn);
    if (fresh.length > 0) {
      state = await now();
      gathered = await world.gather();
      continue;
    }
    const late = missing().filter((urn) => begun + lookup.lagMs(typeOf(urn)) > system.clock.monotonic());
    if (late.length === 0) break;
    world.note(`waiting until the cloud would surely show ${late.map(nameOf).join(', ')}`);
    await system.clock.sleep(askAgainMs, world.signal);
    lookup.anew();
  }
  if (adopted.size > 0) await noteDependencies(workspace, [...adopted]);
  const unseen = createsOf(gathered).flatMap(({ urn, type }) => {
    const where = lookup.byHand(type);
    return where === undefined ? [] : [{ urn, where }];
  });
  return { adopted: [...adopted], forgotten: missing(), unseen };
}
