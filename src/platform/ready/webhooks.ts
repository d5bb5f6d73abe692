/** Whether a webhook of the API server can be asked: its service has endpoints, its authority is set, a dry run passes. */
import type { KubernetesObject, V1EndpointSlice } from '@kubernetes/client-node';
import { UserError } from '../../errors.ts';
import { ApiError, type ClusterClient, type ObjectName } from '../cluster.ts';
import { managedBy } from '../manifests/metadata.ts';

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

/** Milliseconds between tries, 46 s in all: pods of a node that has just started again take half a minute. */
const pauses = [50, 100, 200, 400, 800, 1600, 3000, 5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000];

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
      if (pause === undefined || !(error instanceof ApiError) || !/webhook/.test(error.message)) {
        throw await asUser(client, error, signal);
      }
      await client.system.clock.sleep(pause, signal);
    }
  }
}

async function asUser(client: ClusterClient, error: unknown, signal: AbortSignal): Promise<unknown> {
  if (!(error instanceof ApiError) || !/webhook/.test(error.message)) return error;
  return new UserError('webhook-unreachable', `the API server cannot ask a webhook: ${error.message}`, {
    hints: [await webhookHint(client, error.message, signal)],
  });
}

const title = (kind: string, name: string) => `${kind} ${name}`;

/** Where the webhook that a refusal names is configured, and what to do about it. */
export async function webhookHint(client: ClusterClient, message: string, signal?: AbortSignal): Promise<string> {
  const name = /failed calling webhook "([^"]+)"/.exec(message)?.[1];
  for (const kind of kinds) {
    const found = (await client.list({ apiVersion: admission, kind }, signal)) as readonly Webhooks[];
    for (const { metadata, webhooks = [] } of found) {
      const service = webhooks.find((one) => one.name === name)?.clientConfig.service;
      if (service === undefined) continue;
      const own = metadata?.name ?? '';
      return (
        `${title(kind, own)} asks the Service ${service.namespace}/${service.name}: start its pods, ` +
        `or, when it is left of something gone, \`kubectl delete ${kind.toLowerCase()} ${own}\`.`
      );
    }
  }
  return 'See `kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations`, and start what serves it.';
}

/** Names that the parts of the platform give to theirs. */
const partsOfOurs = /^(ingress-nginx|linkerd|traefik)/;

function isOurs({ metadata }: KubernetesObject): boolean {
  return metadata?.labels?.['app.kubernetes.io/managed-by'] === managedBy || partsOfOurs.test(metadata?.name ?? '');
}

/**
 * Deletes webhook configurations of the platform's parts whose service is gone: an installation that ended half way
 * leaves them, and they refuse every object that they are asked about. Those of others stay. Gives their names.
 */
export async function removeStaleWebhooks(client: ClusterClient, signal: AbortSignal): Promise<readonly string[]> {
  const [services, ...lists] = await Promise.all([
    client.listMetadata({ apiVersion: 'v1', kind: 'Service' }, signal),
    ...kinds.map((kind) => client.list({ apiVersion: admission, kind }, signal)),
  ]);
  const there = new Set(services.map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`));
  const stale = (lists.flat() as readonly Webhooks[]).filter(
    (one) =>
      isOurs(one) &&
      one.webhooks?.some(
        ({ clientConfig: { service } }) => service && !there.has(`${service.namespace}/${service.name}`),
      ),
  );
  for (const { kind = '', metadata } of stale) {
    await client.remove({ apiVersion: admission, kind, name: metadata?.name ?? '', uid: metadata?.uid }, signal);
  }
  return stale.map(({ metadata }) => metadata?.name ?? '');
}
