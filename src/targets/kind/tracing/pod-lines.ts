/** Lines that pods of the ingress and of the services have logged. */
import type { V1Pod, V1Service } from '@kubernetes/client-node';
import { ApiError, type ClusterClient } from '../../../platform/cluster.ts';
import { ingressHomes } from '../../../platform/manifests.ts';
import { ours } from '../running.ts';
import { type IngressLine, ingressLine } from './ingress-log.ts';

export interface Pods {
  readonly own: readonly V1Pod[];
  readonly ingress: readonly V1Pod[];
}

export async function podsOf(client: ClusterClient, signal: AbortSignal): Promise<Pods> {
  const homes = [...new Set(Object.values(ingressHomes).map(({ namespace }) => namespace))];
  const listed = (selection: { namespace?: string; labels?: string }) =>
    client.list({ apiVersion: 'v1', kind: 'Pod', ...selection }, signal) as Promise<readonly V1Pod[]>;
  const [own, ...ingress] = await Promise.all([
    listed({ labels: ours }),
    ...homes.map((namespace) => listed({ namespace })),
  ]);
  return { own, ingress: ingress.flat() };
}

export const servicesOf = (client: ClusterClient, signal: AbortSignal): Promise<readonly V1Service[]> =>
  client.list({ apiVersion: 'v1', kind: 'Service', labels: ours }, signal) as Promise<readonly V1Service[]>;

/** Lines of a container's last `sinceSeconds`; none when it has not started or is gone. */
export async function linesOf(
  client: ClusterClient,
  { metadata }: V1Pod,
  container: string,
  sinceSeconds: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    return await client.log(metadata?.namespace ?? '', metadata?.name ?? '', { container, sinceSeconds }, signal);
  } catch (error) {
    if (error instanceof ApiError && [400, 404].includes(error.status)) return [];
    throw error;
  }
}

/** `<layer>/<module>`. */
export const serviceOfPod = ({ metadata }: V1Pod): string =>
  `${metadata?.labels?.['app.kubernetes.io/part-of']}/${metadata?.labels?.['app.kubernetes.io/name']}`;

/** Requests that the ingress has answered in the last `sinceSeconds`, the newest first. */
export async function ingressLines(
  client: ClusterClient,
  { own, ingress }: Pods,
  services: readonly V1Service[],
  sinceSeconds: number,
  signal: AbortSignal,
): Promise<readonly IngressLine[]> {
  // Where a cookie or a hash picks the replica, the ingress sends to the pod itself.
  const at = new Map([
    ...own.map((pod) => {
      const [namespace = '', name = ''] = serviceOfPod(pod).split('/');
      return [pod.status?.podIP ?? '', { namespace, name }] as const;
    }),
    ...services.map(({ metadata, spec }) => {
      const { namespace = '', name = '' } = metadata ?? {};
      return [spec?.clusterIP ?? '', { namespace, name }] as const;
    }),
  ]);
  const serviceAt = (ip: string) => (ip === '' ? undefined : at.get(ip));
  const lists = await Promise.all(
    ingress.map(async (pod) => {
      const name = pod.metadata?.name ?? '';
      const lines = await linesOf(client, pod, pod.spec?.containers[0]?.name ?? '', sinceSeconds, signal);
      return lines.flatMap((line) => ingressLine(name, line, serviceAt) ?? []);
    }),
  );
  return lists.flat().toSorted((a, b) => b.start - a.start);
}
