/** Where volumes of services live in a cloud: disks encrypted with a key of ours, made where their pod runs. */

import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject, V1StorageClass } from '@kubernetes/client-node';
import type { Step } from '../../engine/step.ts';
import { nameOf } from '../apply.ts';
import { cloudStorageClass as name } from '../manifests/workload.ts';
import { cloudOf, idsOf, labelled, type PlatformSettings, type PureSettings, step } from './component.ts';
import { install } from './installed.ts';

const ids = idsOf('storage');

type Driver = Pick<V1StorageClass, 'provisioner' | 'parameters'>;

/**
 * Drivers that both clouds install: on AWS as an add-on of the stack `cluster`, whose role may use the key. EKS marks
 * no class as the default one, GKE one that encrypts with a key of Google's; of two defaults the newer one is taken.
 */
function driver(settings: PureSettings): Driver {
  const { volumeKey } = cloudOf(settings);
  return settings.target === 'aws'
    ? { provisioner: 'ebs.csi.aws.com', parameters: { type: 'gp3', encrypted: 'true', kmsKeyId: volumeKey } }
    : {
        provisioner: 'pd.csi.storage.gke.io',
        parameters: { type: 'pd-balanced', 'disk-encryption-kms-key': volumeKey },
      };
}

/** Pure. */
export function storageObjects(settings: PureSettings): readonly KubernetesObject[] {
  const found: V1StorageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name, annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    ...driver(settings),
    // A disk is of one zone: the pod's, not the other way round.
    volumeBindingMode: 'WaitForFirstConsumer',
    allowVolumeExpansion: true,
    reclaimPolicy: 'Delete',
  };
  return [labelled(found, 'storage')];
}

/** What nobody may change of a class that is there. */
const fixed = ({ provisioner, parameters, volumeBindingMode, reclaimPolicy }: V1StorageClass) => ({
  ...{ provisioner, volumeBindingMode, reclaimPolicy },
  parameters: { ...parameters },
});

/** In a cloud only: a local cluster has a class of its own. */
export function planStorage(settings: PlatformSettings): readonly Step[] {
  const { client, needs } = settings;
  return [
    step({
      id: ids.apply,
      title: 'class of encrypted volumes',
      kind: 'change',
      needs: needs.cluster,
      async run(context) {
        const objects = storageObjects(settings);
        for (const wanted of objects) {
          const standing = await client().get(nameOf(wanted), context.signal);
          if (standing === undefined) continue;
          if (isDeepStrictEqual(fixed(standing as V1StorageClass), fixed(wanted as V1StorageClass))) continue;
          // Volumes that were made by it know nothing of it any more.
          context.note('made anew: it had another key or driver');
          await client().remove({ ...nameOf(wanted), uid: standing.metadata?.uid }, context.signal);
        }
        return install(client(), objects, context);
      },
    }),
  ];
}
