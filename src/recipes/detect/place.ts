/** One folder of a project as the readers of languages see it, and how they say why they believe something. */
import type { Door } from './folder.ts';

/** A belief and its reason, such as `src/index.js:12`. */
export interface Found<T = string> {
  readonly value: T;
  readonly why: string;
}

export interface Place {
  /** Relative to the project, without `/` at its end; `''` is the project itself. */
  readonly folder: string;
  /** Relative to this place; those of services below it are not among them. */
  readonly files: readonly string[];
  has(file: string): boolean;
  read(file: string): Promise<string | undefined>;
  /** A file of the project itself, wherever this place is in it. */
  readTop(file: string): Promise<string | undefined>;
  /** The reason: the file as seen from the project, with the line of `index`. */
  why(file: string, text?: string, index?: number): string;
}

export function placeAt(door: Door, folder: string, all: readonly string[], others: readonly string[]): Place {
  const prefix = folder === '' ? '' : `${folder}/`;
  const inner = others.filter((other) => other !== folder && other.startsWith(prefix)).map((other) => `${other}/`);
  const own = all.filter((file) => file.startsWith(prefix) && !inner.some((other) => file.startsWith(other)));
  const files = own.map((file) => file.slice(prefix.length));
  const known = new Set(files);
  return {
    folder,
    files,
    has: (file) => known.has(file),
    read: (file) => door.read(prefix + file),
    readTop: (file) => door.read(file),
    why: (file, text, index) => (text === undefined ? prefix + file : `${prefix}${file}:${lineOf(text, index ?? 0)}`),
  };
}

export function lineOf(text: string, index: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < index; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** The first group of the first pattern that matches in the first file that has it. */
export async function search(
  place: Place,
  files: readonly string[],
  patterns: readonly RegExp[],
): Promise<Found | undefined> {
  for (const file of files) {
    const text = await place.read(file);
    if (text === undefined) continue;
    for (const pattern of patterns) {
      const match = pattern.exec(text);
      if (match) return { value: match[1] ?? match[0], why: place.why(file, text, match.index) };
    }
  }
  return undefined;
}

export function asPort(found: Found | undefined): Found<number> | undefined {
  const port = Number(found?.value);
  return found !== undefined && Number.isInteger(port) && port > 0 && port < 65_536
    ? { value: port, why: found.why }
    : undefined;
}

/**
 * Source of a pattern for names of variables that a service takes its own port from: `PORT`, `API_PORT`, but not the
 * port of a database, of mail or of a debugger.
 */
export const portVariable =
  '(?<!\\w)(?!\\w*(?:MAIL|SMTP|IMAP|DB|DATABASE|SQL|PG|POSTGRES|MONGO|REDIS|CACHE|RABBIT|AMQP|MQTT|KAFKA|BROKER|ELASTIC|SEARCH|METRICS|PROMETHEUS|STATSD|DEBUG|INSPECT|PROXY|SSH|FTP|LDAP|HMR|VNC|TEST)\\w*_PORT)(?:\\w*_)?PORT';

/** Where a text first stands in a file. */
export async function whereIs(place: Place, file: string, what: string | RegExp): Promise<string> {
  const text = (await place.read(file)) ?? '';
  const at = typeof what === 'string' ? text.indexOf(what) : text.search(what);
  return place.why(file, text, Math.max(0, at));
}

const testFile =
  /(^|\/)(tests?|__tests__|specs?|migrations|locales?|static|assets)\/|[._-](test|spec|stories)\.|\.d\.ts$|(^|\/)(test_|conftest)/;
const likely =
  /(^|\/)(server|main|index|app|www|start|bootstrap|program|application|wsgi|asgi|run|api|config|env|settings|routes?|urls|health\w*)\.\w+$/i;

const mostSources = 60;

/** Source files with one of the endings, the likely ones and those near the top first. */
export function sources(place: Place, endings: RegExp): readonly string[] {
  const own = place.files.filter((file) => endings.test(file) && !testFile.test(file));
  const rank = (file: string) => (likely.test(file) ? 0 : 100) + file.split('/').length;
  return own.toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1)).slice(0, mostSources);
}
