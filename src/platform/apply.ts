/** Makes a cluster hold given objects: server-side apply with one field manager, in an order that works, in parallel. */
import type { KubernetesObject } from '@kubernetes/client-node';
import { type ErrorCode, UserError } from '../errors.ts';
import { endKeepingData, isFixed } from './apply/anew.ts';
import { type Change, type Snapshot, snapshotOf, told } from './apply/change.ts';
import { stageOf } from './apply/order.ts';
import { ApiError, type ClusterClient, type ObjectName } from './cluster.ts';
import { initialReplicasAnnotation, shortHash } from './manifests/metadata.ts';
import { established } from './ready/definitions.ts';
import { webhookHint } from './ready/webhooks.ts';

/** Of everything that we write, so that a field we no longer say is given back. */
const fieldManager = 'opta';

/** Requests under way at once: more gain nothing on a control plane of one node. */
const parallel = 12;

export interface ApplyOptions {
  readonly signal?: AbortSignal;
  /** Lets the server check everything and change nothing. */
  readonly dryRun?: boolean;
  /** Makes a StatefulSet anew, with the data of the old one, where it cannot be changed; else that is refused. */
  readonly anew?: boolean;
  /** Called after each object. */
  readonly onApplied?: (applied: Applied, done: number, total: number) => void;
}

export interface Applied {
  readonly name: ObjectName;
  readonly change: Change;
}

/** `Deployment shop/web`. */
export function titleOf({ kind, namespace, name }: ObjectName): string {
  return `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
}

export function nameOf({ apiVersion = '', kind = '', metadata }: KubernetesObject): ObjectName {
  return { apiVersion, kind, name: metadata?.name ?? '', namespace: metadata?.namespace };
}

/**
 * Applies `objects` and tells of each whether it changed. Strictly checked by the server: an unknown field is refused.
 * Stops after the first stage with a refusal; throws UserError `cluster-refused` with every one of them, or the code
 * that says it better.
 */
export async function apply(
  client: ClusterClient,
  objects: readonly KubernetesObject[],
  options: ApplyOptions = {},
): Promise<readonly Applied[]> {
  await client.assertOurs(options.signal);
  const before = await snapshotOf(client, objects, options.signal);
  const stages = Map.groupBy(objects, stageOf);
  const all: Applied[] = [];
  for (const stage of [...stages.keys()].sort((a, b) => a - b)) {
    const members = stages.get(stage) ?? [];
    const refusals: Refusal[] = [];
    await eachOf(members, async (object) => {
      const applied = await applyOne(client, object, before, options).catch((error: unknown) => {
        if (!(error instanceof ApiError)) throw error;
        refusals.push({ name: nameOf(object), error });
      });
      if (applied === undefined) return;
      all.push(applied);
      options.onApplied?.(applied, all.length, objects.length);
    });
    if (refusals.length > 0) throw await refused(client, refusals, options.signal);
    await definitionsServed(client, members, options);
  }
  return all;
}

/** Runs `act` for each, some at once; after a failure no new one starts. */
async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  let failed = false;
  const worker = async () => {
    for (let next = rest.shift(); next !== undefined && !failed; next = rest.shift()) {
      try {
        await act(next);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, items.length) }, worker));
}

const patchType = 'application/apply-patch+yaml';
const metadataOnly = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/** Of definitions: they are large, nobody edits them, and merging one takes the server 100 ms. */
const sumAnnotation = 'opta.dev/sum';

function withSum(object: KubernetesObject, sum: string): KubernetesObject {
  const annotations = { ...object.metadata?.annotations, [sumAnnotation]: sum };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

async function applyOne(
  client: ClusterClient,
  object: KubernetesObject,
  before: Snapshot,
  { signal, dryRun = false, anew = false }: ApplyOptions,
): Promise<Applied> {
  const name = nameOf(object);
  const known = before.find(name);
  const sum = name.kind === 'CustomResourceDefinition' ? shortHash(JSON.stringify(object)) : undefined;
  if (sum !== undefined && known?.metadata?.annotations?.[sumAnnotation] === sum) return { name, change: 'unchanged' };
  const body = sum === undefined ? object : withSum(object, sum);
  const query = { fieldManager, force: true, fieldValidation: 'Strict', ...(dryRun && { dryRun: 'All' }) };
  const path = await client.pathOf(name);
  const sent = { query, body, contentType: patchType, accept: metadataOnly, signal };
  const after = (await writing(client, path, sent).catch(async (error: unknown) => {
    if (dryRun || !anew || !isFixed(name, error) || !(await endKeepingData(client, name, signal))) throw error;
    return writing(client, path, sent);
  })) as KubernetesObject;
  const change = told(known, after);
  if (change === 'created' && !dryRun) await beginWith(client, object, path, signal);
  return { name, change };
}

type Sent = NonNullable<Parameters<ClusterClient['write']>[2]>;

/** A kind is served a moment after its definition says so: 404 for an object that is written can mean nothing else. */
async function writing(client: ClusterClient, path: string, sent: Sent): Promise<unknown> {
  for (const pause of [50, 100, 200, 400, 800, 1600]) {
    try {
      return await client.write('PATCH', path, sent);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404 || error.reason !== '') throw error;
      await client.system.clock.sleep(pause, sent.signal);
    }
  }
  return client.write('PATCH', path, sent);
}

/** The autoscaler owns the number of replicas, so it is no part of what we apply; it is said once, at the beginning. */
async function beginWith(client: ClusterClient, object: KubernetesObject, path: string, signal?: AbortSignal) {
  const replicas = Number(object.metadata?.annotations?.[initialReplicasAnnotation] ?? 1);
  if (!(replicas > 1)) return;
  const body = { spec: { replicas } };
  const query = { fieldManager: `${fieldManager}-begin` };
  await client.write('PATCH', `${path}/scale`, { query, body, contentType: 'application/merge-patch+json', signal });
}

async function definitionsServed(
  client: ClusterClient,
  members: readonly KubernetesObject[],
  { signal, dryRun }: ApplyOptions,
): Promise<void> {
  const definitions = members.filter(({ kind }) => kind === 'CustomResourceDefinition');
  if (definitions.length === 0 || dryRun) return;
  await established(
    client,
    definitions.map((one) => one.metadata?.name ?? ''),
    signal,
  );
  for (const definition of definitions) client.discovery.learn(definition);
}

interface Refusal {
  readonly name: ObjectName;
  readonly error: ApiError;
}

const sentences: readonly { readonly match: RegExp; readonly code: ErrorCode; readonly hint?: string }[] = [
  {
    match: /failed calling webhook/,
    code: 'webhook-unreachable',
  },
  {
    match: /exceeded quota/,
    code: 'quota-exceeded',
    hint: 'Raise the ResourceQuota of the namespace, or ask for less.',
  },
  {
    match: /field is immutable|updates to statefulset spec/,
    code: 'field-immutable',
    hint: 'Kubernetes cannot change this field: delete the object, then run it again. Volumes of a StatefulSet stay.',
  },
  { match: /is being terminated/, code: 'namespace-ending', hint: 'Run it again when the namespace is gone.' },
];

async function refused(
  client: ClusterClient,
  refusals: readonly Refusal[],
  signal: AbortSignal | undefined,
): Promise<UserError> {
  const [{ name, error }] = refusals as [Refusal, ...Refusal[]];
  const known = sentences.find(({ match }) => match.test(error.message));
  const isWebhook = known?.code === 'webhook-unreachable';
  const hint = isWebhook ? await webhookHint(client, error.message, signal) : known?.hint;
  const more = refusals.length > 1 ? ` (and ${refusals.length - 1} more)` : '';
  return new UserError(
    known?.code ?? 'cluster-refused',
    `the cluster refused ${titleOf(name)}${more}: ${error.message}`,
    {
      hints: [hint ?? 'The lines below say which field of which object.'],
      detail: refusals.flatMap((one) => [
        `${titleOf(one.name)}: ${one.error.message}`,
        ...one.error.causes.map((cause) => `  ${cause}`),
      ]),
      cause: error,
    },
  );
}
