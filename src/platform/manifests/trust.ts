/** Certificates that pods trust: the local authority, and the authority of each database that a service uses. */
import type { KubernetesObject, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import type { App, Resource, Service } from '../../app/app.ts';
import { metadata, type Owner, shortHash } from './metadata.ts';
import { certificateNames, type ManifestOptions, runsInCluster, secretsOf } from './options.ts';
import { authorityFile } from './resources/index.ts';

/** Where the local authority is mounted. */
export const trustFolder = '/etc/opta/trust';

const trustName = 'opta.trust';

export interface Mounts {
  readonly volumes: readonly V1Volume[];
  readonly mounts: readonly V1VolumeMount[];
  readonly objects: readonly KubernetesObject[];
  /** Changes when the mounted text does. */
  readonly hash: string;
}

/** The authority and its bundle, once a layer. */
export function trustObjects(layer: string, options: ManifestOptions): readonly KubernetesObject[] {
  if (options.trust === undefined) return [];
  const owner: Owner = { layer, name: layer, component: 'platform' };
  const data = { 'authority.pem': options.trust.authority, 'bundle.pem': options.trust.bundle };
  return [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(owner, trustName), data } as KubernetesObject];
}

/** Resources whose authority a service can be pointed to by a variable. */
function verified(app: App, service: Service): readonly Resource[] {
  return app.resources.filter(({ id, type }) => {
    const linked = service.links.some(
      (link) => link.to === id && (type === 'documentdb' || link.variables.some(isAuthority)),
    );
    return (
      linked ||
      service.env.some(({ value }) =>
        value.some((part) => typeof part !== 'string' && part.resource === id && isAuthority(part)),
      )
    );
  });
}

const isAuthority = ({ output }: { readonly output: string }): boolean =>
  output === 'db_ca_file' || output === 'db_url';

function authorityOf(resource: Resource, options: ManifestOptions): string {
  const secrets = secretsOf(options);
  return runsInCluster(options)
    ? secrets.certificate(resource.id, certificateNames(resource)).authority
    : secrets.authority(resource.id);
}

/** Volumes of one service's pods, with the ConfigMap of its databases' authorities. */
export function trustMounts(app: App, service: Service, owner: Owner, options: ManifestOptions): Mounts {
  const resources = verified(app, service);
  const data = Object.fromEntries(
    resources.map((resource) => [`${resource.name}.pem`, authorityOf(resource, options)]),
  );
  const name = `${service.name}.authorities`;
  const common = options.trust !== undefined;
  return {
    objects:
      resources.length === 0
        ? []
        : [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(owner, name), data } as KubernetesObject],
    volumes: [
      ...(common ? [{ name: 'trust', configMap: { name: trustName } }] : []),
      ...(resources.length > 0 ? [{ name: 'authorities', configMap: { name } }] : []),
    ],
    mounts: [
      ...(common ? [{ name: 'trust', mountPath: trustFolder, readOnly: true }] : []),
      ...resources.map((resource) => ({
        name: 'authorities',
        mountPath: authorityFile(resource),
        subPath: `${resource.name}.pem`,
        readOnly: true,
      })),
    ],
    hash: shortHash(JSON.stringify([data, options.trust?.authority])),
  };
}
