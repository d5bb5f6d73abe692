/** preview, up, destroy, refresh and import of the built-in engine. */
import { readFileSync } from 'node:fs';
import { SimulatedProvider } from '../simulated/provider.ts';
import { type Arguments, flagOf, isSet } from './command-line.ts';
import { Deployment } from './deployment.ts';
import { EventStream } from './events.ts';
import { EngineError, type Home, type StackPlace } from './home.ts';
import { Journal } from './journal.ts';
import { lockStack } from './lock.ts';
import { serveMonitor } from './monitor.ts';
import { runPlainProgram } from './plain-program.ts';
import { runProgram } from './program.ts';
import { StackSettings } from './settings.ts';
import { type ResourceState, readSnapshot, writeSnapshot } from './snapshot.ts';
import { Steps } from './steps.ts';

export type OperationName = 'preview' | 'up' | 'destroy' | 'refresh' | 'import';

interface World {
  readonly args: Arguments;
  readonly home: Home;
  readonly place: StackPlace;
  readonly settings: StackSettings;
  readonly journal: Journal;
  readonly events: EventStream;
  readonly steps: Steps;
  readonly cloud: SimulatedProvider;
  readonly deployment: Deployment;
  readonly dryRun: boolean;
}

/** What an interrupt does: the first lets the running steps end, the second ends at once. */
export interface Interrupts {
  onFirst(act: () => void): void;
  onSecond(act: () => void): void;
}

const disabledPackages = (value: string | undefined): readonly string[] =>
  value === undefined ? [] : JSON.parse(value);

function worldOf(name: OperationName, args: Arguments, home: Home, place: StackPlace): World {
  const dryRun = name === 'preview' || isSet(args, 'preview-only');
  const settings = new StackSettings(home, place);
  const base = readSnapshot(place, settings.crypter);
  const write = dryRun
    ? undefined
    : (snapshot: typeof base): void => writeSnapshot(home, place, snapshot, settings.crypter);
  const journal = new Journal(base, write);
  const { clock } = home.system;
  const events = new EventStream(clock, flagOf(args, 'event-log'), dryRun);
  const cloud = new SimulatedProvider(home.cloudFolder, clock);
  const steps = new Steps({ cloud, journal, events, clock, dryRun });
  const deployment = new Deployment({
    ...{ stack: place.stack, project: place.project, dryRun, base, journal, events, steps, cloud },
    withoutDefault: disabledPackages(settings.values().get('pulumi:disable-default-providers')?.value),
    ignoreProtect: isSet(args, 'ignore-protect'),
    targets: name === 'up' ? args.flags.get('target') : undefined,
  });
  if (base.pending.some(({ type }) => type === 'creating') && name === 'up') {
    events.diagnostic(
      'warning',
      `Attempting to deploy or update resources with ${base.pending.length} pending operations from previous deployment.`,
    );
  }
  return { args, home, place, settings, journal, events, steps, cloud, deployment, dryRun };
}

/** Runs one operation. Throws EngineError when it failed. */
export async function operate(
  name: OperationName,
  args: Arguments,
  home: Home,
  place: StackPlace,
  interrupts: Interrupts,
): Promise<void> {
  const dryRun = name === 'preview' || isSet(args, 'preview-only');
  const unlock = dryRun ? () => {} : lockStack(home, place);
  try {
    const world = worldOf(name, args, home, place);
    const { steps, events, journal, settings, cloud } = world;
    const cut = Promise.withResolvers<never>();
    let interrupted = false;
    interrupts.onFirst(() => {
      interrupted = true;
      steps.stop();
    });
    interrupts.onSecond(() => cut.reject(new EngineError('update failed')));
    await Promise.race([acts[name](world).then(() => steps.settled()), cut.promise]);
    await journal.flush();
    if (!dryRun) settings.save();
    cloud.close();
    await events.end();
    if (interrupted) throw new EngineError('update canceled');
    if (steps.failures.length > 0) throw new EngineError(steps.failures.join('\n'));
    if (isSet(args, 'expect-no-changes') && events.changed)
      throw new EngineError('no changes were expected but changes occurred');
  } finally {
    unlock();
  }
}

async function program({
  args,
  home,
  place,
  settings,
  deployment,
  events,
  steps,
  cloud,
  dryRun,
}: World): Promise<void> {
  const client = flagOf(args, 'client');
  const monitor = await serveMonitor({ deployment, events, steps, cloud });
  const { folder, system } = home;
  const about = { monitor: monitor.address, place, config: settings.values(), dryRun, folder };
  const ended = client === undefined ? runPlainProgram({ ...about, system }) : runProgram({ ...about, client });
  const problem = await Promise.race([ended, steps.over]);
  await steps.settled();
  if (problem !== undefined && !steps.stopped) steps.fail(problem);
  if (!steps.stopped) await deployment.finish();
  monitor.close();
}

async function refresh({ args, journal, steps, deployment }: World): Promise<void> {
  if (isSet(args, 'clear-pending-creates')) journal.forgetPending();
  const targets = args.flags.get('target');
  for (const state of journal.snapshot.resources) {
    if (!state.custom || state.type.startsWith('pulumi:')) continue;
    if (targets && !targets.includes(state.urn)) continue;
    const fresh = await steps.refresh(state, deployment.settingOf(state.provider ?? ''));
    if (fresh !== state) await journal.change(state, fresh);
  }
  await journal.flush();
}

interface ImportFile {
  readonly nameTable?: Readonly<Record<string, string>>;
  readonly resources: readonly { type: string; name: string; id: string; provider?: string; parent?: string }[];
}

async function adopt({ args, journal, deployment }: World): Promise<void> {
  const { nameTable = {}, resources } = JSON.parse(readFileSync(flagOf(args, 'file') ?? '', 'utf8')) as ImportFile;
  const known = journal.snapshot.resources;
  const find = (name: string | undefined): ResourceState | undefined =>
    known.find(({ urn }) => name !== undefined && urn === nameTable[name]);
  for (const { type, name, id, provider, parent } of resources) {
    const by = find(provider);
    await deployment.adopt({
      ...{ type, name, id },
      provider: by ? `${by.urn}::${by.id}` : '',
      parent: find(parent)?.urn ?? known.find((state) => state.type === 'pulumi:pulumi:Stack')?.urn ?? '',
    });
  }
}

const acts: Readonly<Record<OperationName, (world: World) => Promise<void>>> = {
  preview: program,
  up: program,
  destroy: ({ deployment, journal }) => deployment.remove(journal.snapshot.resources),
  refresh,
  import: adopt,
};
