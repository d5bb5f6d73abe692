/** What decides, besides the App, which Kubernetes objects are made. */
import type { Id, Resource, Service } from '../../app/app.ts';
import type { Pins } from '../versions.ts';

export type ClusterTarget = 'kind' | 'aws' | 'gcp';
export type IngressChoice = 'nginx' | 'gateway';

/** PEM texts of a server certificate for the names of `certificateNames`. */
export interface ServerCertificate {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

export interface OutputValue {
  readonly value: string;
  readonly secret: boolean;
}

/** Where values come from that no definition holds. Asked for what the App needs only. */
export interface SecretSource {
  /** A random password kept for us. Asked on `kind` for resources that run in the cluster. */
  password(resource: Id): string;
  /** Asked on `kind` for resources that run in the cluster. */
  certificate(resource: Id, names: readonly string[]): ServerCertificate;
  /** An output of a resource outside the cluster. Asked on clouds. */
  output(resource: Id, output: string): OutputValue;
  /** PEM of the authority that signed a cloud resource's certificate. Asked on clouds for `db_ca_file`. */
  authority(resource: Id): string;
}

export interface ManifestOptions {
  readonly target: ClusterTarget;
  readonly mesh: boolean;
  readonly ingress: IngressChoice;
  /** The image of a service, by digest where there is one. */
  readonly images: (service: Service) => string;
  /** argv that the image of a service starts, where it is known; asked on `kind` for services whose edits are copied. */
  readonly entry?: (service: Service) => readonly string[] | undefined;
  /** Images of resources that run in the cluster. */
  readonly pins: Pins;
  /** Without it placeholders stand for every secret: good for printing and dry runs, never for applying. */
  readonly secrets?: SecretSource;
  /** PEM texts of the local authority, alone and with the roots of the system. Local targets only. */
  readonly trust?: { readonly authority: string; readonly bundle: string };
  /** Annotations of a service account, for cloud identities. */
  readonly identity?: (service: Service) => Readonly<Record<string, string>>;
}

/** The namespace and the service account that an ingress controller runs under; shared with its installation. */
export const ingressHomes = {
  nginx: { namespace: 'ingress-nginx', serviceAccount: 'ingress-nginx', className: 'nginx' },
  gateway: { namespace: 'traefik', serviceAccount: 'traefik', className: 'opta' },
} as const satisfies Record<IngressChoice, { namespace: string; serviceAccount: string; className: string }>;

/** The one Gateway that every HTTPRoute and GRPCRoute names as its parent. */
export const gatewayName = 'opta';

/** What a printed manifest shows in place of a secret. Safe inside a URL. */
const placeholder = 'made-by-opta';

const placeholders: SecretSource = {
  password: () => placeholder,
  certificate: () => ({ authority: placeholder, certificate: placeholder, key: placeholder }),
  output: (_resource, output) => ({ value: placeholder, secret: /password|token|url|string/.test(output) }),
  authority: () => placeholder,
};

export function secretsOf(options: ManifestOptions): SecretSource {
  return options.secrets ?? placeholders;
}

/** Names that a resource's certificate must carry: every way to say it in the cluster, and `localhost` for port forwards. */
export function certificateNames(resource: Resource): readonly string[] {
  const name = `${resource.name}.${resource.layer}`;
  return [name, `${name}.svc`, `${name}.svc.cluster.local`, resource.name, 'localhost'];
}

/** True for what runs in the cluster itself; the rest is made outside it. */
export const runsInCluster = (options: ManifestOptions): boolean => options.target === 'kind';

/** What a printed manifest names as the image of a service that opta builds: there is no digest before a build. */
export function printedImages(target: ClusterTarget): ManifestOptions['images'] {
  const registry = target === 'kind' ? 'localhost:5001' : 'registry.invalid';
  return ({ image, layer, name }) =>
    image.kind === 'reference' ? image.reference : `${registry}/${layer}/${name}:latest`;
}
