/** Finds in a folder what runs there, on which port, and what it needs; every finding has its reason. Reads files only. */
import { correctedName } from '../app/names.ts';
import type { ResourceName } from '../resources/names.ts';
import { type Compose, readCompose } from './detect/compose.ts';
import { readDeno } from './detect/deno.ts';
import { explainedByContainers } from './detect/dockerfile.ts';
import { meant } from './detect/drivers.ts';
import {
  type Container,
  findHealth,
  type Processes,
  readContainer,
  readProcfile,
  resourcesInSettings,
} from './detect/files.ts';
import { type Door, filesBelow } from './detect/folder.ts';
import { readGo } from './detect/go.ts';
import { readJvm } from './detect/jvm.ts';
import { portThroughPackages, servicesOf, throughPackages } from './detect/known.ts';
import { readNode } from './detect/node.ts';
import { readDotnet, readElixir, readPhp } from './detect/others.ts';
import { type Found, type Place, placeAt, sources } from './detect/place.ts';
import { readPython } from './detect/python.ts';
import type { Known, Reader, Reading, Uses } from './detect/reading.ts';
import { readRuby } from './detect/ruby.ts';
import { readRust } from './detect/rust.ts';
import { readPages } from './detect/sites.ts';
import { type UrlVariable, urlVariables } from './detect/variables.ts';
import { markedFolders, matchesAny, workspacePatterns } from './detect/workspaces.ts';

export interface DetectedService {
  readonly name: string;
  /** Relative to the project; `.` is the project itself. */
  readonly folder: string;
  readonly language: string;
  readonly framework: Found;
  readonly start?: Found;
  /** What the start command stands for, such as the text of an npm script. */
  readonly runs?: string;
  /** How it is started on this machine with PORT given, where the start command would not do. */
  readonly dev?: string;
  /** Absent for what takes no requests. */
  readonly port?: Found<number>;
  readonly protocol: 'http' | 'grpc';
  readonly health?: Found;
  readonly resources: readonly Uses[];
  /** Under which names it expects their addresses. */
  readonly variables?: readonly UrlVariable[];
  /** Relative to the folder. */
  readonly dockerfile?: string;
}

export interface Detection {
  readonly services: readonly DetectedService[];
  /** Definition files of opta that are there already. */
  readonly definitions: readonly string[];
  readonly compose?: Compose;
}

const readers: readonly Reader[] = [
  readRuby,
  readGo,
  readJvm,
  readDotnet,
  readRust,
  readElixir,
  readNode,
  readPython,
  readPhp,
  readDeno,
];

/** `said` is called with each service as it is found. */
export async function detect(door: Door, said: (found: DetectedService) => void = () => {}): Promise<Detection> {
  const files = await filesBelow(door);
  const [patterns, compose] = await Promise.all([workspacePatterns(door), readCompose(door)]);
  const marked = markedFolders(files);
  const dockerfiles = files
    .filter((file) => /(^|\/)Dockerfile$/.test(file))
    .map((file) => file.slice(0, Math.max(0, file.lastIndexOf('/'))))
    .filter((folder) => !isPackageOfGo(folder, files));
  const built = (compose?.services ?? []).flatMap(({ build }) =>
    build === undefined ? [] : [build === '.' ? '' : build],
  );
  const isMember = (folder: string) =>
    folder === '' ||
    patterns === undefined ||
    matchesAny(folder, patterns) ||
    dockerfiles.includes(folder) ||
    built.includes(folder);
  const candidates = marked.filter((folder) => isMember(folder) || !marked.includes(`${folder}/package.json`));
  const folders = [
    ...new Set([
      ...candidates,
      ...dockerfiles,
      ...built.filter((folder) => files.some((file) => file.startsWith(`${folder}/`))),
    ]),
  ];
  const places = folders.map((folder) => placeAt(door, folder, files, folders));
  const read = await Promise.all(places.map(async (place) => ({ place, reading: await readPlace(place) })));
  const known = read.filter((one): one is Known => one.reading !== undefined);
  known.push(...(await explainedByContainers(read, compose)));
  const services: DetectedService[] = [];
  const names = new Set<string>();
  for (const { place, reading } of servicesOf(known)) {
    for (const service of await complete(place, reading, known, compose, known.length === 1)) {
      const named = { ...service, name: fresh(service.name, names) };
      services.push(named);
      said(named);
    }
  }
  if (services.length === 0) {
    const place = placeAt(door, '', files, []);
    const plain = await readPages(place);
    const name = known.find((one) => one.place.folder === '')?.reading.name;
    const pages = plain && { ...plain, ...(name !== undefined && { name }) };
    for (const service of pages ? await complete(place, pages, [], compose, true) : []) {
      services.push(service);
      said(service);
    }
  }
  const definitions = files.filter((file) => /(^|\/)opta\.ya?ml$/.test(file));
  return { services, definitions, ...(compose && { compose }) };
}

/** A folder of a module above it: a Dockerfile beside its code makes it no module of its own. */
const isPackageOfGo = (folder: string, files: readonly string[]): boolean =>
  folder !== '' &&
  !files.includes(`${folder}/go.mod`) &&
  files.some((file) => file.startsWith(`${folder}/`) && file.endsWith('.go')) &&
  files.some((file) => /(^|\/)go\.mod$/.test(file) && folder.startsWith(file.slice(0, -'go.mod'.length)));

/** The reader that finds a program wins over one that finds a library: a Rails folder has a package.json too. */
async function readPlace(place: Place): Promise<Reading | undefined> {
  const readings = (await Promise.all(readers.map((reader) => reader(place)))).filter((one) => one !== undefined);
  const rank = { web: 0, worker: 1, none: 2 } as const;
  const assets = (one: Reading) =>
    readings.length > 1 && /^(Vite|Parcel|static|Node\.js)$/.test(one.framework.value) ? 1 : 0;
  return readings.toSorted((a, b) => rank[a.kind] + assets(a) - rank[b.kind] - assets(b))[0];
}

async function complete(
  place: Place,
  reading: Reading,
  known: readonly Known[],
  compose: Compose | undefined,
  alone: boolean,
): Promise<DetectedService[]> {
  const [container, processes, settings] = await Promise.all([
    readContainer(place),
    readProcfile(place),
    resourcesInSettings(place),
  ]);
  const inCompose = compose?.services.find(
    ({ build }) => build !== undefined && (build === '.' ? '' : build) === place.folder,
  );
  const needed =
    compose === undefined
      ? []
      : alone
        ? compose.resources
        : compose.resources.filter(({ name }) => inCompose?.needs.includes(name));
  const said = [...settings, ...needed.map(({ type, why }) => ({ value: type, why }))];
  const drivers = [...reading.resources, ...throughPackages(reading, known)];
  const resources = once([...(await meant(place, drivers, said)), ...said]);
  const port = portOf(reading, container, processes, inCompose, portThroughPackages(reading, known));
  const health =
    reading.health ??
    (reading.kind === 'web' && reading.protocol !== 'grpc'
      ? await findHealth(place, sources(place, /\.(?:[cm]?[jt]s|py|go|rb|java|kt|rs|cs|php|exs?)$/))
      : undefined);
  const service: DetectedService = {
    name: nameOf(reading, place),
    folder: place.folder === '' ? '.' : place.folder,
    language: reading.language,
    framework: reading.framework,
    ...startOf(reading, container, processes),
    ...(port && { port }),
    protocol: reading.protocol ?? 'http',
    ...(health && { health }),
    resources,
    variables: await urlVariables(
      place,
      resources.map(({ value }) => value),
    ),
    ...(container && { dockerfile: container.file }),
  };
  const workers = (processes?.others ?? []).map(({ name, command }) => workerOf(service, name, command));
  return [service, ...workers];
}

/** The start command: a Procfile is written for it, then what the language says, then the container's. */
function startOf(reading: Reading, container: Container | undefined, processes: Processes | undefined) {
  const web = processes?.web;
  if (web)
    return { start: web, ...(/\$\{?PORT/.test(web.value) ? {} : reading.dev !== undefined && { dev: reading.dev }) };
  const start =
    reading.framework.value === 'static' && container?.command
      ? container.command
      : (reading.start ?? container?.command);
  return {
    ...(start && { start }),
    ...(reading.runs !== undefined && { runs: reading.runs }),
    ...(reading.dev !== undefined && { dev: reading.dev }),
  };
}

function portOf(
  reading: Reading,
  container: Container | undefined,
  processes: Processes | undefined,
  inCompose: Compose['services'][number] | undefined,
  inPackages: Found<number> | undefined,
): Found<number> | undefined {
  if (reading.kind !== 'web') return undefined;
  const web = processes?.web;
  const inProcfile = /(?:-p |--port[= ]|--bind[= ]\S*:|-b \S*:)(?:\$\{?PORT:-)?(\d{2,5})/.exec(web?.value ?? '')?.[1];
  const [inCommand] = [Number(inProcfile)].filter((port) => port > 0);
  if (inCommand !== undefined && web) return { value: inCommand, why: web.why };
  const byContainer =
    reading.framework.value === 'static' || /nginx|caddy|httpd/.test(container?.base ?? '')
      ? container?.port
      : undefined;
  // In front of the framework stands a server of its own, with its own habit.
  const server =
    /^(?:\S+=\S+\s+|poetry run |pipenv run |uv run |python3? -m )*(gunicorn|uvicorn|hypercorn|daphne)\b/.exec(
      web?.value ?? '',
    )?.[1];
  const usual =
    server !== undefined
      ? { value: 8000, why: `the usual port of ${server}` }
      : reading.usualPort === undefined
        ? undefined
        : { value: reading.usualPort, why: `the usual port of ${reading.framework.value}` };
  return byContainer ?? reading.port ?? container?.port ?? inCompose?.port ?? inPackages ?? usual;
}

function workerOf(service: DetectedService, name: string, command: Found): DetectedService {
  const { port: _, health: __, runs: ___, dev: ____, ...rest } = service;
  return { ...rest, name, start: command };
}

function once(uses: readonly Uses[]): Uses[] {
  const first = new Map<ResourceName, Uses>();
  for (const one of uses) if (!first.has(one.value)) first.set(one.value, one);
  return [...first.values()];
}

function nameOf(reading: Reading, place: Place): string {
  const folder = place.folder.split('/').at(-1) ?? '';
  return (
    correctedName(place.folder === '' ? (reading.name ?? '') : folder) || correctedName(reading.name ?? '') || 'app'
  );
}

/** The name, with a number when it is taken. */
function fresh(name: string, names: Set<string>): string {
  let free = name;
  for (let count = 2; names.has(free); count += 1) free = `${name}-${count}`;
  names.add(free);
  return free;
}
