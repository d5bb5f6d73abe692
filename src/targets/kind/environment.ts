/** The environment of a service's pods as values: what its container would see, secrets included. */
import type { V1Deployment, V1EnvVar, V1Secret } from '@kubernetes/client-node';
import type { ClusterClient } from '../../platform/cluster.ts';
import type { RunningService } from './running.ts';

export async function environmentOf(
  client: ClusterClient,
  { workload }: RunningService,
  signal?: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const found = (await client.get(workload, signal)) as V1Deployment | undefined;
  const variables: readonly V1EnvVar[] = found?.spec?.template.spec?.containers[0]?.env ?? [];
  const names = [...new Set(variables.flatMap(({ valueFrom }) => valueFrom?.secretKeyRef?.name ?? []))];
  const secrets = new Map(
    await Promise.all(
      names.map(async (name): Promise<[string, V1Secret | undefined]> => {
        const place = { apiVersion: 'v1', kind: 'Secret', name, namespace: workload.namespace };
        return [name, (await client.get(place, signal)) as V1Secret | undefined];
      }),
    ),
  );
  return Object.fromEntries(
    variables.map(({ name, value = '', valueFrom }) => {
      const from = valueFrom?.secretKeyRef;
      if (from === undefined) return [name, value.replaceAll('$$(', '$(')];
      const encoded = secrets.get(from.name ?? '')?.data?.[from.key] ?? '';
      return [name, Buffer.from(encoded, 'base64').toString('utf8')];
    }),
  );
}
