/** References of images in the values of charts. */
import type { KubernetesObject, V1Container, V1PodSpec } from '@kubernetes/client-node';

export interface ImageParts {
  /** Without tag and digest. */
  readonly repository: string;
  readonly tag: string;
  /** `sha256:..`; empty when there is none. */
  readonly digest: string;
}

/** `registry.k8s.io/x/controller:v1.15.1@sha256:..` taken apart. */
export function partsOf(ref: string): ImageParts {
  const [name = '', digest = ''] = ref.split('@');
  const colon = name.lastIndexOf(':');
  if (colon <= name.lastIndexOf('/')) return { repository: name, tag: '', digest };
  return { repository: name.slice(0, colon), tag: name.slice(colon + 1), digest };
}

/** Sets the image of every container that uses another tag of the same repository, or bears the name. */
export function withImage(
  objects: readonly KubernetesObject[],
  container: string,
  ref: string,
): readonly KubernetesObject[] {
  const set = (one: V1Container): V1Container =>
    one.name === container ? { ...one, image: ref, imagePullPolicy: 'IfNotPresent' } : one;
  return objects.map((object) => {
    const { spec } = object as { readonly spec?: { readonly template?: { readonly spec?: V1PodSpec } } };
    const pod = spec?.template?.spec;
    if (pod === undefined) return object;
    const template = { ...spec?.template, spec: { ...pod, containers: pod.containers.map(set) } };
    return { ...object, spec: { ...spec, template } };
  });
}
