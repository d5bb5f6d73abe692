/** Reads a project of Deno that has no package.json: framework, what it starts with, port, resources. */
import { nodePackages, resourceOf } from './dependencies.ts';
import { nodePort, nodeSources } from './node-port.ts';
import { type Found, type Place, search, sources, whereIs } from './place.ts';
import type { Reading, Uses } from './reading.ts';

const frameworks = [
  ['Fresh', /^(fresh|@fresh\/core|\$fresh)$/],
  ['Oak', /^(@oak\/oak|oak)$/],
  ['Hono', /^(@hono\/hono|hono)$/],
  ['Express', /^express$/],
  ['Fastify', /^fastify$/],
  ['Koa', /^koa$/],
] as const;

/** Packages of JSR and deno.land that npm does not have under the same name. */
const ownPackages = {
  postgres: /^(@db\/postgres|postgres|postgresjs|@bartlomieju\/postgres)$/,
  mysql: /^(@db\/mysql|mysql)$/,
  mongodb: /^(@db\/mongo|mongo)$/,
  redis: /^(@db\/redis|@iuioiua\/redis|redis)$/,
} as const;

const settings = ['deno.json', 'deno.jsonc'] as const;

export async function readDeno(place: Place): Promise<Reading | undefined> {
  const file = settings.find(place.has);
  if (file === undefined || place.has('package.json')) return undefined;
  const text = (await place.read(file)) ?? '';
  const files = sources(place, nodeSources);
  const imported = await importedBy(place, [file, 'import_map.json', ...files]);
  const known = frameworks.flatMap(([value, pattern]) => {
    const found = imported.find(({ value: name }) => pattern.test(name));
    return found ? [{ value, why: found.why }] : [];
  })[0];
  const serves = known ?? (await search(place, files, [/\bDeno\.serve\s*\(|\bserve\s*\(|\bexport default \{\s*fetch/]));
  const start = await startOf(place, file, text);
  const port = await nodePort(place, [start?.runs ?? '']);
  const name = /"name"\s*:\s*"(?:@[^/"]+\/)?([\w.-]+)"/.exec(text)?.[1];
  return {
    language: 'Deno',
    framework: { value: known?.value ?? 'Deno', why: serves?.why ?? place.why(file) },
    ...(start && { start: start.found, runs: start.runs }),
    ...(port && { port }),
    ...(serves && { usualPort: 8000 }),
    resources: imported.flatMap(({ value, why }): Uses[] => {
      const own = Object.entries(ownPackages).find(([, pattern]) => pattern.test(value))?.[0];
      const resource = resourceOf(nodePackages, value) ?? (own as keyof typeof ownPackages | undefined);
      return resource === undefined ? [] : [{ value: resource, why }];
    }),
    kind: serves ? 'web' : start ? 'worker' : 'none',
    uses: imported.map(({ value }) => value),
    ...(name !== undefined && { name }),
  };
}

/** Names of packages, without `npm:`, `jsr:`, the host and the version. */
async function importedBy(place: Place, files: readonly string[]): Promise<readonly Found[]> {
  const named = /["'](?:npm:\/?|jsr:\/?|https:\/\/deno\.land\/x\/|https:\/\/esm\.sh\/)((?:@[\w.-]+\/)?[\w.$-]+)/g;
  const each = files.map(async (file) => {
    const text = (await place.read(file)) ?? '';
    return [...text.matchAll(named)].map((match) => ({
      value: match[1] ?? '',
      why: place.why(file, text, match.index),
    }));
  });
  return (await Promise.all(each)).flat();
}

async function startOf(place: Place, file: string, text: string): Promise<{ found: Found; runs: string } | undefined> {
  const scripts = /"tasks"\s*:\s*\{([\s\S]*?)\n\s*\}/.exec(text)?.[1] ?? '';
  for (const name of ['start', 'serve', 'dev']) {
    const runs = new RegExp(`"${name}"\\s*:\\s*(?:\\{\\s*"command"\\s*:\\s*)?"((?:[^"\\\\]|\\\\.)*)"`).exec(
      scripts,
    )?.[1];
    if (runs === undefined) continue;
    return { found: { value: `deno task ${name}`, why: await whereIs(place, file, `"${name}"`) }, runs };
  }
  const main = ['main.ts', 'server.ts', 'mod.ts', 'index.ts', 'src/main.ts'].find(place.has);
  if (main === undefined) return undefined;
  const value = `deno run --allow-net --allow-env --allow-read ${main}`;
  return { found: { value, why: place.why(main) }, runs: value };
}
