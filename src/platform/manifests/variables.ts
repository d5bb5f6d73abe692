/** The environment of a service's containers: the names of language.md, with secret values in a Secret of its own. */
import type { KubernetesObject, V1EnvVar } from '@kubernetes/client-node';
import type { App, Id, Link, Service, Text } from '../../app/app.ts';
import { serviceHost } from '../../app/names.ts';
import { base64, metadata, type Owner, shortHash } from './metadata.ts';
import { type ManifestOptions, type OutputValue, runsInCluster, secretsOf } from './options.ts';
import { authorityFile, outputsOf, standInVariables, usesStandIn } from './resources/index.ts';
import { trustFolder } from './trust.ts';

export interface Environment {
  readonly variables: readonly V1EnvVar[];
  /** The Secret that they read; absent when nothing is secret. */
  readonly secret?: KubernetesObject & { readonly data: Readonly<Record<string, string>> };
  /** Changes when the Secret does. */
  readonly hash: string;
}

const shown = (value: string): OutputValue => ({ value, secret: false });

/** The Secret of a service's variables. */
const secretName = (service: Service): string => `${service.name}.env`;

function resourceOutput(app: App, id: Id, output: string, options: ManifestOptions): OutputValue {
  const resource = app.resources.find((one) => one.id === id);
  if (resource === undefined) return serviceOutput(app, id, output, options);
  if (output === 'db_ca_file') return shown(authorityFile(resource));
  if (!runsInCluster(options)) return secretsOf(options).output(id, output);
  const found = outputsOf(resource, options)[output];
  if (found === undefined) throw new Error(`${id} (${resource.type}) has no output "${output}" in a cluster`);
  return found;
}

/** `current_image` and the like. */
function serviceOutput(app: App, id: Id, output: string, options: ManifestOptions): OutputValue {
  const service = app.services.find((one) => one.id === id);
  if (service === undefined) return secretsOf(options).output(id, output);
  const image = options.images(service);
  const [, repository = image, tag = '', digest = ''] = /^([^@]+?)(?::([\w.-]+))?(?:@(.+))?$/.exec(image) ?? [];
  const values: Record<string, string> = {
    current_image: image,
    docker_repo_url: repository,
    current_tag: tag,
    current_digest: digest,
  };
  return shown(values[output] ?? '');
}

function linkedAddress(app: App, link: Link, output: string): string {
  const target = app.services.find(({ id }) => id === link.to);
  const wanted = output.startsWith('addr:') ? output.slice('addr:'.length) : undefined;
  const port =
    target?.ports.find(({ name, protocol }) => (wanted === undefined ? protocol !== 'tcp' : name === wanted)) ??
    target?.ports[0];
  if (target === undefined || port === undefined)
    throw new Error(`${link.from} links to ${link.to}, which has no port`);
  const host = serviceHost(target.layer, target.name);
  if (wanted !== undefined) return `${host}:${port.servicePort}`;
  return port.servicePort === 80 ? `http://${host}` : `http://${host}:${port.servicePort}`;
}

function textValue(app: App, text: Text, options: ManifestOptions): OutputValue {
  const parts = text.map((part) =>
    typeof part === 'string' ? shown(part) : resourceOutput(app, part.resource, part.output, options),
  );
  return { value: parts.map(({ value }) => value).join(''), secret: parts.some(({ secret }) => secret) };
}

function ownVariables(app: App, service: Service, options: ManifestOptions): [string, string][] {
  const [main, ...others] = service.ports;
  const named = others.map(({ name, port }): [string, string] => [
    `PORT_${name.toUpperCase().replaceAll('-', '_')}`,
    String(port),
  ]);
  const trust: [string, string][] =
    options.trust === undefined
      ? []
      : [
          ['NODE_EXTRA_CA_CERTS', `${trustFolder}/authority.pem`],
          ['SSL_CERT_FILE', `${trustFolder}/bundle.pem`],
          ['REQUESTS_CA_BUNDLE', `${trustFolder}/bundle.pem`],
        ];
  return [
    ['OPTA_ENVIRONMENT', app.environment],
    ['OPTA_LAYER', service.layer],
    ['OPTA_SERVICE', service.name],
    ...trust,
    ...(main === undefined ? [] : [['PORT', String(main.port)] as [string, string]]),
    ...named,
    ...(runsInCluster(options) && usesStandIn(app, service) ? Object.entries(standInVariables(service.layer)) : []),
  ];
}

/** Later names win, as on `process`: ours, linked, written, then those of `dev` on local targets. */
export function environment(app: App, service: Service, owner: Owner, options: ManifestOptions): Environment {
  const values = new Map<string, OutputValue>();
  for (const [name, value] of ownVariables(app, service, options)) values.set(name, shown(value));
  for (const link of service.links) {
    for (const { name, output } of link.variables) {
      const found =
        link.kind === 'service'
          ? shown(linkedAddress(app, link, output))
          : resourceOutput(app, link.to, output, options);
      values.set(name, found);
    }
  }
  for (const { name, value } of service.env) values.set(name, textValue(app, value, options));
  if (options.target === 'kind')
    for (const [name, value] of Object.entries(service.dev.env)) values.set(name, shown(value));

  const data = Object.fromEntries(
    [...values].filter(([, { secret }]) => secret).map(([name, { value }]) => [name, base64(value)]),
  );
  const variables = [...values].map(
    ([name, { value, secret }]): V1EnvVar =>
      secret
        ? { name, valueFrom: { secretKeyRef: { name: secretName(service), key: name } } }
        : { name, value: escaped(value) },
  );
  if (Object.keys(data).length === 0) return { variables, hash: '' };
  const secret = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: metadata(owner, secretName(service)),
    type: 'Opaque',
    data,
  };
  return { variables, secret, hash: shortHash(JSON.stringify(data)) };
}

/** Kubernetes would replace `$(NAME)` in a plain value; a definition has no such references. */
function escaped(value: string): string {
  return value.replaceAll('$(', () => '$$(');
}
