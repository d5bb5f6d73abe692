/** What the steps of a promotion share: what was given, and what each leaves for those after it. */
import type { App } from '../../app/app.ts';
import { type NodeGroupPlan, nodeGroupsOf } from '../../app/nodes-of-cluster.ts';
import { type StackInput, type StackName, type StackOutputs, stackNeeds } from '../../app/stacks.ts';
import type { Secrets } from '../../engine/secrets.ts';
import type { Step } from '../../engine/step.ts';
import type { Pins } from '../../platform/versions.ts';
import { hashOf } from '../../releases/canonical.ts';
import type { Promotion } from '../../releases/promotion.ts';
import type { Release } from '../../releases/release.ts';
import type { RecordDoor, ReleaseStore } from '../../releases/store.ts';
import type { CloudAccount, Identity } from './account/account.ts';
import { backendOf, type CloudEnvironment, type CloudPlaces, firstLook } from './environment.ts';
import type { Change, StackDoor, StackEvent, StackHandle, StackPlan } from './operation.ts';
import type { Placement } from './placement.ts';
import type { Review } from './review.ts';
import type { StackSecrets } from './stack-secrets.ts';

/** The real account behind an environment. */
export interface Reality {
  readonly account: CloudAccount;
  readonly identity: Identity;
  /** True when there was a bucket, or one was made since. */
  hasBucket(): boolean;
  /** Makes the bucket when there is none, and writes there what had no place so far. True when it made one. */
  settleIn(note: (what: string) => void): Promise<boolean>;
}

export interface CloudSituation {
  readonly app: App;
  readonly environment: CloudEnvironment;
  readonly places: CloudPlaces;
  /** Undefined in a rehearsal. */
  readonly reality?: Reality;
  readonly door: StackDoor;
  readonly records: RecordDoor;
  readonly store: ReleaseStore;
  readonly placement: Placement;
  /** Ids that an earlier destroy kept, by Pulumi name. */
  readonly retained: Readonly<Record<string, string>>;
  /** Stacks of this App: those without anything in them are left out. */
  readonly stacks: readonly StackName[];
  /** Those that an earlier promotion has applied, or begun to. */
  readonly existing: readonly StackName[];
  /** Images, charts and manifests that opta pins. */
  readonly pins: Pins;
  readonly promotions: readonly Promotion[];
  readonly secrets: StackSecrets;
  /** Takes secrets out of every event. */
  readonly hidden: Secrets;
  /** Of the command: the engine gets SIGINT once when it strikes. */
  readonly signal: AbortSignal;
}

interface OpenedStack {
  readonly handle: StackHandle;
  /** Of the values that came from other stacks. */
  readonly given: string;
}

/** A resource that the engine works on now. */
interface InFlight {
  readonly stack: StackName;
  readonly urn: string;
  /** By the monotonic clock. */
  readonly since: number;
}

export interface CloudSession {
  readonly situation: CloudSituation;
  readonly opened: Map<StackName, OpenedStack>;
  readonly listeners: Map<StackName, (event: StackEvent) => void>;
  readonly plans: Map<StackName, StackPlan>;
  readonly drift: Map<StackName, readonly Change[]>;
  readonly outputs: Map<StackName, StackOutputs>;
  readonly inFlight: Map<string, InFlight>;
  release: Release | undefined;
  review: Review | undefined;
  record: Promotion | undefined;
  /** Why a release that was not verified before was let through. */
  unverified: string | undefined;
  /** Writes down that something is begun in a stack, before it is. */
  touches(stack: StackName): Promise<void>;
  /** Nodes of groups that others take the place of are empty. */
  drained: boolean;
  /** Writes down that a stack was applied. */
  applied(stack: StackName): Promise<void>;
}

export function newSession(situation: CloudSituation): CloudSession {
  const session: CloudSession = {
    situation,
    opened: new Map(),
    listeners: new Map(),
    plans: new Map(),
    drift: new Map(),
    outputs: new Map(),
    inFlight: new Map(),
    release: undefined,
    review: undefined,
    record: undefined,
    unverified: undefined,
    drained: false,
    touches: (stack) => written(({ touched = [] }) => ({ touched: [...new Set([...touched, stack])] })),
    applied: (stack) => written(({ applied }) => ({ applied: [...new Set([...applied, stack])] })),
  };
  // One after the other: two stacks may be applied at once, and the later record must not be overwritten by the earlier.
  let last: Promise<void> = Promise.resolve();
  const written = (more: (record: Promotion) => Partial<Promotion>): Promise<void> => {
    last = last.then(async () => {
      if (session.record === undefined) return;
      session.record = { ...session.record, ...more(session.record) };
      await situation.store.keepPromotion(session.record);
    });
    return last;
  };
  return session;
}

/** What a step before left. Its lack is a fault of the plan. */
export function made<T>(value: T | undefined, by: string): T {
  if (value === undefined) throw new Error(`a step that needs what "${by}" makes does not name it in its needs`);
  return value;
}

export function step(rest: Omit<Step, 'needs'> & { readonly needs?: readonly string[] }): Step {
  return { needs: [], ...rest };
}

/** Groups of the standing cluster that its definition no longer has: they stay until their nodes are drained. */
export function keptGroups({ situation, outputs, drained }: CloudSession): readonly NodeGroupPlan[] {
  const written = outputs.get('cluster')?.['nodeGroups'];
  if (drained || typeof written !== 'string' || !written.startsWith('[')) return [];
  const wanted = new Set(nodeGroupsOf(situation.app).map(({ name }) => name));
  return (JSON.parse(written) as NodeGroupPlan[]).filter(({ name }) => !wanted.has(name));
}

/** What the program of a stack is given, with what is known of the others now. */
export function inputOf(session: CloudSession, stack: StackName): StackInput {
  const { situation, outputs } = session;
  const kept = stack === 'cluster' ? keptGroups(session) : [];
  const { app, environment, placement, retained } = situation;
  const upstream = stackNeeds[stack].flatMap((one) => {
    const known = outputs.get(one);
    return known === undefined ? [] : [[one, known] as const];
  });
  return {
    cloud: environment.cloud,
    stack,
    app: { ...app, diagnostics: [] },
    ...placement,
    upstream: Object.fromEntries(upstream),
    retained,
    production: environment.production,
    ...(kept.length > 0 && { keptNodeGroups: kept }),
  };
}

/** The stack with what is known of the others now: opened anew when that has changed since. */
export async function openStack(session: CloudSession, stack: StackName): Promise<StackHandle> {
  const { situation } = session;
  const input = inputOf(session, stack);
  const given = hashOf([input.upstream, input.keptNodeGroups ?? []]);
  const known = session.opened.get(stack);
  if (known?.given === given) return known.handle;
  session.opened.delete(stack);
  await known?.handle.close();
  const { environment, reality, door, secrets, signal } = situation;
  const places = reality?.hasBucket() === false ? firstLook(situation.places) : situation.places;
  const handle = await door.open(
    { backend: backendOf(environment, places, stack), engine: places.engine, input, secrets: await secrets.of(stack) },
    { signal, emit: (event) => session.listeners.get(stack)?.(event) },
  );
  session.opened.set(stack, { handle, given });
  return handle;
}

/** Lets every child go on by itself: it ends with what it does now. */
export function leaveStacks({ opened }: CloudSession): void {
  opened.clear();
}

/** Ends every child; what one of them says of its end does not keep the others. */
export async function closeStacks({ opened }: CloudSession): Promise<void> {
  const all = [...opened.values()];
  opened.clear();
  await Promise.allSettled(all.map(({ handle }) => handle.close()));
}
