/** Reads compose.yaml as it concerns detection and import: services, what they are built of, and the resources among them. */
import { parse } from 'yaml';
import type { ResourceName } from '../../resources/names.ts';
import { resourceOfImage } from './dependencies.ts';
import type { Door } from './folder.ts';
import { type Found, lineOf } from './place.ts';

export interface ComposeService {
  readonly name: string;
  /** Folder that is built, relative to the project, `.` for itself; absent when it has only an image. */
  readonly build?: string;
  readonly image?: string;
  readonly port?: Found<number>;
  /** Names of services that it depends on or names in its environment. */
  readonly needs: readonly string[];
  readonly why: string;
  /** As written. */
  readonly written: Readonly<Record<string, unknown>>;
}

export interface Compose {
  readonly file: string;
  /** Those that are no resources. */
  readonly services: readonly ComposeService[];
  readonly resources: readonly {
    readonly name: string;
    readonly type: ResourceName;
    readonly why: string;
    readonly written: Readonly<Record<string, unknown>>;
  }[];
  /** Keys at the top beside services. */
  readonly top: Readonly<Record<string, unknown>>;
}

const names = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml', 'docker-compose.dev.yml'];

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Those of other names come after, that for development first. */
async function filesOf(door: Door): Promise<readonly string[]> {
  const others = (await door.list('')).filter((file) => /^(?:docker-)?compose[.-][\w.-]+\.ya?ml$/.test(file));
  const rank = (file: string) =>
    /\b(?:dev|development|local)\b/.test(file) ? 0 : /test|ci\b|override/.test(file) ? 2 : 1;
  return [...names, ...others.toSorted((a, b) => rank(a) - rank(b))];
}

export async function readCompose(door: Door): Promise<Compose | undefined> {
  for (const file of await filesOf(door)) {
    const text = await door.read(file);
    if (text === undefined) continue;
    const read = parsed(text);
    if (!isMap(read) || !isMap(read.services)) continue;
    const { services, ...top } = read;
    return composeOf(file, text, services as Record<string, unknown>, top);
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return parse(text, { merge: true, logLevel: 'silent' });
  } catch {
    // Docker says best what is wrong with it; here it tells nothing.
    return undefined;
  }
}

function composeOf(
  file: string,
  text: string,
  services: Record<string, unknown>,
  top: Record<string, unknown>,
): Compose {
  const all = Object.entries(services).map(([name, value]) => {
    const written = isMap(value) ? value : {};
    const at = text.search(new RegExp(`^[ \\t]+["']?${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}["']?:`, 'm'));
    const image = typeof written.image === 'string' ? plain(written.image) : undefined;
    return { name, written, image, why: `${file}:${lineOf(text, Math.max(0, at) + 1)}` };
  });
  const resources = all.flatMap(({ name, written, image, why }) => {
    const type = image === undefined || written.build !== undefined ? undefined : resourceOfImage(image);
    return type === undefined ? [] : [{ name, type, why, written }];
  });
  const others = all.filter(({ name }) => !resources.some((one) => one.name === name));
  return {
    file,
    top,
    resources,
    services: others.map(({ name, written, image, why }) => {
      const build = buildOf(written.build);
      const port = portOf(written, why);
      return {
        name,
        written,
        why,
        ...(build !== undefined && { build }),
        ...(image !== undefined && { image }),
        ...(port && { port }),
        needs: needsOf(
          written,
          all.map((one) => one.name),
        ),
      };
    }),
  };
}

/** `${TAG:-17}` as its default. */
const plain = (text: string): string => text.replaceAll(/\$\{[^}:]+:?-([^}]*)\}/g, '$1');

function buildOf(build: unknown): string | undefined {
  const context = typeof build === 'string' ? build : isMap(build) ? (build.context ?? '.') : undefined;
  if (typeof context !== 'string' || /^\w+:\/\/|^git@/.test(context)) return undefined;
  return context.replace(/^\.\//, '').replace(/\/$/, '') || '.';
}

/** The port inside of the container: the last of `8080:80`, the target of the long form, else `expose`. */
function portOf(written: Readonly<Record<string, unknown>>, why: string): Found<number> | undefined {
  const [first] = [...listOf(written.ports), ...listOf(written.expose)];
  const inside = isMap(first)
    ? first.target
    : plain(String(first ?? ''))
        .replace(/\/\w+$/, '')
        .split(':')
        .at(-1)
        ?.split('-')[0];
  const value = Number(inside);
  return Number.isInteger(value) && value > 0 ? { value, why } : undefined;
}

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function needsOf(written: Readonly<Record<string, unknown>>, all: readonly string[]): string[] {
  const named = Array.isArray(written.depends_on)
    ? written.depends_on.map(String)
    : isMap(written.depends_on)
      ? Object.keys(written.depends_on)
      : [];
  const linked = listOf(written.links).map((link) => String(link).split(':')[0] ?? '');
  const values = Object.values(environmentOf(written.environment));
  const inValues = all.filter((name) =>
    values.some((value) =>
      new RegExp(`(^|[/@,=])${name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}([:/,?]|$)`).test(value),
    ),
  );
  return [...new Set([...named, ...linked, ...inValues])].filter((name) => all.includes(name));
}

/** Map or list of `NAME=value`; a name without a value is taken from the caller's environment and is empty here. */
export function environmentOf(written: unknown): Readonly<Record<string, string>> {
  if (isMap(written))
    return Object.fromEntries(
      Object.entries(written).map(([key, value]) => [key, value === null ? '' : plain(String(value))]),
    );
  return Object.fromEntries(
    listOf(written).map((line) => {
      const [key = '', ...value] = String(line).split('=');
      return [key, plain(value.join('='))];
    }),
  );
}
