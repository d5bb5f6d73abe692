/** Where a program of the JVM listens, by its settings with the profile that is active, else by its code. */
import { parseAllDocuments } from 'yaml';
import { asPort, type Found, type Place, search, whereIs } from './place.ts';

const value = String.raw`(?:\$\{[\w.]+:)?(\d{2,5})\b`;
const ownPort = `(?:server\\.port|quarkus\\.http\\.port|micronaut\\.server\\.port)`;

export async function jvmPort(place: Place): Promise<Found<number> | undefined> {
  const profiles = await activeProfiles(place);
  // What a profile says counts before what holds for all.
  for (const profile of [...profiles.map((name) => `-${name}`), '']) {
    const found = (await inProperties(place, profile)) ?? (await inYaml(place, profile, profiles));
    if (found) return found;
  }
  const conf = asPort(await search(place, resources(place, /application\.conf$/), [/\bport\s*=\s*"?(\d{2,5})/]));
  if (conf) return conf;
  const code = place.files.filter((file) => /^src\/main\/.*\.(java|kt)$/.test(file)).slice(0, 60);
  return asPort(
    await search(place, code, [
      /(?:embeddedServer\([^)]*port\s*=\s*|\.start\(\s*|\bport\(\s*|setPort\(\s*|"server\.port"\s*,\s*"?)(\d{2,5})\b/,
    ]),
  );
}

const resources = (place: Place, name: RegExp): readonly string[] =>
  place.files.filter((file) => name.test(file)).sort((a, b) => a.length - b.length);

const below = (profile: string, ending: string): RegExp =>
  new RegExp(`^src/main/resources/(?:config/)?application${profile.replaceAll(/[^\w-]/g, '')}\\.${ending}$`);

/** Profiles that the settings themselves make active. */
async function activeProfiles(place: Place): Promise<readonly string[]> {
  const found = await search(
    place,
    resources(place, /^src\/main\/resources\/(config\/)?application\.(properties|ya?ml)$/),
    [
      /^\s*spring\.profiles\.active\s*[=:]\s*["']?(?:\$\{[\w.]+:)?([\w, -]+)/m,
      /^spring:(?:\n[ \t]+.*|\n\s*)*?\n[ \t]+profiles:\s*\n[ \t]+active:\s*["']?(?:\$\{[\w.]+:)?([\w, -]+)/m,
    ],
  );
  return (found?.value ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .reverse();
}

async function inProperties(place: Place, profile: string): Promise<Found<number> | undefined> {
  const files = resources(place, below(profile, 'properties'));
  return asPort(await search(place, files, [new RegExp(`^\\s*${ownPort}\\s*[=:]\\s*${value}`, 'm')]));
}

async function inYaml(place: Place, profile: string, active: readonly string[]): Promise<Found<number> | undefined> {
  for (const file of resources(place, below(profile, 'ya?ml'))) {
    const found = documents((await place.read(file)) ?? '')
      .filter((one) => active.some((name) => profileOf(one)?.includes(name)) || profileOf(one) === undefined)
      .toSorted((a, b) => Number(profileOf(a) === undefined) - Number(profileOf(b) === undefined))
      .flatMap((one) => portIn(one) ?? [])[0];
    if (found === undefined) continue;
    return asPort({ value: found, why: await whereIs(place, file, new RegExp(`port["']?\\s*:[^\\n]*\\b${found}\\b`)) });
  }
  return undefined;
}

/** Placeholders that the build fills in, such as `@project.version@`, are no YAML. */
const documents = (text: string): readonly unknown[] =>
  parseAllDocuments(text.replaceAll(/@([\w.-]+)@/g, '$1'), { logLevel: 'silent', strict: false, uniqueKeys: false })
    .filter(({ errors }) => errors.length === 0)
    .map((one) => one.toJS() as unknown);

/** A value at a path whose parts may be written together with dots. */
function at(tree: unknown, path: string): unknown {
  if (typeof tree !== 'object' || tree === null) return undefined;
  for (const [key, inner] of Object.entries(tree)) {
    if (key === path) return inner;
    const found = path.startsWith(`${key}.`) ? at(inner, path.slice(key.length + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

function profileOf(document: unknown): string | undefined {
  const found = at(document, 'spring.config.activate.on-profile') ?? at(document, 'spring.profiles');
  return typeof found === 'string' ? found : Array.isArray(found) ? found.join(',') : undefined;
}

function portIn(document: unknown): string | undefined {
  for (const path of [
    'server.port',
    'quarkus.http.port',
    'micronaut.server.port',
    'ktor.deployment.port',
    'http.port',
  ]) {
    const found = new RegExp(`^${value}`).exec(String(at(document, path) ?? ''))?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}
