/** What tests of manifests share: options with fixed secrets, and ways to find an object. */
import { join } from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import type { ManifestOptions, SecretSource } from '../../src/platform/manifests.ts';
import { readVersions } from '../../src/platform/versions.ts';

const versionsPath = join(import.meta.dirname, '../../kind/versions.yaml');

export const versions = await readVersions(versionsPath);

const secrets: SecretSource = {
  password: (resource) => `password-of-${resource}`,
  certificate: (resource) => ({ authority: 'AUTHORITY', certificate: `CERTIFICATE of ${resource}`, key: 'KEY' }),
  output: (resource, output) => ({ value: `${resource}.${output}`, secret: /password|token/.test(output) }),
  authority: (resource) => `AUTHORITY of ${resource}`,
};

export function options(given: Partial<ManifestOptions> = {}): ManifestOptions {
  return {
    target: 'kind',
    mesh: true,
    ingress: 'nginx',
    images: (service) =>
      service.image.kind === 'reference' ? service.image.reference : `localhost:5001/${service.name}@sha256:0`,
    pins: versions.pins,
    secrets,
    ...given,
  };
}

/** Any object with the parts that tests look at; a wrong path is undefined, never an error. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into objects of every kind
export type Loose = any;

export function find(objects: readonly KubernetesObject[], kind: string, name: string): Loose {
  return objects.find((object) => object.kind === kind && object.metadata?.name === name);
}

export function all(objects: readonly KubernetesObject[], kind: string): Loose[] {
  return objects.filter((object) => object.kind === kind);
}

/** The pod template of a Deployment, StatefulSet or CronJob. */
export function templateOf(object: Loose): Loose {
  return object.kind === 'CronJob' ? object.spec.jobTemplate.spec.template : object.spec.template;
}
