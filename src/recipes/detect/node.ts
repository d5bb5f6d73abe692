/** Reads a package.json: framework, script that starts, port, resources. */

import { nodePackages, resourceOf } from './dependencies.ts';
import { nodeFrameworks } from './node-frameworks.ts';
import { nodePort, nodeSources } from './node-port.ts';
import { callsOthers, onlyBuilds, pageServer, unfolded } from './node-scripts.ts';
import { type Found, type Place, search, sources, whereIs } from './place.ts';
import type { Reading, Uses } from './reading.ts';

export interface Manifest {
  readonly name?: string;
  readonly main?: string;
  readonly private?: boolean;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly workspaces?: readonly string[] | { readonly packages?: readonly string[] };
  readonly bin?: unknown;
}

export async function readManifest(place: Pick<Place, 'read'>): Promise<Manifest | undefined> {
  const text = await place.read('package.json');
  if (text === undefined) return undefined;
  try {
    const read: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return typeof read === 'object' && read !== null ? (read as Manifest) : {};
  } catch {
    // npm says best what is wrong with its file; that there is a package is all that can be known.
    return {};
  }
}

export async function readNode(place: Place): Promise<Reading | undefined> {
  const manifest = await readManifest(place);
  if (manifest === undefined) return undefined;
  const dependencies = { ...manifest.devDependencies, ...manifest.dependencies };
  const start = await startOf(place, manifest);
  const scripts = manifest.scripts ?? {};
  const named = nodeFrameworks.find(({ packages }) => packages.some((name) => dependencies[name] !== undefined));
  const framework = named ?? pageServer(start?.runs ?? '');
  const plain = framework === undefined ? await plainServer(place) : undefined;
  const dependency = named?.packages.find((name) => dependencies[name] !== undefined);
  const serves = named?.server !== false && (framework !== undefined || plain !== undefined);
  const isWeb = serves && (await isProgram(place, manifest, start, framework?.name));
  const program =
    named?.server !== false &&
    start !== undefined &&
    (runsItself(start) || place.folder === '') &&
    !onlyBuilds(scripts, start.runs) &&
    manifest.bin === undefined;
  const kind = isWeb ? 'web' : program && !serves ? 'worker' : 'none';
  const found: Found =
    framework !== undefined
      ? {
          value: framework.name,
          why:
            dependency === undefined
              ? (start?.found.why ?? '')
              : await whereIs(place, 'package.json', `"${dependency}"`),
        }
      : { value: 'Node.js', why: plain?.why ?? place.why('package.json') };
  const port = await nodePort(place, [
    scripts[start?.script ?? ''] ?? '',
    unfolded(scripts, scripts[start?.script ?? ''] ?? ''),
    devScript(manifest)?.text ?? '',
  ]);
  const dev = start && devCommand(manifest, start, framework?.portFlag, await toolOf(place));
  return {
    language: dependencies.typescript === undefined ? 'Node.js' : 'Node.js (TypeScript)',
    framework: found,
    ...(start && { start: start.found, runs: start.runs }),
    ...(dev !== undefined && { dev }),
    ...(port && { port }),
    ...(framework?.port !== undefined || plain ? { usualPort: usualPort(framework, dependencies, start?.runs) } : {}),
    resources: await resourcesOf(place, manifest),
    kind,
    ...(dependencies['@grpc/grpc-js'] !== undefined && !isWeb ? { protocol: 'grpc' as const } : {}),
    uses: Object.keys(dependencies),
    ...(manifest.name === undefined ? {} : { name: manifest.name.replace(/^@[^/]+\//, ''), packages: [manifest.name] }),
  };
}

/** What a build made for Node listens elsewhere than the framework's own server while one writes. */
function usualPort(
  framework: { readonly port?: number } | undefined,
  dependencies: Readonly<Record<string, string>>,
  runs: string | undefined,
): number {
  const built = dependencies['@sveltejs/adapter-node'] !== undefined && /^(?:\S+ )*node\b/.test(runs ?? '');
  return built ? 3000 : (framework?.port ?? 3000);
}

/** A server on Node's own modules. */
async function plainServer(place: Place): Promise<Found | undefined> {
  return search(place, sources(place, nodeSources).slice(0, 20), [
    /\bcreate(?:Secure)?Server\s*\(|\bBun\.serve\s*\(|\bDeno\.serve\s*\(/,
  ]);
}

const listens = /\.listen\s*\(|\b(?:serve|createServer|createSecureServer|toNodeListener)\s*\(/;
const makeLibraries = new Set(['Vite', 'Parcel', 'webpack']);

/**
 * The framework alone makes no program of a package in a folder: plug-ins and parts for others depend on it too. What
 * stands at the top is taken at its word, but for that it only calls others.
 */
async function isProgram(
  place: Place,
  manifest: Manifest,
  start: Start | undefined,
  framework: string | undefined,
): Promise<boolean> {
  const scripts = manifest.scripts ?? {};
  const isTop = manifest.workspaces !== undefined || place.has('pnpm-workspace.yaml') || place.has('lerna.json');
  if (place.folder === '') return !isTop || (start !== undefined && !callsOthers(start.runs));
  if (makeLibraries.has(framework ?? '')) {
    const settings = place.files.filter((file) => /^\w+\.config\.\w+$/.test(file));
    if (await search(place, settings, [/\bbuild\s*:\s*\{[^}]*\blib\s*:|\blibraryTarget\b/])) return false;
  }
  if (start?.script !== undefined && !onlyBuilds(scripts, start.runs)) return true;
  return (await search(place, sources(place, nodeSources).slice(0, 20), [listens])) !== undefined;
}

/** A script that only compiles or shows, such as `dev: tsc` of a package for others, makes no program. */
const runsItself = ({ script, runs }: Start): boolean =>
  script !== undefined &&
  (/^(start|serve)/.test(script) || /\b(node|nodemon|tsx|ts-node\S*|vite-node|bun|deno|pm2|esno|jiti)\b/.test(runs));

interface Start {
  readonly found: Found;
  /** What the line stands for. */
  readonly runs: string;
  readonly script?: string;
}

async function startOf(place: Place, manifest: Manifest): Promise<Start | undefined> {
  const scripts = manifest.scripts ?? {};
  const tool = await toolOf(place);
  for (const script of ['start', 'start:prod', 'serve', 'dev', 'start:dev', 'develop']) {
    const runs = scripts[script];
    if (runs === undefined) continue;
    const value = script === 'start' ? `${tool} start` : `${tool} run ${script}`;
    return { found: { value, why: await whereIs(place, 'package.json', `"${script}"`) }, runs, script };
  }
  const main = [
    manifest.main,
    'server.js',
    'index.js',
    'app.js',
    'src/index.js',
    'src/server.js',
    'src/main.ts',
    'src/index.ts',
  ];
  const file = main.find((name) => name !== undefined && place.has(name.replace(/^\.\//, '')));
  if (file === undefined) return undefined;
  const why = file === manifest.main ? await whereIs(place, 'package.json', '"main"') : place.why(file);
  return { found: { value: `node ${file}`, why }, runs: `node ${file}` };
}

async function toolOf(place: Place): Promise<string> {
  const tools = [
    ['package-lock.json', 'npm'],
    ['pnpm-lock.yaml', 'pnpm'],
    ['yarn.lock', 'yarn'],
    ['bun.lock', 'bun'],
    ['bun.lockb', 'bun'],
  ] as const;
  const named = (text: string | undefined) => /"packageManager"\s*:\s*"(npm|pnpm|yarn|bun)@/.exec(text ?? '')?.[1];
  const own = named(await place.read('package.json')) ?? tools.find(([lock]) => place.has(lock))?.[1];
  if (own !== undefined || place.folder === '') return own ?? 'npm';
  const above = named(await place.readTop('package.json'));
  if (above !== undefined) return above;
  for (const [lock, tool] of tools) if ((await place.readTop(lock)) !== undefined) return tool;
  return 'npm';
}

/** Scripts that run what a build has made, or only show it. */
const needsBuild =
  /\b(next|nuxt|remix-serve|react-router-serve|astro|gatsby)\b.*\b(start|preview|serve)\b|remix-serve|\bvite preview\b|(^|[\s/])(dist|build|lib|out|\.output|\.next)\/|\bserve -s\b|\bstandalone\b/;

function devScript({ scripts = {} }: Manifest): { readonly name: string; readonly text: string } | undefined {
  const name = ['dev', 'start:dev', 'develop', 'serve', 'start'].find((candidate) => scripts[candidate] !== undefined);
  return name === undefined ? undefined : { name, text: scripts[name] ?? '' };
}

/** What runs without a build, with PORT obeyed; undefined when the start command does. */
function devCommand(manifest: Manifest, start: Start, portFlag: string | undefined, tool: string): string | undefined {
  const dev = devScript(manifest);
  const chosen = dev !== undefined && needsBuild.test(start.runs) ? dev : undefined;
  const script = chosen?.name ?? start.script;
  const text = chosen?.text ?? start.runs;
  const call =
    script === undefined ? start.found.value : script === 'start' ? `${tool} start` : `${tool} run ${script}`;
  if (
    portFlag !== undefined &&
    /\b(vite|astro|gatsby|ng|parcel|svelte-kit|react-router|vue-cli-service|remix|webpack|http-server|serve|eleventy|docusaurus|vitepress)\b/.test(
      text,
    )
  ) {
    const between = tool === 'npm' ? ' -- ' : ' ';
    return `${call}${between}${portFlag}`;
  }
  return call === start.found.value ? undefined : call;
}

async function resourcesOf(place: Place, { dependencies = {} }: Manifest): Promise<Uses[]> {
  const uses: Uses[] = [];
  for (const name of Object.keys(dependencies)) {
    const value = resourceOf(nodePackages, name);
    if (value !== undefined) uses.push({ value, why: await whereIs(place, 'package.json', `"${name}"`) });
  }
  const schemas = place.files.filter((file) => file.endsWith('.prisma'));
  const prisma = await search(place, schemas, [/datasource\s+\w+\s*\{[^}]*?provider\s*=\s*"(\w+)"/]);
  const byProvider = {
    postgresql: 'postgres',
    postgres: 'postgres',
    mysql: 'mysql',
    mongodb: 'mongodb',
    cockroachdb: 'postgres',
  } as const;
  const value = byProvider[prisma?.value as keyof typeof byProvider];
  if (prisma && value !== undefined) uses.push({ value, why: prisma.why });
  return uses;
}
