/** Prints Kubernetes objects as YAML, for `opta manifests`. */
import type { KubernetesObject } from '@kubernetes/client-node';
import { Document } from 'yaml';
import type { App } from '../app/app.ts';
import { type ManifestOptions, manifests } from './manifests.ts';

const firstKeys = ['apiVersion', 'kind', 'metadata'];

/** Keys sorted, but for those that every object begins with, so that a diff shows changes only. */
function ordered(value: unknown, isTop = false): unknown {
  if (Array.isArray(value)) return value.map((one) => ordered(one));
  if (typeof value !== 'object' || value === null) return value;
  const rank = (key: string) => (isTop && firstKeys.includes(key) ? firstKeys.indexOf(key) : firstKeys.length);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  entries.sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, ordered(one)]));
}

/** Objects as YAML documents, each begun by `---`. The same objects give the same text. */
function yamlOf(objects: readonly KubernetesObject[]): string {
  const options = { aliasDuplicateObjects: false, version: '1.1' } as const;
  return objects
    .map((object) => `---\n${new Document(ordered(object, true), options).toString({ lineWidth: 0 })}`)
    .join('');
}

/** What `opta manifests` prints. Without `options.secrets` each secret is a placeholder. Throws as `manifests` does. */
export function printManifests(app: App, options: ManifestOptions): string {
  return yamlOf(manifests(app, options));
}
