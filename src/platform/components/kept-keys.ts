/** Certificates of the platform kept in their own cluster: whoever promotes next, from another machine, goes on with them. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesObject, V1Secret } from '@kubernetes/client-node';
import { apply } from '../apply.ts';
import { writeWhole } from '../certificates.ts';
import type { ClusterClient } from '../cluster.ts';
import { base64, managedBy } from '../manifests/metadata.ts';

/** Encrypted at rest with the environment's key, like every Secret of the cluster. */
const place = { apiVersion: 'v1', kind: 'Secret', name: 'opta-platform-keys', namespace: 'kube-system' } as const;

/** Writes what the cluster keeps into `folder`; gives how many files. */
export async function restoreKeys(client: ClusterClient, folder: string, signal?: AbortSignal): Promise<number> {
  const found = (await client.get(place, signal)) as V1Secret | undefined;
  const files = Object.entries(found?.data ?? {}).filter(([name]) => /^[\w.-]+\.pem$/.test(name));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await Promise.all(
    files.map(([name, text]) => writeWhole(join(folder, name), Buffer.from(text, 'base64').toString(), 0o600)),
  );
  return files.length;
}

/** False when the cluster has them already. */
export async function keepKeys(client: ClusterClient, folder: string, signal?: AbortSignal): Promise<boolean> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.pem')).sort();
  const texts = await Promise.all(
    names.map(async (name) => [name, base64(await readFile(join(folder, name), 'utf8'))]),
  );
  const { apiVersion, kind, name, namespace } = place;
  const metadata = { name, namespace, labels: { 'app.kubernetes.io/managed-by': managedBy } };
  const secret = { apiVersion, kind, metadata, type: 'Opaque', data: Object.fromEntries(texts) } as KubernetesObject;
  const applied = await apply(client, [secret], signal === undefined ? {} : { signal });
  return applied.some(({ change }) => change !== 'unchanged');
}
