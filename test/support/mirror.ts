/** A mirror folder for tests, made of what this machine has: images of its engine, tools on PATH, charts of Go modules. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parse, stringify } from 'yaml';

/** Tags that stand for the pinned images. What the engine lacks is left out of the mirror. */
const images = {
  node: { ref: 'kindest/node:v1.34.4' },
  registry: { ref: 'registry:3', version: '3.1.2' },
  'ingress-nginx': { ref: 'registry.k8s.io/ingress-nginx/controller:kit', version: '1.11.0' },
  traefik: { ref: 'traefik:v3.6', version: '3.6.12' },
  'metrics-server': { ref: 'registry.k8s.io/metrics-server/metrics-server:v0.8.0' },
  postgres: { ref: 'postgres:17' },
  valkey: { ref: 'valkey/valkey:8' },
} as const;

const modules = {
  gatewayApi: 'sigs.k8s.io/gateway-api@v1.4.1',
  ingressNginx: 'k8s.io/ingress-nginx@v0.0.0-20240708192948-52c50467d67d',
  metricsServer: 'sigs.k8s.io/metrics-server@v0.9.0',
  traefik: 'github.com/traefik/traefik/v3@v3.6.12',
} as const;

function said(argv: readonly string[], cwd?: string): string | undefined {
  const [file = '', ...args] = argv;
  const { status, stdout } = spawnSync(file, args, { encoding: 'utf8', cwd, maxBuffer: 1 << 26 });
  return status === 0 ? stdout : undefined;
}

/** The folder of a Go module; the proxy is asked when it is not there yet. */
function moduleFolder(module: string): string {
  const text = said(['go', 'mod', 'download', '-json', module], tmpdir());
  if (text === undefined) throw new Error(`go cannot download ${module}`);
  return (JSON.parse(text) as { Dir: string }).Dir;
}

const sum = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

function onPath(name: string): string | undefined {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));
}

/** Why this machine cannot make a cluster; undefined when it can. */
export function whyNoCluster(): string | undefined {
  const lacking = ['docker', 'kind', 'helm', 'go'].filter((name) => onPath(name) === undefined);
  if (lacking.length > 0) return `not on PATH: ${lacking.join(', ')}`;
  const known = said(['docker', 'image', 'ls', '--format', '{{.Repository}}:{{.Tag}}']);
  if (known === undefined) return 'no container engine answers';
  return known.includes(images.node.ref) ? undefined : `the engine has no image ${images.node.ref}`;
}

function chart(folder: string, file: string, from: string): { file: string; sha256: string } {
  const path = join('charts', file);
  const [parent, name] = [join(from, '..'), from.split('/').at(-1) ?? ''];
  if (said(['tar', '-czf', join(folder, path), '-C', parent, name]) === undefined)
    throw new Error(`no chart in ${from}`);
  return { file: path, sha256: sum(join(folder, path)) };
}

function manifest(folder: string, file: string, texts: readonly string[]): { file: string; sha256: string } {
  const path = join('manifests', file);
  writeFileSync(join(folder, path), texts.join('\n---\n'));
  return { file: path, sha256: sum(join(folder, path)) };
}

let made: string | undefined;

/** The mirror's folder; made once a machine and version of this file. */
export function testMirror(): string {
  made ??= make(
    join(tmpdir(), `opta-test-mirror-${process.getuid?.() ?? 0}-${sum(import.meta.filename).slice(0, 10)}`),
  );
  return made;
}

function make(folder: string): string {
  if (existsSync(join(folder, 'index.yaml'))) return folder;
  for (const name of ['charts', 'manifests', 'binaries']) mkdirSync(join(folder, name), { recursive: true });
  const known = said(['docker', 'image', 'ls', '--format', '{{.Repository}}:{{.Tag}}']) ?? '';
  const here = Object.entries(images).filter(([, { ref }]) => known.split('\n').includes(ref));
  const crds = join(moduleFolder(modules.gatewayApi), 'config/crd/standard');
  const definitions = readdirSync(crds).map((file) => readFileSync(join(crds, file), 'utf8'));
  const traefik = 'docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml';
  const traefikText = readFileSync(join(moduleFolder(modules.traefik), traefik), 'utf8');
  const nginx = join(moduleFolder(modules.ingressNginx), 'charts/ingress-nginx');
  const metrics = join(moduleFolder(modules.metricsServer), 'charts/metrics-server');
  const index = {
    schema: 1,
    images: Object.fromEntries(here),
    charts: {
      'ingress-nginx': { version: '4.11.0', app: '1.11.0', ...chart(folder, 'ingress-nginx.tgz', nginx) },
      'metrics-server': { version: '3.13.0', app: '0.9.0', ...chart(folder, 'metrics-server.tgz', metrics) },
    },
    manifests: {
      'gateway-api': { version: '1.4.1', ...manifest(folder, 'gateway-api.yaml', definitions) },
      'traefik-crds': { version: '3.6.12', ...manifest(folder, 'traefik-crds.yaml', [traefikText]) },
    },
  };
  writeFileSync(join(folder, 'index.yaml'), stringify(index));
  return folder;
}

const doubles = join(import.meta.dirname, 'linkerd-double');
/** Runs the double of Linkerd's control plane. */
export const doubleImage = 'docker.io/library/node:24-slim';

/** The test mirror with charts that stand for Linkerd's; `image` is that of its control plane. */
export function doubledMirror(image = doubleImage): string {
  const base = testMirror();
  const folder = mkdtempSync(join(tmpdir(), 'opta-doubled-mirror-'));
  cpSync(base, folder, { recursive: true });
  const index = parse(readFileSync(join(base, 'index.yaml'), 'utf8')) as {
    readonly charts: object;
    readonly images: object;
  };
  const version = { version: '2026.6.3', app: '26.6.3' };
  const charts = ['linkerd-crds', 'linkerd-control-plane'].map((name) => [
    name,
    { ...version, ...chart(folder, `${name}.tgz`, join(doubles, name)) },
  ]);
  const own = { ref: image, version: '26.6.3' };
  const images = { ...index.images, 'linkerd-controller': own, 'linkerd-proxy': own };
  const more = { ...index, charts: { ...index.charts, ...Object.fromEntries(charts) }, images };
  writeFileSync(join(folder, 'index.yaml'), stringify(more));
  return folder;
}
