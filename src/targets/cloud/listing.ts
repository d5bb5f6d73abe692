/** What a promotion puts into the cluster, as far as it can be told without one: objects of the App and parts of the platform. */
import type { KubernetesObject } from '@kubernetes/client-node';
import type { App, Service } from '../../app/app.ts';
import { choicesOf } from '../../app/choices.ts';
import { type ManifestOptions, manifests } from '../../platform/manifests.ts';
import type { Pins } from '../../platform/versions.ts';
import { hashOf } from '../../releases/canonical.ts';
import type { Release } from '../../releases/release.ts';
import { cloudComponents, type ListedComponent } from './components.ts';
import type { CloudEnvironment } from './environment.ts';

interface ListedObject {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

export interface ClusterListing {
  /** Charts and parts with their versions and the values that matter. */
  readonly components: readonly ListedComponent[];
  /** Objects that are applied as they are, without a chart. */
  readonly objects: readonly ListedObject[];
  /** The same objects whole, with placeholders for secrets and for what is not known yet. */
  readonly whole: readonly KubernetesObject[];
  readonly hash: string;
}

/** The image of a service in this environment: the digest of the release, never a tag. */
function imageOf(release: Release, repositories: Readonly<Record<string, string>>, service: Service): string {
  const { id, layer, name } = service;
  const image = release.images[id];
  if (image === undefined) throw new Error(`release ${release.hash} has no image of ${id}`);
  const repository =
    image.origin === 'reference' ? image.repository : (repositories[id] ?? `<network.repositories.${id}>`);
  return `${repository ?? `${layer}/${name}`}@${image.digest}`;
}

/** Options for the objects of an App in a cloud; without `secrets` for listing only. */
function cloudManifestOptions(
  environment: CloudEnvironment,
  app: App,
  pins: Pins,
  release: Release,
  repositories: Readonly<Record<string, string>> = {},
): ManifestOptions {
  const choices = choicesOf(app);
  return {
    target: environment.cloud,
    mesh: choices.mesh,
    ingress: choices.ingress,
    pins,
    images: (service) => imageOf(release, repositories, service),
  };
}

const listed = ({ kind = '', metadata }: KubernetesObject): ListedObject => ({
  kind,
  ...(metadata?.namespace !== undefined && { namespace: metadata.namespace }),
  name: metadata?.name ?? '',
});

/** Pure: nothing is downloaded, so charts are named with their versions and values instead of being rendered. */
export function listCluster(environment: CloudEnvironment, app: App, pins: Pins, release: Release): ClusterListing {
  const components = cloudComponents(environment, app, pins);
  const objects = manifests(app, cloudManifestOptions(environment, app, pins, release));
  const own = components.flatMap(({ objects: more = [] }) => more);
  const hash = hashOf({ components: components.map(({ objects: _, ...rest }) => rest), objects: [...own, ...objects] });
  const whole = [...own, ...objects];
  return { components, objects: whole.map(listed), whole, hash };
}
