/** A door to stacks in memory, with a few resources a stack: for tests of what is around stacks. Faults are told to it. */
import { createHash } from 'node:crypto';
import type { StackInput, StackName } from '../../src/app/stacks.ts';
import { UserError } from '../../src/errors.ts';
import type {
  Change,
  OpenStack,
  StackDoor,
  StackEvent,
  StackHandle,
  StackPlan,
  StackResult,
} from '../../src/targets/cloud/operation.ts';

type Inputs = Readonly<Record<string, unknown>>;

interface Wanted {
  readonly type: string;
  readonly name: string;
  readonly inputs: Inputs;
  readonly kept?: true;
  readonly guarded?: boolean;
}

export interface DoorFaults {
  /** Stacks whose `up` fails once with this message. */
  readonly failing?: Map<StackName, string>;
  readonly locked?: Set<StackName>;
  /** Resources that the next preview would replace, by name. */
  readonly replaced?: Set<string>;
  /** The plan of these stacks is another one when it is applied. */
  readonly changed?: Set<StackName>;
  /** Called when a stack is being applied, with the way to break it off. */
  readonly during?: (stack: StackName) => void;
  /** What was changed by others, by resource name. */
  readonly drifted?: Map<string, readonly string[]>;
}

interface DoorLog {
  readonly opened: OpenStack[];
  readonly calls: string[];
}

export interface MemoryDoor extends StackDoor {
  readonly log: DoorLog;
  /** What stands, by `<environment>/<stack>`. */
  readonly cloud: Map<string, readonly Wanted[]>;
}

const upstream = (input: StackInput, stack: StackName, key: string): string =>
  String(input.upstream[stack]?.[key] ?? `<${stack}.${key}>`);

/** What the rules of policy ask of each type; more than one type needs does no harm. */
const sound: Inputs = {
  kmsKeyId: 'key',
  storageEncrypted: true,
  masterUserSecretKmsKeyId: 'key',
  parameterGroupName: 'group',
  dbSubnetGroupName: 'group',
  publiclyAccessible: false,
  deletionProtection: true,
  enableDeletionProtection: true,
  skipFinalSnapshot: false,
  backupRetentionPeriod: 7,
  encryptionConfig: { provider: { keyArn: 'key' } },
  vpcConfig: { endpointPublicAccess: false },
  upgradePolicy: { supportType: 'STANDARD' },
};

/** Tagged and safe, so that only what a test is about is refused. */
function wanted(input: StackInput): readonly Wanted[] {
  return bare(input).map((one) => ({
    ...one,
    inputs: { ...sound, tags: { 'opta:resource': `${input.stack}/${one.name}` }, ...one.inputs },
    guarded: input.production && /Instance|Cluster|LoadBalancer/.test(one.type),
  }));
}

function bare(input: StackInput): readonly Wanted[] {
  const { stack, production, addressRange } = input;
  const zones = production ? 3 : 1;
  switch (stack) {
    case 'network':
      return [
        { type: 'aws:ec2/vpc:Vpc', name: 'vpc', inputs: { cidrBlock: addressRange } },
        ...Array.from(
          { length: zones },
          (_, at): Wanted => ({ type: 'aws:ec2/eip:Eip', name: `nat-${at}`, inputs: {}, kept: true }),
        ),
        ...Array.from({ length: zones }, (_, at) => ({
          type: 'aws:ec2/natGateway:NatGateway',
          name: `nat-gateway-${at}`,
          inputs: {},
        })),
      ];
    case 'data': {
      const inputs = { vpc: upstream(input, 'network', 'vpcId'), instanceClass: 'db.t4g.medium', multiAz: production };
      return input.app.resources.map(({ name }) => ({
        type: 'aws:rds/instance:Instance',
        name,
        inputs,
        guarded: production,
      }));
    }
    case 'cluster':
      return [
        {
          type: 'aws:eks/cluster:Cluster',
          name: 'cluster',
          inputs: {
            vpc: upstream(input, 'network', 'vpcId'),
            upgradePolicy: { supportType: 'STANDARD' },
            accessConfig: { bootstrapClusterCreatorAdminPermissions: false },
          },
        },
      ];
    case 'identities':
      return input.app.services.map(({ name }) => ({
        type: 'aws:iam/role:Role',
        name,
        inputs: { cluster: upstream(input, 'cluster', 'clusterName') },
      }));
    default:
      return [
        {
          type: 'aws:lb/loadBalancer:LoadBalancer',
          name: 'edge',
          inputs: { vpc: upstream(input, 'network', 'vpcId') },
        },
      ];
  }
}

function outputsOf({ stack, app }: StackInput, standing: readonly Wanted[]): Inputs {
  if (standing.length === 0) return {};
  const nat = standing.filter(({ type }) => type.includes('Eip')).map((_, at) => `203.0.113.${at + 1}`);
  const all: Record<StackName, Inputs> = {
    network: { vpcId: 'vpc-1', natAddresses: nat, nameServers: ['ns1.example.net', 'ns2.example.net'] },
    data: {},
    cluster: { clusterName: `opta-${app.environment}` },
    identities: {},
    edge: { address: 'lb.example.net' },
  };
  return all[stack];
}

/** Values of other stacks by name, whether they exist or not. */
function byName(input: StackInput, inputs: Inputs): Inputs {
  const names = new Map(
    Object.entries(input.upstream).flatMap(([stack, outputs]) =>
      Object.entries(outputs ?? {}).map(([key, value]) => [String(value), `<${stack}.${key}>`] as const),
    ),
  );
  return Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, names.get(String(value)) ?? value]));
}

export function memoryDoor(faults: DoorFaults = {}): MemoryDoor {
  const cloud = new Map<string, readonly Wanted[]>();
  const log: DoorLog = { opened: [], calls: [] };
  return {
    log,
    cloud,
    async open(opened, { emit, signal }) {
      log.opened.push(opened);
      return handleOf(opened, { cloud, log, faults, emit, signal });
    },
  };
}

interface World {
  readonly cloud: Map<string, readonly Wanted[]>;
  readonly log: DoorLog;
  readonly faults: DoorFaults;
  readonly emit: (event: StackEvent) => void;
  readonly signal: AbortSignal;
}

function handleOf({ input, backend }: OpenStack, { cloud, log, faults, emit, signal }: World): StackHandle {
  const { stack } = input;
  const key = `${backend.stack}/${stack}`;
  const standing = () => cloud.get(key) ?? [];
  const urnOf = ({ type, name }: Wanted) => `urn:pulumi:${backend.stack}::${backend.project}::${type}::${name}`;
  const result = (outcome: StackResult['outcome'], message?: string): StackResult => ({
    outcome,
    outputs: outputsOf(input, standing()),
    changes: {},
    pending: [],
    ...(message !== undefined && { message }),
  });
  const changeOf = (one: Wanted, kind: Change['kind'], diff: readonly string[] = []): Change => ({
    stack,
    urn: urnOf(one),
    type: one.type,
    name: one.name,
    kind,
    diff,
    replaceKeys: kind === 'replace' ? diff : [],
    inputs: one.inputs,
    protect: one.kept === true || one.guarded === true,
    retainOnDelete: one.kept === true,
    ...(one.kept && { id: `id-of-${one.name}` }),
  });
  const planOf = (refresh: boolean): StackPlan => {
    const before = new Map(standing().map((one) => [one.name, one]));
    const changes = wanted(input).map((one): Change => {
      const old = before.get(one.name);
      const drift = faults.drifted?.get(one.name);
      const kept = old === undefined && input.retained[one.name] !== undefined;
      if (old === undefined && !kept) return changeOf(one, 'create');
      if (refresh && !kept) return changeOf(one, drift === undefined ? 'same' : 'refresh', drift);
      if (faults.replaced?.has(one.name)) return changeOf(one, 'replace', ['name']);
      if (old === undefined) return changeOf(one, 'import');
      return changeOf(one, JSON.stringify(old.inputs) === JSON.stringify(one.inputs) ? 'same' : 'update', []);
    });
    const gone = standing().filter(({ name }) => !changes.some((one) => one.name === name));
    const all = [...changes, ...gone.map((one) => changeOf(one, 'delete'))];
    const hashed = all.map(({ urn, kind, inputs }) => [urn, kind, byName(input, inputs)]);
    const hash = createHash('sha256').update(JSON.stringify(hashed)).digest('hex');
    return { stack, changes: all, hash, outputs: outputsOf(input, wanted(input)) };
  };
  return {
    async preview(options = {}) {
      log.calls.push(`preview ${key}${options.refresh ? ' refresh' : ''}${options.destroy ? ' destroy' : ''}`);
      if (options.destroy) {
        const changes = standing().map((one) => changeOf(one, 'delete'));
        return { stack, changes, hash: String(changes.length), outputs: {} };
      }
      return planOf(options.refresh === true);
    },
    async up({ expectHash }) {
      log.calls.push(`up ${key}`);
      if (faults.locked?.has(stack)) return result('locked');
      const { hash, changes } = planOf(false);
      if (expectHash !== undefined && (hash !== expectHash || faults.changed?.has(stack))) {
        throw new UserError('plan-changed', `the plan of ${stack} is another one than the one that was approved`);
      }
      for (const { urn, kind } of changes) emit({ type: 'resource', urn, kind, state: 'begun' });
      faults.during?.(stack);
      if (signal.aborted) return result('cancelled');
      const failure = faults.failing?.get(stack);
      if (failure !== undefined) {
        faults.failing?.delete(stack);
        return result('failed', failure);
      }
      for (const { urn, kind } of changes) emit({ type: 'resource', urn, kind, state: 'done' });
      cloud.set(key, wanted(input));
      return result(changes.every(({ kind }) => kind === 'same') ? 'unchanged' : 'done');
    },
    async unguard({ urns }) {
      log.calls.push(`unguard ${key} ${urns.map((urn) => urn.split('::').at(-1)).join(' ')}`);
      return result('done');
    },
    async destroy() {
      log.calls.push(`destroy ${key}`);
      for (const one of standing()) emit({ type: 'resource', urn: urnOf(one), kind: 'delete', state: 'done' });
      cloud.delete(key);
      return result('done');
    },
    async refresh() {
      log.calls.push(`refresh ${key}`);
      return result('done');
    },
    async settle() {
      log.calls.push(`settle ${key}`);
      return { adopted: [], forgotten: [], unseen: [] };
    },
    outputs: async () => outputsOf(input, standing()),
    close: async () => void log.calls.push(`close ${key}`),
  };
}
