/** The variables that a service's process gets: links, its own, the mesh's names, and the local authority. */
import type { Link, Service, Text } from '../../app/app.ts';
import { type TrustFiles, trustVariables } from '../../platform/trust-files.ts';
import type { System } from '../../system/system.ts';
import { directKey, type Ports, proxyKey, spansKey, upstreamKey } from './ports.ts';
import { awsEnvironment } from './resources/aws.ts';
import type { Output } from './resources/realisation.ts';

export interface Surroundings {
  readonly environment: string;
  readonly ports: Ports;
  /** By resource id, then output name. */
  readonly outputs: ReadonlyMap<string, Readonly<Record<string, Output>>>;
  /** Services of the App by id, for the ports of linked ones. */
  readonly services: ReadonlyMap<string, Service>;
  readonly trust: TrustFiles;
  /** Folder for V8's compile cache, so that restarts are quick. */
  readonly compileCache: string;
  /** The user's own NO_PROXY. */
  readonly noProxy: string | undefined;
}

export interface Environment {
  readonly variables: Readonly<Record<string, string>>;
  readonly secretNames: readonly string[];
}

export function serviceEnvironment(service: Service, around: Surroundings): Environment {
  const linked = new Map<string, Output>();
  for (const link of service.links) for (const [name, value] of linkedVariables(link, around)) linked.set(name, value);
  const written = service.env.map(({ name, value }): [string, Output] => [name, resolveText(value, around)]);
  const dev = Object.entries(service.dev.env).map(([name, value]): [string, Output] => [
    name,
    { value, secret: false },
  ]);
  const ours = Object.entries(meshVariables(service, around)).map(([name, value]): [string, Output] => [
    name,
    { value, secret: false },
  ]);
  const all = new Map([...ours, ...standIn(service, around), ...linked, ...written, ...dev]);
  return {
    variables: Object.fromEntries([...all].map(([name, { value }]) => [name, value])),
    secretNames: [...all].filter(([, { secret }]) => secret).map(([name]) => name),
  };
}

/** SDKs of AWS call the local stand-in by themselves, as they call the cloud there. */
function standIn(service: Service, { outputs }: Surroundings): readonly [string, Output][] {
  const endpoint = service.links.map(({ to }) => outputs.get(to)?.['endpoint']?.value).find((one) => one !== undefined);
  if (endpoint === undefined) return [];
  return Object.entries(awsEnvironment(endpoint)).map(([name, value]) => [name, { value, secret: false }]);
}

function linkedVariables(link: Link, around: Surroundings): readonly [string, Output][] {
  return link.variables.map(({ name, output }) => {
    if (link.kind === 'resource') return [name, outputOf(link.to, output, around)];
    return [name, { value: serviceAddress(link, output, around), secret: false }];
  });
}

function serviceAddress(link: Link, output: string, around: Surroundings): string {
  const target = around.services.get(link.to);
  const wanted = output.startsWith('addr:') ? output.slice('addr:'.length) : undefined;
  const port =
    target?.ports.find(({ name, protocol }) => (wanted === undefined ? protocol !== 'tcp' : name === wanted)) ??
    target?.ports[0];
  if (!port) throw new Error(`${link.from} links to ${link.to}, which has no port`);
  const local = around.ports[directKey(link.from, upstreamKey(link.to, port.name))];
  return wanted === undefined ? `http://127.0.0.1:${local}` : `127.0.0.1:${local}`;
}

function outputOf(resource: string, output: string, around: Surroundings): Output {
  const found = around.outputs.get(resource)?.[output];
  if (!found) throw new Error(`resource ${resource} has no output "${output}" on the process target`);
  return found;
}

function resolveText(text: Text, around: Surroundings): Output {
  const parts = text.map((part) =>
    typeof part === 'string' ? { value: part, secret: false } : outputOf(part.resource, part.output, around),
  );
  return { value: parts.map(({ value }) => value).join(''), secret: parts.some(({ secret }) => secret) };
}

function meshVariables(service: Service, around: Surroundings): Record<string, string> {
  const proxy = `http://127.0.0.1:${around.ports[proxyKey(service.id)]}`;
  // Clients take an entry for everything below it too: with `localhost` here nobody could reach https://<layer>.localhost,
  // which only the proxy resolves everywhere. It passes plain localhost on.
  const noProxy = ['127.0.0.1', '::1', ...(around.noProxy?.split(',') ?? [])]
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '' && entry !== 'localhost');
  const names = [...new Set(noProxy)].join(',');
  return {
    OPTA_ENVIRONMENT: around.environment,
    OPTA_LAYER: service.layer,
    OPTA_SERVICE: service.name,
    // Each client reads its own spelling; docs/process.md says which.
    http_proxy: proxy,
    HTTP_PROXY: proxy,
    https_proxy: proxy,
    HTTPS_PROXY: proxy,
    grpc_proxy: proxy,
    NODE_USE_ENV_PROXY: '1',
    no_proxy: names,
    NO_PROXY: names,
    ...trustVariables(around.trust),
    NODE_COMPILE_CACHE: around.compileCache,
    ...telemetryVariables(service, around),
  };
}

/**
 * Where an app's OpenTelemetry sends its spans: the address says who sends, `{replica}` is filled in for each replica. An
 * app that is given another place keeps it.
 */
function telemetryVariables({ id, name, env, dev }: Service, { ports }: Surroundings): Record<string, string> {
  const port = ports[spansKey];
  const own = [...env.map((one) => one.name), ...Object.keys(dev.env)].some((one) => /^OTEL_EXPORTER_/.test(one));
  if (port === undefined || own) return {};
  return {
    OTEL_SERVICE_NAME: name,
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}/${id}/{replica}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    // Milliseconds until a span is told; the default of five seconds is for far servers.
    OTEL_BSP_SCHEDULE_DELAY: '200',
  };
}

/** The user's own NO_PROXY in either spelling. */
export const noProxyOf = (system: System): string | undefined => system.env['no_proxy'] ?? system.env['NO_PROXY'];
