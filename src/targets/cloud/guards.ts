/** What keeps a cloud, or its provider, from deleting a thing whatever Pulumi's state says: inputs that must be lowered first. */
import { at } from './policy/rule.ts';

type Inputs = Readonly<Record<string, unknown>>;

interface Guard {
  /** Such as `settings.deletionProtectionEnabled`. */
  readonly path: string;
  /** The value with which it lets go. */
  readonly open: boolean;
  /** It stands when nothing is said, too. */
  readonly byDefault?: true;
}

const flag = (path: string): Guard => ({ path, open: false });
/** Only what is deleted with all that is in it lets go: repositories hold images as soon as something was promoted. */
const force = (path: string): Guard => ({ path, open: true, byDefault: true });
const unlessSaid = (path: string): Guard => ({ path, open: false, byDefault: true });

/** Buckets and public zones are not here: they are kept where they are guarded, so nothing ever deletes them. */
const guards: Readonly<Record<string, readonly Guard[]>> = {
  'aws:docdb/cluster:Cluster': [flag('deletionProtection')],
  'aws:dynamodb/table:Table': [flag('deletionProtectionEnabled')],
  'aws:ecr/repository:Repository': [force('forceDelete')],
  'aws:eks/cluster:Cluster': [flag('deletionProtection')],
  'aws:lb/loadBalancer:LoadBalancer': [flag('enableDeletionProtection')],
  'aws:rds/instance:Instance': [flag('deletionProtection')],
  'gcp:container/cluster:Cluster': [unlessSaid('deletionProtection')],
  'gcp:redis/instance:Instance': [unlessSaid('deletionProtection')],
  'gcp:sql/databaseInstance:DatabaseInstance': [
    unlessSaid('deletionProtection'),
    flag('settings.deletionProtectionEnabled'),
  ],
  'mongodbatlas:index/advancedCluster:AdvancedCluster': [flag('terminationProtectionEnabled')],
};

/** Types that leave a snapshot behind when they go, under a name that no other snapshot may have. */
const snapshotted = new Set(['aws:rds/instance:Instance', 'aws:docdb/cluster:Cluster']);

const isRecord = (value: unknown): value is Inputs =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function withValue(values: Inputs, [head = '', ...rest]: readonly string[], value: unknown): Inputs {
  const inner = values[head];
  return { ...values, [head]: rest.length === 0 ? value : withValue(isRecord(inner) ? inner : {}, rest, value) };
}

const stands = (inputs: Inputs, { path, open, byDefault }: Guard): boolean => {
  const value = at({ inputs }, path);
  return value === undefined || value === null ? byDefault === true : value !== open;
};

/** Paths of the guards that stand: the cloud would refuse to delete this. */
export const guardsOf = (type: string, inputs: Inputs): readonly string[] =>
  (guards[type] ?? []).filter((guard) => stands(inputs, guard)).map(({ path }) => path);

/** Name of the snapshot that is made when this goes; undefined when none is. */
export function finalSnapshotOf(type: string, inputs: Inputs): string | undefined {
  if (!snapshotted.has(type) || inputs['skipFinalSnapshot'] === true) return undefined;
  return String(inputs['finalSnapshotIdentifier'] ?? '');
}

/** Whether something must be changed of it before it can go. */
export const isGuarded = (type: string, inputs: Inputs): boolean =>
  guardsOf(type, inputs).length > 0 || finalSnapshotOf(type, inputs) !== undefined;

/** Kept things whose name is taken as long as they stand. */
const namedForGood = new Set(['aws:dynamodb/table:Table']);

/** Whether what replaces a kept thing cannot be made beside it, so that the old one has to go although it is kept. */
export const isInTheWay = (type: string, before: Inputs, after: Inputs): boolean =>
  namedForGood.has(type) && before['name'] === after['name'];

const stampOf = (now: number): string => new Date(now).toISOString().slice(0, 19).replace(/\D/g, '');

/** The inputs with which it can go: guards lowered, and a name for its last snapshot that is of this moment alone. */
export function unguarded(type: string, inputs: Inputs, now: number): Inputs {
  const open = (guards[type] ?? []).filter((guard) => stands(inputs, guard));
  const lowered = open.reduce((values, guard) => withValue(values, guard.path.split('.'), guard.open), inputs);
  const snapshot = finalSnapshotOf(type, inputs);
  if (snapshot === undefined) return lowered;
  return { ...lowered, finalSnapshotIdentifier: `${snapshot.replace(/-\d{14}$/, '')}-${stampOf(now)}` };
}
