/** What Dockerfile, Procfile and settings say of a folder, whatever its language. */

import { resourcesOfAddresses } from './dependencies.ts';
import { asPort, type Found, type Place, search } from './place.ts';
import type { Uses } from './reading.ts';

export interface Container {
  /** Relative to the place. */
  readonly file: string;
  readonly port?: Found<number>;
  readonly command?: Found;
  /** The image of the last stage. */
  readonly base: string;
}

/** The Dockerfile of a place, with what its last stage says. */
export async function readContainer(place: Place): Promise<Container | undefined> {
  const file = ['Dockerfile', 'Containerfile', 'docker/Dockerfile', 'Dockerfile.prod', 'Dockerfile.production'].find(
    place.has,
  );
  const text = file === undefined ? undefined : await place.read(file);
  if (file === undefined || text === undefined) return undefined;
  const stages = [...text.matchAll(/^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/gim)];
  const last = stages.at(-1);
  const from = last?.index ?? 0;
  const argument = /^\s*ARG\s+PORT=(\d{2,5})\b/im.exec(text);
  const exposed = at(place, file, text, from, /^\s*EXPOSE\s+(?:\S+\s+)*?(\d{2,5})\b/im);
  const setting = at(place, file, text, from, /^\s*ENV\s+(?:.*\s)?PORT[= ]\s*["']?(\d{2,5})\b/im);
  const flag = at(
    place,
    file,
    text,
    from,
    /^\s*(?:CMD|ENTRYPOINT)\b.*?(?:--port["', =]+|-p["', ]+|--bind["', =]+\S*?:|-b["', ]+\S*?:|:)(\d{2,5})\b/im,
  );
  const own = argument && { value: argument[1] ?? '', why: place.why(file, text, argument.index) };
  const port = asPort(setting ?? flag ?? exposed ?? own ?? undefined);
  const command = commandOf(place, file, text, from);
  return { file, base: baseOf(stages), ...(port && { port }), ...(command && { command }) };
}

/** The image that the last stage begins with, through the stages that it is made of. */
function baseOf(stages: readonly RegExpExecArray[]): string {
  let base = stages.at(-1)?.[1] ?? '';
  for (const [, from, name] of stages.toReversed()) if (name === base) base = from ?? '';
  return base;
}

function at(place: Place, file: string, text: string, from: number, pattern: RegExp): Found | undefined {
  const match = pattern.exec(text.slice(from));
  return match
    ? { value: match[1] ?? '', why: place.why(file, text, from + match.index + match[0].search(/\S/)) }
    : undefined;
}

function commandOf(place: Place, file: string, text: string, from: number): Found | undefined {
  const joined = text.slice(from);
  const read = (word: string) => {
    const matches = [...joined.matchAll(new RegExp(`^\\s*${word}\\s+((?:.*\\\\\\n)*.*)$`, 'gim'))];
    const match = matches.at(-1);
    return match && { value: shellLine(match[1] ?? ''), index: from + match.index + match[0].search(/\S/) };
  };
  const [entry, command] = [read('ENTRYPOINT'), read('CMD')];
  const first = entry ?? command;
  if (first === undefined) return undefined;
  const value = [entry?.value, command?.value].filter((part) => part !== undefined).join(' ');
  return { value, why: place.why(file, text, first.index) };
}

/** `["node", "server.js"]` as one types it. */
function shellLine(written: string): string {
  const text = written.replaceAll(/\\\n\s*/g, ' ').trim();
  if (!text.startsWith('[')) return text;
  try {
    const words: unknown = JSON.parse(text);
    if (!Array.isArray(words)) return text;
    return words.map((word) => (/^[\w@%+=:,./$-]+$/.test(String(word)) ? String(word) : `'${word}'`)).join(' ');
  } catch {
    return text;
  }
}

export interface Processes {
  readonly web?: Found;
  readonly others: readonly { readonly name: string; readonly command: Found }[];
}

/** Servers of others, which are resources here and no services. */
const servers =
  /^(?:\w+=\S*\s+|exec\s+|bundle exec\s+)*(?:\S*\/)?(?:redis-server|valkey-server|postgres|mysqld|mongod|memcached|rabbitmq-server|elasticsearch|minio|mailhog|mailpit|mailcatcher|nginx)\b/;

export async function readProcfile(place: Place): Promise<Processes | undefined> {
  const text = await place.read('Procfile');
  if (text === undefined) return undefined;
  const lines = [...text.matchAll(/^([\w-]+):[ \t]*(\S.*)$/gm)].map((match) => ({
    name: match[1] ?? '',
    command: { value: (match[2] ?? '').trim(), why: place.why('Procfile', text, match.index) },
  }));
  const web = lines.find(({ name }) => name === 'web');
  const once = new Set(['web', 'release', 'console']);
  const others = lines.filter(({ name, command }) => !once.has(name) && !servers.test(command.value));
  return { ...(web && { web: web.command }), others };
}

const settings = [
  ...['.env', '.env.example', '.env.sample', '.env.template', '.env.dist', '.env.local', '.env.development'],
  ...[
    'src/main/resources/application.properties',
    'src/main/resources/application.yml',
    'src/main/resources/application.yaml',
  ],
  ...['config/database.yml', 'config/application.yml', 'config.yaml', 'config.yml', 'appsettings.json'],
];

/** Resources whose addresses stand in settings, such as `DATABASE_URL=postgres://…`. */
export async function resourcesInSettings(place: Place): Promise<Uses[]> {
  const found = await Promise.all(
    settings.map(async (file) => {
      const text = await place.read(file);
      if (text === undefined) return [];
      return resourcesOfAddresses(text).map(({ type, index }) => ({ value: type, why: place.why(file, text, index) }));
    }),
  );
  return found.flat();
}

const quoted = '[\'"`]';
const path =
  '\\/(?:api\\/)?(?:v\\d\\/)?_?(?:healthz?|health-?check|livez?|liveness|readyz?|readiness|ping|status|up)(?:\\/(?:live|ready|liveness|readiness))?';

/** A route of the code that tells whether it is well. */
export async function findHealth(place: Place, files: readonly string[]): Promise<Found | undefined> {
  const route =
    /(?:^|\/)(?:app|pages|routes|server)(\/(?:api\/)?(?:healthz?|health-check|ready|live|ping|status))(?:\/(?:route|\+server|index)|\.get)?\.[jt]sx?$/;
  for (const file of place.files) {
    const path = route.exec(file)?.[1];
    if (path !== undefined) return { value: path, why: place.why(file) };
  }
  const django = await search(place, files, [/\bpath\(\s*['"]((?:healthz?|health-check|ready|ping|status|up)\/?)['"]/]);
  if (django) return { value: `/${django.value}`, why: django.why };
  return search(place, files, [
    new RegExp(
      `(?:\\.|@|\\b)(?:get|Get|GET|all|use|route|api_route|HandleFunc|Handle|MapGet|MapHealthChecks|GetMapping|url|path|re_path)\\(?\\s*\\(?\\s*(?:r|name\\s*=\\s*)?${quoted}(?:GET\\s+)?(${path})\\/?${quoted}`,
    ),
    new RegExp(`\\b(?:url|path|pathname)\\s*(?::|===?)\\s*${quoted}(${path})${quoted}`),
    new RegExp(`${quoted}(${path})${quoted}`),
  ]);
}
