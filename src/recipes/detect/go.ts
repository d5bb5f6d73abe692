/** Reads a Go module: framework, main package, port, resources. */
import { goModules, resourceOfBeginning } from './dependencies.ts';
import { environmentPort, exampleFiles } from './env-port.ts';
import { readContainer } from './files.ts';
import { asPort, type Found, type Place, search, sources } from './place.ts';
import type { Reading, Uses } from './reading.ts';
import { settingsPort } from './settings-port.ts';

const frameworks = [
  ['Gin', 'github.com/gin-gonic/gin', 8080],
  ['Echo', 'github.com/labstack/echo', 1323],
  ['Fiber', 'github.com/gofiber/fiber', 3000],
  ['chi', 'github.com/go-chi/chi', 8080],
  ['Gorilla mux', 'github.com/gorilla/mux', 8080],
  ['Beego', 'github.com/beego/beego', 8080],
  ['Iris', 'github.com/kataras/iris', 8080],
  ['Buffalo', 'github.com/gobuffalo/buffalo', 3000],
  ['Huma', 'github.com/danielgtaylor/huma', 8888],
  ['httprouter', 'github.com/julienschmidt/httprouter', 8080],
  ['gRPC', 'google.golang.org/grpc', 50051],
] as const;

const go = /\.go$/;

interface Required {
  readonly path: string;
  readonly why: string;
}

async function requiredBy(place: Place): Promise<Required[]> {
  const text = (await place.read('go.mod')) ?? '';
  return [...text.matchAll(/^\s*(?:require\s+)?([\w.-]+\.[\w.-]+\/[^\s]+|[\w.-]+\.[a-z]+\/\S+)\s+v\S+(.*)$/gm)]
    .filter(([, , rest]) => !/\/\/\s*indirect/.test(rest ?? ''))
    .map((match) => ({ path: match[1] ?? '', why: place.why('go.mod', text, match.index + match[0].search(/\S/)) }));
}

/** What the code imports: go.mod may call it indirect, or name only the module around it. */
async function importedBy(place: Place, files: readonly string[]): Promise<Required[]> {
  const each = files.map(async (file) => {
    const text = (await place.read(file)) ?? '';
    return [...text.matchAll(/^\s*(?:import\s+)?(?:[\w.]+\s+)?"([\w-]+\.[\w.-]+\/[^"\s]+)"/gm)].map((match) => ({
      path: match[1] ?? '',
      why: place.why(file, text, match.index + match[0].search(/\S/)),
    }));
  });
  return (await Promise.all(each)).flat();
}

export async function readGo(place: Place): Promise<Reading | undefined> {
  const text = await place.read('go.mod');
  if (text === undefined) return undefined;
  const required = await requiredBy(place);
  const files = sources(place, go);
  const begins = (path: string, begin: string) => path === begin || path.startsWith(`${begin}/`);
  const known = frameworks.flatMap(([value, module, port]) => {
    const found = required.find(({ path }) => begins(path, module));
    return found ? [{ value, why: found.why, port }] : [];
  })[0];
  const http = await search(place, files, [
    /\bhttp\.(?:ListenAndServe\w*|Serve|HandleFunc|Handle|NewServeMux)\(|&?http\.Server\{/,
  ]);
  const grpcOnly = known?.value === 'gRPC' && http === undefined;
  const framework: Found =
    known && (known.value !== 'gRPC' || grpcOnly)
      ? { value: known.value, why: known.why }
      : { value: http ? 'net/http' : 'Go', why: http?.why ?? place.why('go.mod', text, 0) };
  const mains = await mainPackages(place, files);
  const main = await startOf(place, files, required, mains);
  const port = await portOf(place, filesOf(files, mains, grpcOnly));
  const web = known !== undefined || http !== undefined;
  const moduleName = /^module\s+\S*?([^/\s]+?)(?:\/v\d+)?\s*$/m.exec(text)?.[1];
  return {
    language: 'Go',
    framework,
    ...(main && { start: main }),
    ...(port && { port }),
    ...(web && { usualPort: known?.port ?? 8080 }),
    resources: [...required, ...(await importedBy(place, files))].flatMap(({ path, why }): Uses[] => {
      const value = resourceOfBeginning(goModules, path);
      return value === undefined ? [] : [{ value, why }];
    }),
    kind: main === undefined ? 'none' : web ? 'web' : 'worker',
    ...(grpcOnly && { protocol: 'grpc' as const }),
    ...(moduleName !== undefined && { name: moduleName }),
    uses: required.map(({ path }) => path),
    packages: [/^module\s+(\S+)/m.exec(text)?.[1] ?? ''],
  };
}

/** Files with a main function, that nearest to the top first; one named server, api or web before others. */
async function mainPackages(place: Place, files: readonly string[]): Promise<readonly string[]> {
  const mains: string[] = [];
  const candidates = place.files.filter(
    (file) =>
      go.test(file) &&
      !file.endsWith('_test.go') &&
      (file.endsWith('main.go') || !file.includes('/') || file.startsWith('cmd/')),
  );
  for (const file of [...new Set([...candidates, ...files])]) {
    const text = await place.read(file);
    if (text !== undefined && /^package main\b/m.test(text) && /^func main\(\)/m.test(text)) mains.push(file);
  }
  const rank = (file: string) =>
    (file.includes('/') ? 10 : 0) + (/(server|api|web|app|http)/.test(file) ? 0 : 1) + file.split('/').length;
  return mains.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

const folderOf = (file: string): string => (file.includes('/') ? file.slice(0, file.lastIndexOf('/')) : '');

async function startOf(
  place: Place,
  files: readonly string[],
  required: readonly Required[],
  [file]: readonly string[],
): Promise<Found | undefined> {
  if (file === undefined) return undefined;
  const folder = file.includes('/') ? `./${folderOf(file)}` : '.';
  const text = (await place.read(file)) ?? '';
  const words = await serveWords(place, files, required);
  return { value: `go run ${folder}${words}`, why: place.why(file, text, text.search(/^func main\(\)/m)) };
}

/** Those of the program itself first, and none of the other programs beside it. */
function filesOf(files: readonly string[], [main, ...others]: readonly string[], grpc: boolean): readonly string[] {
  if (main === undefined) return files;
  const own = folderOf(main);
  const foreign = new Set(others.map(folderOf).filter((folder) => folder !== own && folder !== ''));
  const kept = files.filter((file) => !foreign.has(folderOf(file)) && (grpc || !/grpc/i.test(file)));
  return kept.toSorted((a, b) => Number(folderOf(b) === own) - Number(folderOf(a) === own));
}

/** A program of several commands serves by one of them: that of its container, else the one named so. */
async function serveWords(place: Place, files: readonly string[], required: readonly Required[]): Promise<string> {
  if (!required.some(({ path }) => /^github\.com\/(spf13\/cobra|urfave\/cli|alecthomas\/kong)\b/.test(path))) return '';
  const container = await readContainer(place);
  const inContainer = /^\S+ ((?:[a-z][\w-]*)(?: [a-z][\w-]*)?)$/.exec(container?.command?.value ?? '')?.[1];
  const code = place.files.filter((file) => go.test(file) && file.startsWith('cmd/') && !file.endsWith('_test.go'));
  const named = await search(
    place,
    [...code, ...files],
    [/\b(?:Use|Name):\s*"(serve|server|start|web|http|api|run)\b/],
  );
  const word = inContainer ?? named?.value;
  return word === undefined ? '' : ` ${word}`;
}

/** Names of settings that are a service's own port or address, but not those of what it calls. */
const own = `(?!\\w*(?:DB|SQL|PG|POSTGRES|MONGO|REDIS|CACHE|SMTP|MAIL|AMQP|RABBIT|KAFKA|NATS|METRICS|PROM|DEBUG|GRPC|db|redis|smtp|metrics)\\w*)(?:\\w*[_.-])?`;
const inCode: readonly RegExp[] = [
  /\b\w*[pP]ort\w*\s*:?=\s*(?:\w+\()?os\.Getenv\([^)]*\)[\s\S]{0,120}?\w*[pP]ort\w*\s*=\s*"?:?(\d{2,5})"?/,
  new RegExp(
    `\\b\\w+\\(\\s*"${own}(?:PORT|port|[Ss]erver\\.[Pp]ort|ADDR|ADDRESS|addr)"\\)?\\s*,\\s*(?:\\w+\\()?"?[^")\\d]*?(\\d{2,5})\\b`,
  ),
  new RegExp(
    `(?:env|envconfig|mapstructure|koanf):"${own}(?:PORT|port|ADDR|ADDRESS)[^\`]*(?:envDefault|default|env-default):":?(\\d{2,5})"`,
  ),
  /default:":?(\d{2,5})"[^`\n]*(?:env|envconfig):"(?:\w*_)?PORT/,
  /[fF]lag\w*\.(?:Int|String|IntVar|StringVar)\([^)]*?"(?:\w*-)?(?:port|addr|listen|http)"\s*,\s*"?[^")\d]*(\d{2,5})/,
  /Flags\(\)\.\w+\([^)]*?"(?:\w*-)?(?:port|addr|listen)"\s*,\s*(?:"\w?"\s*,\s*)?"?[^")\d]*(\d{2,5})/,
  /Name:\s*"port"[^{}]*?Value:\s*"?:?(\d{2,5})/,
  /(?:ListenAndServe\w*|\.(?:Run|Start|Listen))\(\s*"[^"]*:(\d{2,5})"/,
  /\bAddr:\s*"[^"]*:(\d{2,5})"/,
  /net\.Listen\(\s*"tcp"\s*,\s*"[^"]*:(\d{2,5})"/,
];
/** Say less: whichever number bears the name of a port. */
const weak: readonly RegExp[] = [
  new RegExp(
    `\\b${own}(?:\\w*?(?:Port|Addr(?:ess)?)|(?:port|PORT|addr(?:ess)?|ADDR(?:ESS)?))\\s*(?:string\\s*)?:?=\\s*"[^":\\n]*:?(\\d{2,5})"`,
  ),
  new RegExp(`\\b${own}(?:\\w*?Port|port|PORT)\\s*(?:u?int\\d*\\s*)?:?=\\s*(\\d{2,5})\\b`),
  /\b(?:Server|HTTP|Http)?Port:\s*"?:?(\d{2,5})\b/,
];

const databases = [5432, 3306, 27017, 6379, 25, 465, 587];

async function portOf(place: Place, files: readonly string[]): Promise<Found<number> | undefined> {
  const settings = await environmentPort(place, ['.env', 'app.env'], files);
  if (settings) return settings;
  return (
    (await firstPort(place, files, inCode)) ??
    (await environmentPort(place, exampleFiles(place), files)) ??
    (await firstPort(place, files, weak)) ??
    settingsPort(place)
  );
}

async function firstPort(
  place: Place,
  files: readonly string[],
  patterns: readonly RegExp[],
): Promise<Found<number> | undefined> {
  for (const pattern of patterns) {
    for (const file of files) {
      const text = await place.read(file);
      const match = text === undefined ? null : pattern.exec(text);
      const found = match && asPort({ value: match.at(-1) ?? '', why: place.why(file, text, match.index) });
      if (found && !databases.includes(found.value)) return found;
    }
  }
  return undefined;
}
