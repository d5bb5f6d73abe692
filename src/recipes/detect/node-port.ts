/** Where a Node service listens, from its scripts, settings and code. */
import { environmentFiles, environmentPort, exampleFiles } from './env-port.ts';
import { asPort, type Found, type Place, portVariable, search, sources, whereIs } from './place.ts';
import { settingsPort } from './settings-port.ts';

export const nodeSources = /\.(?:[cm]?[jt]s|[jt]sx)$|(^|\/)bin\/www$/;

const number = '[\'"`]?(\\d{2,5})\\b';
const env = '(?:process\\.env|env|import\\.meta\\.env|Bun\\.env|Deno\\.env)';
/** Names that a port of HTTP bears in the environment. */
const name = portVariable;

/** Say where the port of the environment has its default; the first group is the port. */
const byVariable: readonly RegExp[] = [
  new RegExp(`${env}(?:\\.${name}|\\[['"]${name}['"]\\])\\s*\\)?\\s*(?:\\|\\||\\?\\?)\\s*${number}`),
  new RegExp(`\\b${name}\\b['"]?\\s*(?:,|\\)\\s*(?:\\|\\||\\?\\?))\\s*${number}`),
  new RegExp(`\\bPORT\\s*=\\s*${number}[^}]*\\}\\s*=\\s*${env}`),
  new RegExp(`${name}\\s*:\\s*[\\w.()'", {}:]*?\\bdefault\\(?\\s*:?\\s*\\(?${number}`),
  new RegExp(`\\bdefault\\s*:\\s*${number}[^{}]*?\\benv\\s*:\\s*['"]${name}['"]`),
  new RegExp(`\\benv\\s*:\\s*['"]${name}['"][^{}]*?\\bdefault\\s*:\\s*${number}`),
  new RegExp(`['"]${name}['"]\\)[^;]{0,80}?\\.default\\(\\s*${number}`),
  new RegExp(`\\bPORT\\b[^\\n;]{0,60}(?:\\|\\||\\?\\?|:)\\s*${number}`),
];

/** The number stands where the server is told to listen. */
const where: readonly RegExp[] = [
  new RegExp(`\\.listen\\(\\s*\\{[^}]*?\\bport\\s*:\\s*(?:[^,}\\n]*?(?:\\|\\||\\?\\?)\\s*)?${number}`),
  new RegExp(`\\.listen\\(\\s*${number}`),
  new RegExp(
    `(?:\\bserve|createServer|Server)\\(\\s*\\{[^}]*?\\bport\\s*:\\s*(?:[^,}\\n]*?(?:\\|\\||\\?\\?)\\s*)?${number}`,
  ),
];

/** Say less, in the order of how much they tell. */
const inCode: readonly RegExp[] = [
  new RegExp(
    `\\b(?:const|let|var)\\s+(?:\\w*[pP]ort|PORT)\\s*(?::\\s*\\w+\\s*)?=\\s*(?:[^;\\n]*?(?:\\|\\||\\?\\?)\\s*)?${number}`,
  ),
  /\bnew\s+\w*(?:App|Server|Application)\w*\s*\(\s*(?:[^;]*?,\s*)?(\d{4,5})\s*[,)]/,
  new RegExp(`\\bport\\s*:\\s*(?:[^,}\\n]*?(?:\\|\\||\\?\\?)\\s*)?${number}`),
];

const notHttp = /\b(5432|3306|27017|6379|5672|9092|9229|587|465|25)\b/;

export async function nodePort(place: Place, scripts: readonly string[]): Promise<Found<number> | undefined> {
  for (const script of scripts) {
    const [whole, port] = /(?:^|\s)(?:PORT=|--port[= ]|-p[= ]?|-l[= ])(?:\$\{PORT:-)?(\d{2,5})\b/.exec(script) ?? [];
    if (port !== undefined && whole !== undefined) {
      return asPort({ value: port, why: await whereIs(place, 'package.json', whole.trim()) });
    }
  }
  const files = sources(place, nodeSources).slice(0, 25);
  const inSettings = await environmentPort(place, environmentFiles, files);
  if (inSettings) return inSettings;
  const config = asPort(
    await search(
      place,
      place.files.filter((file) =>
        /^(vite|nuxt|astro|vue|webpack|angular)(\.config)?\.(?:[cm]?[jt]s|json)$/.test(file),
      ),
      [/\b(?:server|devServer|serve)\b[^{]*\{[^}]*?["']?port["']?\s*:\s*(\d{2,5})/],
    ),
  );
  if (config) return config;
  return codePort(place);
}

/** All files are asked for the telling patterns before any is asked for a weaker one. */
async function codePort(place: Place): Promise<Found<number> | undefined> {
  const files = sources(place, nodeSources).filter(
    (file) => !/\.config\.\w+$|(^|\/)(webpack|gulpfile|jest)/.test(file),
  );
  const first = files.slice(0, 25);
  return (
    (await firstPort(place, first, byVariable)) ??
    (await environmentPort(place, exampleFiles(place), first)) ??
    (await firstPort(place, first, where)) ??
    (await constantPort(place, first)) ??
    (await settingsPort(place)) ??
    (await firstPort(place, first, inCode))
  );
}

/** The name of what a server is told to listen on, the last part of it. */
const listening =
  /\.listen\(\s*(?:\{[^}]*?\bport\s*:\s*)?(?:[^,)}\n]*?(?:\|\||\?\?)\s*)?(?:Number\(|parseInt\(|\+)?\s*(?:[\w$]+\.)*([A-Za-z_$][\w$]*)/;

/** The server listens on a name that has its number elsewhere. */
async function constantPort(place: Place, files: readonly string[]): Promise<Found<number> | undefined> {
  const called = await search(place, files, [listening]);
  if (called === undefined || /^(port|callback|process)$/.test(called.value)) return undefined;
  const escaped = called.value.replaceAll('$', '\\$');
  return firstPort(place, files, [
    new RegExp(`\\b${escaped}\\s*(?::\\s*number\\s*)?[:=]\\s*(?:[^,;\\n]*?(?:\\|\\||\\?\\?)\\s*)?${number}`),
  ]);
}

async function firstPort(
  place: Place,
  files: readonly string[],
  patterns: readonly RegExp[],
): Promise<Found<number> | undefined> {
  for (const pattern of patterns) {
    const found = asPort(await search(place, files, [pattern]));
    // `parseInt(process.env.PORT, 10)` names a base, not a port.
    if (found && found.value >= 80 && !notHttp.test(String(found.value))) return found;
  }
  return undefined;
}
