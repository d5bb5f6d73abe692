/** Whether a webhook of the API server can be asked: its service has endpoints, its authority is set, a dry run passes. */
import type { KubernetesObject, V1EndpointSlice } from '@kubernetes/client-node';
import { UserError } from '../../errors.ts';
import { ApiError, type ClusterClient, type ObjectName } from '../cluster.ts';

interface Webhooks extends KubernetesObject {
  readonly webhooks?: readonly {
    readonly name: string;
    readonly clientConfig: {
      readonly caBundle?: string;
      readonly service?: { readonly name: string; readonly namespace: string };
    };
  }[];
}

const kinds = ['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'] as const;
const admission = 'admissionregistration.k8s.io/v1';

interface ServiceName {
  readonly name: string;
  readonly namespace: string;
}

/** Resolves when the service has an endpoint that is ready. */
export async function endpointReady(client: ClusterClient, service: ServiceName, signal: AbortSignal): Promise<void> {
  const selection = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    namespace: service.namespace,
    labels: `kubernetes.io/service-name=${service.name}`,
  };
  await client.watch(
    selection,
    (slices) =>
      (slices as readonly V1EndpointSlice[]).some(({ endpoints }) =>
        (endpoints ?? []).some(({ conditions }) => conditions?.ready !== false),
      ),
    signal,
  );
}

/** Resolves when every webhook of the configuration has its authority set. */
export async function authoritySet(
  client: ClusterClient,
  kind: (typeof kinds)[number],
  name: string,
  signal: AbortSignal,
): Promise<void> {
  await client.watch(
    { apiVersion: admission, kind, fields: `metadata.name=${name}` },
    ([found]) => {
      const { webhooks = [] } = (found ?? {}) as Webhooks;
      return webhooks.length > 0 && webhooks.every(({ clientConfig }) => (clientConfig.caBundle ?? '') !== '');
    },
    signal,
  );
}

/** Milliseconds between tries: nodes learn of an endpoint a moment after the API server. */
const pauses = [50, 100, 200, 400, 800, 1600, 3000, 5000];

/** Creates `object` as a dry run until the webhooks let it pass; gives what would have been stored. */
export async function dryRunAccepted(
  client: ClusterClient,
  object: KubernetesObject,
  signal: AbortSignal,
): Promise<KubernetesObject> {
  const name: ObjectName = {
    apiVersion: object.apiVersion ?? '',
    kind: object.kind ?? '',
    name: object.metadata?.name ?? '',
    namespace: object.metadata?.namespace,
  };
  const path = (await client.pathOf(name)).replace(/\/[^/]+$/, '');
  for (let tried = 0; ; tried += 1) {
    try {
      await client.assertOurs(signal);
      const query = { dryRun: 'All', fieldValidation: 'Strict' };
      return (await client.write('POST', path, { query, body: object, signal })) as KubernetesObject;
    } catch (error) {
      const pause = pauses[tried];
      if (pause === undefined || !(error instanceof ApiError) || !/webhook/.test(error.message)) throw asUser(error);
      await client.system.clock.sleep(pause, signal);
    }
  }
}

function asUser(error: unknown): unknown {
  if (!(error instanceof ApiError) || !/webhook/.test(error.message)) return error;
  return new UserError('webhook-unreachable', `the API server cannot ask a webhook: ${error.message}`, {
    hints: ['See the pods behind it: `kubectl get pods -A`.'],
  });
}

/**
 * Deletes webhook configurations whose service is gone: an installation that ended half way leaves them, and they refuse
 * every object that they are asked about. Only in a cluster that opta made. Gives their names.
 */
export async function removeStaleWebhooks(client: ClusterClient, signal: AbortSignal): Promise<readonly string[]> {
  const [services, ...lists] = await Promise.all([
    client.listMetadata({ apiVersion: 'v1', kind: 'Service' }, signal),
    ...kinds.map((kind) => client.list({ apiVersion: admission, kind }, signal)),
  ]);
  const there = new Set(services.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`));
  const stale = (lists.flat() as readonly Webhooks[]).filter(({ webhooks = [] }) =>
    webhooks.some(({ clientConfig: { service } }) => service && !there.has(`${service.namespace}/${service.name}`)),
  );
  for (const { kind = '', metadata } of stale) {
    await client.remove({ apiVersion: admission, kind, name: metadata?.name ?? '', uid: metadata?.uid }, signal);
  }
  return stale.map(({ metadata }) => metadata?.name ?? '');
}
