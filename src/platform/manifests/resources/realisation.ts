/** What a resource becomes in a cluster: its server, its secrets, and the outputs that links read. */
import type { V1Container } from '@kubernetes/client-node';
import type { Resource } from '../../../app/app.ts';
import type { ManifestOptions, OutputValue } from '../options.ts';

/** A StatefulSet of one pod, a Service, and a Secret that it reads. */
export interface Server {
  readonly image: string;
  readonly port: number;
  /** The port itself when absent. */
  readonly servicePort?: number;
  readonly protocol: 'tcp' | 'http';
  /** Of the image's own account; owns the volume. */
  readonly user: number;
  readonly args: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  /** Variable to key of the Secret. */
  readonly secretVariables?: Readonly<Record<string, string>>;
  /** Values and files of the Secret, in clear. */
  readonly secret: Readonly<Record<string, string>>;
  /** Keys of the Secret that are files in `filesFolder`. */
  readonly files: readonly string[];
  /** Where its volume is mounted; absent for one without a volume. */
  readonly dataFolder?: string;
  /** Run in the container: a probe over the network has no identity, and an opaque Server refuses it. */
  readonly ready: readonly string[];
  readonly memoryMi: number;
  readonly lifecycle?: NonNullable<V1Container['lifecycle']>;
}

export interface Realisation {
  server(resource: Resource, options: ManifestOptions): Server;
  /** By the names of language.md. */
  outputs(resource: Resource, options: ManifestOptions): Readonly<Record<string, OutputValue>>;
}

/** Where the Secret's files are in the server's container. */
export const filesFolder = '/etc/opta';

/** The account that every database is made with. */
export const user = 'app';

export const shown = (value: string): OutputValue => ({ value, secret: false });
export const hidden = (value: string): OutputValue => ({ value, secret: true });

/** A text setting; undefined when absent, empty, or waiting for another resource. */
export function textSetting(resource: Resource, name: string): string | undefined {
  const value = resource.settings[name];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The file, in a service's container, that holds the authority of a resource's certificate. */
export function authorityFile(resource: Resource): string {
  return resource.type === 'documentdb' ? '/config/rds_ca.pem' : `${filesFolder}/${resource.name}/ca.pem`;
}

export const hostOf = (resource: Resource): string => `${resource.name}.${resource.layer}`;

/** The pinned image, or another version of it by tag where the definition asks for one. */
export function imageOf(pinned: string, version: string | undefined): string {
  const [, repository = pinned, tag = ''] = /^([^@]+?):([\w.-]+)(?:@.+)?$/.exec(pinned) ?? [];
  const fits =
    version === undefined || tag === version || tag.startsWith(`${version}.`) || tag.startsWith(`${version}-`);
  return fits ? pinned : `${repository}:${version}`;
}
