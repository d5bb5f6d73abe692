/** Where volumes of the cluster live: a folder a claim, the same one again when the cluster was made anew. */
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesObject, V1StatefulSet } from '@kubernetes/client-node';
import { asFileError } from '../../errors.ts';
import type { KindFolder } from './folder.ts';

const labels = { 'app.kubernetes.io/managed-by': 'opta' };
const className = 'opta';
/** Where a node sees the folder of the volumes; also where kind's provisioner puts those that nobody foresaw. */
export const volumesInNode = '/var/local-path-provisioner';

/**
 * The default class of kind names folders after the volume's UID, which no second cluster has. Of two default classes
 * Kubernetes takes the newer one.
 */
export const storageClass: KubernetesObject & Readonly<Record<string, unknown>> = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: {
    name: className,
    labels,
    annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
  },
  provisioner: 'rancher.io/local-path',
  parameters: { pathPattern: '{{ .PVC.Namespace }}/{{ .PVC.Name }}' },
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
};

interface Claim {
  readonly namespace: string;
  readonly name: string;
  readonly storage: string;
}

function claimsOf(objects: readonly KubernetesObject[]): readonly Claim[] {
  const sets = objects.filter(({ kind }) => kind === 'StatefulSet') as readonly V1StatefulSet[];
  return sets.flatMap(({ metadata, spec }) =>
    (spec?.volumeClaimTemplates ?? []).flatMap((template) =>
      Array.from({ length: spec?.replicas ?? 1 }, (_, replica) => ({
        namespace: metadata?.namespace ?? 'default',
        name: `${template.metadata?.name}-${metadata?.name}-${replica}`,
        storage: template.spec?.resources?.requests?.['storage'] ?? '1Gi',
      })),
    ),
  );
}

/**
 * Volumes for the claims that StatefulSets among `objects` will make: ready when they are, and without the pod that a
 * provisioner starts for each. Every node sees all folders, so the pods are bound to none. Pure.
 */
export function volumesFor(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  return claimsOf(objects).map(({ namespace, name, storage }) => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `opta-${namespace}-${name}`, labels },
    spec: {
      capacity: { storage },
      accessModes: ['ReadWriteOnce'],
      storageClassName: className,
      persistentVolumeReclaimPolicy: 'Retain',
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name },
      hostPath: { path: `${volumesInNode}/${namespace}/${name}`, type: 'DirectoryOrCreate' },
    },
  }));
}

/** Makes the folders of those volumes, writable for whatever account a server runs under, as a provisioner does. */
export async function makeVolumeFolders(folder: KindFolder, objects: readonly KubernetesObject[]): Promise<void> {
  try {
    for (const { namespace, name } of claimsOf(objects)) {
      const path = join(folder.volumes, namespace, name);
      const made = await mkdir(path, { recursive: true });
      // A folder of before belongs to the account of the server by now.
      if (made !== undefined) await chmod(path, 0o777);
    }
  } catch (error) {
    throw asFileError(error);
  }
}
