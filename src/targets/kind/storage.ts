/** Where volumes of the cluster live: a folder a claim, the same one again when the cluster was made anew. */
import type { KubernetesObject } from '@kubernetes/client-node';

/**
 * The default class of kind names folders after the volume's UID, which no second cluster has. Of two default classes
 * Kubernetes takes the newer one.
 */
export const storageClass: KubernetesObject & Readonly<Record<string, unknown>> = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: {
    name: 'opta',
    labels: { 'app.kubernetes.io/managed-by': 'opta' },
    annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' },
  },
  provisioner: 'rancher.io/local-path',
  parameters: { pathPattern: '{{ .PVC.Namespace }}/{{ .PVC.Name }}' },
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
};
