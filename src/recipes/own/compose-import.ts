/** What a compose file says, in the words of a layer; what has no word there is told. */
import { correctedName, isValidName } from '../../app/names.ts';
import { asArgv } from '../../app/shell-words.ts';
import type { ResourceName } from '../../resources/names.ts';
import { type ComposeService, environmentOf, listOf } from '../detect/compose.ts';
import type { Found } from '../detect/place.ts';
import type { Detection } from '../detect.ts';
import { environmentFrom } from './compose-environment.ts';
import { healthFrom, volumesFrom } from './compose-parts.ts';
import type { OwnLink } from './project.ts';

interface ImportedService {
  /** The name of the detected service that is built of the same folder, else its own. */
  readonly name: string;
  /** Only when it is not built here. */
  readonly image?: string;
  readonly port?: Found<number>;
  readonly health?: string;
  readonly links: readonly OwnLink[];
  /** Further fields of its module. */
  readonly more: Readonly<Record<string, unknown>>;
}

export interface ComposeImport {
  readonly services: readonly ImportedService[];
  readonly resources: readonly { readonly name: string; readonly type: ResourceName }[];
  readonly leftOut: readonly string[];
}

/** Keys that have a meaning here, or need none. */
const carried = new Set(
  'image build ports expose environment volumes healthcheck depends_on links command entrypoint deploy scale container_name restart init tty stdin_open pull_policy platform stop_grace_period stop_signal develop version'.split(
    ' ',
  ),
);

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function importCompose({ compose, services: detected }: Detection): ComposeImport {
  if (compose === undefined) return { services: [], resources: [], leftOut: [] };
  const leftOut: string[] = [];
  const nameOf = (name: string): string => {
    const written = compose.services.find((one) => one.name === name);
    const folder = written?.build;
    const same = folder === undefined ? undefined : detected.find((one) => one.folder === folder);
    const twins = compose.services.filter(({ build }) => build === folder);
    return same && twins[0]?.name === name ? same.name : mended(name);
  };
  const resources = compose.resources.map(({ name, type }) => ({ name: mended(name), type }));
  const services = compose.services.flatMap((written) => {
    const foreign = unknownImage(written);
    if (foreign !== undefined) {
      leftOut.push(foreign);
      return [];
    }
    return [serviceFrom(written, { nameOf, compose, leftOut })];
  });
  const top = Object.keys(compose.top).filter(
    (key) => !['version', 'name', 'volumes'].includes(key) && !key.startsWith('x-'),
  );
  leftOut.push(...top.filter((key) => key !== 'networks').map((key) => `\`${key}\` of ${compose.file}`));
  for (const { name, written, type } of compose.resources) {
    const own = ['command', 'configs', 'secrets'].filter((key) => written[key] !== undefined);
    leftOut.push(...own.map((key) => `\`${key}\` of ${name} (${compose.file}): opta runs ${type} its own way`));
  }
  return { services, resources, leftOut };
}

const mended = (name: string): string => (isValidName(name) ? name : correctedName(name) || 'app');

/** Tools for looking at databases, and servers that have no module here. */
const foreigners: readonly (readonly [RegExp, string])[] = [
  [
    /(adminer|pgadmin|phpmyadmin|mongo-express|redis-?commander|redisinsight|mailhog|mailpit|maildev|portainer|dozzle)/,
    'a tool for development',
  ],
  [/(traefik|nginx-proxy|caddy-docker|letsencrypt|certbot)/, 'opta brings its own ingress and certificates'],
  [
    /(rabbitmq|kafka|zookeeper|elasticsearch|opensearch|memcached|nats|cassandra|clickhouse|localstack)/,
    'no module of opta stands for it',
  ],
];

function unknownImage({ name, image, build, why }: ComposeService): string | undefined {
  if (image === undefined || build !== undefined) return undefined;
  const found = foreigners.find(([pattern]) => pattern.test(image));
  return found && `${name} (${image}, ${why}): ${found[1]}`;
}

interface Importing {
  readonly nameOf: (name: string) => string;
  readonly compose: NonNullable<Detection['compose']>;
  readonly leftOut: string[];
}

function serviceFrom(service: ComposeService, importing: Importing): ImportedService {
  const { name, written, image, build, port, why } = service;
  const { nameOf, compose, leftOut } = importing;
  const left = (what: string) => leftOut.push(`${what} of ${name} (${why})`);
  const environment = environmentFrom(environmentOf(written.environment), service, compose, nameOf, left);
  const health = healthFrom(written.healthcheck, left);
  const storage = volumesFrom(written.volumes, compose.top.volumes, left);
  const needed = service.needs.filter(
    (need) =>
      compose.resources.some((one) => one.name === need) ||
      compose.services.some((one) => one.name === need && one.port !== undefined),
  );
  const links = [
    ...new Set(
      needed.map((need) => (compose.resources.some((one) => one.name === need) ? mended(need) : nameOf(need))),
    ),
  ];
  const after = service.needs.filter(
    (need) =>
      !needed.includes(need) && compose.services.some((one) => one.name === need && unknownImage(one) === undefined),
  );
  for (const key of Object.keys(written)) if (!carried.has(key)) left(`\`${key}\``);
  for (const published of listOf(written.ports).slice(1))
    left(`port ${String(isMap(published) ? published.target : published)}: a service has one address`);
  const copies = isMap(written.deploy) ? written.deploy.replicas : written.scale;
  const command = wordsOf(written.command);
  const entry = wordsOf(written.entrypoint);
  return {
    name: nameOf(name),
    ...(build === undefined && image !== undefined && { image }),
    ...(port && { port }),
    ...(health?.path !== undefined && { health: health.path }),
    links: links.map((to) => ({ to, names: environment.names[to] ?? {} })),
    more: {
      ...(Object.keys(environment.values).length > 0 && { env_vars: environment.values }),
      ...(typeof copies === 'number' && copies >= 1 && { min_containers: copies, max_containers: Math.max(copies, 3) }),
      ...(health?.command && { healthcheck_command: health.command }),
      ...(storage.length > 0 && { persistent_storage: storage }),
      ...(entry && { commands: entry }),
      ...(command && { args: command }),
      ...(after.length > 0 && { depends_on: after.map(nameOf) }),
    },
  };
}

function wordsOf(written: unknown): readonly string[] | undefined {
  if (Array.isArray(written)) return written.map(String);
  if (typeof written !== 'string') return undefined;
  return asArgv(written) ?? ['sh', '-c', written];
}
