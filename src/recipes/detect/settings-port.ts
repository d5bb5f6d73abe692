/** Where a service listens by its files of settings, in whichever language it is written. */
import { parseAllDocuments } from 'yaml';
import { asPort, type Found, type Place, whereIs } from './place.ts';

const named =
  /(^|\/)(?:default|base|config|configuration|settings|app|application|server|service|development|dev|local)(?:[._-][\w.-]+)?\.(json|ya?ml|toml|ini)$/i;
/** Settings of tools and of places where it is deployed, such as `app.json` of phones and hosts of pages. */
const ofTools = /(^|\/)(app\.json|[jt]sconfig[\w.-]*|codecov\.\w+|\w*compose[\w.-]*)$/;

const ownPort = /^(?:(?:http|app|application|server|api|web|service|listen|listening)[_-]?)?port$/i;
const ownAddress =
  /^(?:(?:http|server|api|web)[_-]?)?(?:listen|addr|address|bind|bind_?addr(?:ess)?|listen_?addr(?:ess)?)$/i;
const ofOthers =
  /db|database|data-?source|sql|postgres|^pg|mongo|redis|cache|mail|smtp|broker|queue|rabbit|amqp|mqtt|kafka|nats|elastic|search|metric|prometheus|statsd|jaeger|trac|debug|admin|management|proxy|test|client|upstream|consul|vault|ldap|storage|minio|s3|grpc/i;
const ofOwn = /^(?:server|http|https|app|application|api|web|service|listen|rest|env|default|development)$/i;

interface Candidate {
  readonly port: number;
  readonly depth: number;
}

/** The port of HTTP that a file of settings gives, the shallowest and the one below `server` or the like first. */
export async function settingsPort(place: Place): Promise<Found<number> | undefined> {
  const rank = (file: string) => file.split('/').length + (/default|base|config\./.test(file) ? 0 : 0.5);
  const files = place.files.filter((file) => named.test(file) && !ofTools.test(file));
  for (const file of files.toSorted((a, b) => rank(a) - rank(b)).slice(0, 12)) {
    const text = await place.read(file);
    if (text === undefined) continue;
    const found = candidates(/\.(toml|ini)$/.test(file) ? fromTables(text) : documents(text), []);
    const [best] = found.toSorted((a, b) => a.depth - b.depth);
    if (best === undefined) continue;
    const at = new RegExp(`(?:port|addr\\w*|listen\\w*|bind\\w*)["']?\\s*[:=][^\\n]*\\b${best.port}\\b`, 'i');
    return asPort({ value: String(best.port), why: await whereIs(place, file, at) });
  }
  return undefined;
}

function documents(text: string): unknown {
  // Templates are no YAML until they are filled; what can be read of them is what counts.
  return parseAllDocuments(text, { logLevel: 'silent', strict: false, uniqueKeys: false })
    .filter(({ errors }) => errors.length === 0)
    .map((one) => one.toJS() as unknown)[0];
}

/** Tables and plain values of TOML and INI, which is all that a port can stand in. */
function fromTables(text: string): unknown {
  const top: Record<string, Record<string, string>> = { '': {} };
  let table = '';
  for (const line of text.split('\n')) {
    table = /^\s*\[+([^\]]+)\]+/.exec(line)?.[1]?.trim() ?? table;
    const [, key, value] = /^\s*["']?([\w-]+)["']?\s*=\s*["']?([^"'#]*)/.exec(line) ?? [];
    if (key !== undefined && value !== undefined) top[table] = { ...top[table], [key]: value.trim() };
  }
  const { '': plain = {}, ...tables } = top;
  return { ...plain, ...tables };
}

function candidates(value: unknown, path: readonly string[]): Candidate[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || path.length > 4) return [];
  return Object.entries(value).flatMap(([key, inner]): Candidate[] => {
    const keys = key.split('.');
    const last = keys.at(-1) ?? '';
    const over = [...path, ...keys.slice(0, -1)];
    if (over.some((part) => ofOthers.test(part) && !ofOwn.test(part))) return [];
    const port = ownPort.test(last) ? portIn(inner) : ownAddress.test(last) ? portIn(inner, ':') : undefined;
    if (port === undefined) return candidates(inner, [...path, ...keys]);
    return [{ port, depth: over.filter((part) => !ofOwn.test(part)).length }];
  });
}

/** `8080`, `":8080"` or `${PORT:-8080}`. */
function portIn(value: unknown, before = ''): number | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  const digits = new RegExp(`^(?:\\$\\{\\w+:-?|[\\w.*-]*:)?${before === '' ? '' : '(?<=:)'}(\\d{2,5})\\}?$`);
  const port = Number(digits.exec(String(value).trim())?.[1]);
  return port >= 80 && port < 65_536 ? port : undefined;
}
