/** Settles what a killed or failed run left: finds what was made and is in no state, and takes it in or forgets it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../../../errors.ts';
import type { System } from '../../../../system/system.ts';
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
}

interface Settled {
  readonly adopted: readonly string[];
  readonly forgotten: readonly string[];
}

interface Found {
  readonly urn: string;
  readonly type: string;
  readonly id: string;
  readonly parent: string;
  readonly provider: string;
}

/** What the program would create although it is there already. */
async function strays({ lookup, gather }: SettleWorld): Promise<readonly Found[]> {
  const gathered = await gather();
  const creates = gathered.plan().changes.filter(({ kind, type }) => kind === 'create' && !type.startsWith('pulumi:'));
  const found: Found[] = [];
  for (const { urn, type, inputs } of creates) {
    const side = gathered.steps.get(urn)?.new;
    const provider = side?.provider.split('::').slice(0, -1).join('::') ?? '';
    const by = (gathered.steps.get(provider)?.new?.inputs ?? {}) as Properties;
    const ids = await lookup.find(type, inputs, by);
    const [id] = ids;
    if (ids.length > 1) throw severalOf(urn, ids);
    if (id !== undefined) found.push({ urn, type, id, parent: side?.parent ?? '', provider });
  }
  return found;
}

const severalOf = (urn: string, ids: readonly string[]): UserError =>
  new UserError('cloud-duplicates', `${nameOf(urn)} exists ${ids.length} times in the cloud`, {
    detail: ids.map((id) => `  ${id}`),
    hints: ['Delete all but one of them in the cloud, then run the same command again.'],
  });

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
  const { system, workspace, start, refresh } = world;
  await endPlugins(system, start.backend.workFolder);
  refuseLocked(start.backend, system);
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
  while (state.urns.size > 0) {
    const fresh = await adopt(world, await strays(world), state);
    if (fresh.length === 0) break;
    for (const urn of fresh) adopted.add(urn);
    state = await now();
  }
  if (adopted.size > 0) await noteDependencies(workspace, [...adopted]);
  return { adopted: [...adopted], forgotten: creating.filter((urn) => !adopted.has(urn)) };
}
