/** Rule over objects of the cluster: volumes that services ask for are encrypted with a key of ours. */
import type { KubernetesObject, V1PersistentVolumeClaim, V1StatefulSet, V1StorageClass } from '@kubernetes/client-node';
import type { Violation } from './rule.ts';

/** Where each driver is told its key. */
const keys = ['kmsKeyId', 'disk-encryption-kms-key'] as const;

function claimsIn(object: KubernetesObject): readonly V1PersistentVolumeClaim[] {
  if (object.kind === 'PersistentVolumeClaim') return [object];
  return object.kind === 'StatefulSet' ? ((object as V1StatefulSet).spec?.volumeClaimTemplates ?? []) : [];
}

const isOurs = ({ parameters = {} }: V1StorageClass): boolean => keys.some((key) => (parameters[key] ?? '') !== '');

/** Give all objects at once: classes are among them. */
export function checkVolumes(objects: readonly KubernetesObject[]): Violation[] {
  const classes = objects.filter((one): one is V1StorageClass => one.kind === 'StorageClass');
  const encrypted = new Set(classes.filter(isOurs).map(({ metadata }) => metadata?.name));
  return objects.flatMap((object) => {
    const open = claimsIn(object).find(({ spec }) => !encrypted.has(spec?.storageClassName ?? ''));
    if (open === undefined) return [];
    const { kind = '', metadata } = object;
    const name = `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`;
    const message = `has volumes of ${open.spec?.storageClassName ?? 'no class'}, which no key of ours encrypts`;
    return [{ rule: 'encrypted-at-rest', stack: 'objects of the cluster', type: kind, name, message }];
  });
}
