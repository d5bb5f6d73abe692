/** References of images in the values of charts. */
import type { KubernetesObject, V1Container, V1PodSpec } from '@kubernetes/client-node';

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
