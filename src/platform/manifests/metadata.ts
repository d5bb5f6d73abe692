/** Names, labels and selectors of every object we make. */
import { createHash } from 'node:crypto';
import type { KubernetesObject, V1ObjectMeta } from '@kubernetes/client-node';

export const managedBy = 'opta';
export const nameLabel = 'app.kubernetes.io/name';
export const componentLabel = 'app.kubernetes.io/component';

/** Annotation: replicas to create a workload with, when an autoscaler owns the number from then on. */
export const initialReplicasAnnotation = 'opta.dev/initial-replicas';
/** Annotation of a pod template: changes when a Secret or ConfigMap that it reads does. */
export const configurationAnnotation = 'opta.dev/configuration';
/** Label of the namespaces of one environment. */
export const environmentLabel = 'opta.dev/environment';
/** Label of namespaces whose pods may read metrics of ours. */
export const metricsDoorLabel = 'opta.dev/may-read-metrics';

/** `service` takes calls, `cron` makes some, `resource` is a database and the like. */
type Component = 'service' | 'cron' | 'resource' | 'platform';

export interface Owner {
  readonly layer: string;
  /** Module name; the layer's own name for what belongs to all of it. */
  readonly name: string;
  readonly component: Component;
}

export type Strings = Readonly<Record<string, string>>;

/** Of every object: who made it, for which layer and module. Pruning deletes only what bears them. */
export function labels({ layer, name, component }: Owner): Record<string, string> {
  return {
    [nameLabel]: name,
    'app.kubernetes.io/part-of': layer,
    [componentLabel]: component,
    'app.kubernetes.io/managed-by': managedBy,
  };
}

/** Finds the pods of one owner; immutable on workloads, so never more than this. */
export function selector({ name, component }: Pick<Owner, 'name' | 'component'>): Record<string, string> {
  return { [nameLabel]: name, [componentLabel]: component };
}

/** The same as the API takes it in requests. */
export function selectorText(owner: Pick<Owner, 'name' | 'component'>): string {
  return Object.entries(selector(owner))
    .map(([label, value]) => `${label}=${value}`)
    .join(',');
}

/** Metadata of a namespaced object. Derived names carry a dot, which no module name has, so they never clash. */
export function metadata(owner: Owner, name: string, annotations: Strings = {}): V1ObjectMeta {
  return {
    name,
    namespace: owner.layer,
    labels: labels(owner),
    ...(Object.keys(annotations).length > 0 && { annotations: { ...annotations } }),
  };
}

/** An object of a type that the client library has no model of. */
export function custom(
  apiVersion: string,
  kind: string,
  meta: V1ObjectMeta,
  spec: unknown,
): KubernetesObject & { readonly spec: unknown } {
  return { apiVersion, kind, metadata: meta, spec };
}

/** Ten hex digits of SHA-256. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}

export const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/** A map of scalars as a definition holds it, with every value as text. */
export function stringsOf(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, String(one)]));
}
