/** Reads Maven and Gradle projects: Spring Boot, Quarkus, Micronaut and others, port, resources. */
import { above } from './above.ts';
import { jars, resourceOf } from './dependencies.ts';
import { catalogueLines, projectNames, projectsOf } from './gradle.ts';
import { jvmPort } from './jvm-port.ts';
import { type Found, type Place, search, sources } from './place.ts';
import type { Reading, Uses } from './reading.ts';

const frameworks = [
  ['Spring Boot', /spring-boot/, 8080],
  ['Quarkus', /io\.quarkus/, 8080],
  ['Micronaut', /io\.micronaut/, 8080],
  ['Ktor', /io\.ktor/, 8080],
  ['Helidon', /io\.helidon/, 8080],
  ['Dropwizard', /io\.dropwizard/, 8080],
  ['Javalin', /io\.javalin/, 7070],
  ['Vert.x', /io\.vertx/, 8080],
  ['Play', /com\.typesafe\.play|org\.playframework/, 9000],
  ['Spark', /com\.sparkjava/, 4567],
] as const;

const builds = ['pom.xml', 'build.gradle', 'build.gradle.kts'] as const;

export async function readJvm(place: Place): Promise<Reading | undefined> {
  const build = builds.find(place.has);
  if (build === undefined) return undefined;
  const text = (await place.read(build)) ?? '';
  const used = build === 'pom.xml' ? [] : await catalogueLines(place, text);
  const catalogue = used.map((line) => line.text).join('\n');
  const known =
    frameworks.find(([, pattern]) => pattern.test(text) || pattern.test(catalogue)) ??
    ((await startsSpring(place)) ? frameworks[0] : undefined);
  const at = known ? text.search(known[1]) : 0;
  const language = place.files.some((file) => file.endsWith('.kt')) ? 'Kotlin' : 'Java';
  const framework: Found = { value: known?.[0] ?? language, why: place.why(build, text, Math.max(0, at)) };
  const start = await startOf(place, build, framework.value, text);
  const [port, named] = await Promise.all([jvmPort(place), nameOf(place, text)]);
  const hasMain = await isProgram(place, known?.[0]);
  const health = /actuator|spring-boot-starter-actuator/.test(text + catalogue) && known?.[0] === 'Spring Boot';
  return {
    language,
    framework,
    start: start.found,
    ...(start.dev !== undefined && { dev: start.dev }),
    ...(port && { port }),
    ...(known && { usualPort: known[2] }),
    resources: resourcesOf(place, build, text, used),
    kind: known && hasMain && !/<packaging>pom<\/packaging>/.test(text) ? 'web' : 'none',
    ...(health && {
      health: { value: '/actuator/health', why: place.why(build, text, Math.max(0, text.search(/actuator/))) },
    }),
    uses: [
      ...projectsOf(text),
      ...[...text.matchAll(/<dependency>[\s\S]*?<artifactId>\s*([\w.-]+)\s*</g)].map(([, name]) => name ?? ''),
    ],
    packages: [...projectNames(place.folder), ...(named.name === undefined ? [] : [named.name])],
    ...named,
  };
}

const code = /^src\/main\/.*\.(java|kt)$/;

/** A folder of a larger build may be a library; the frameworks that need no main are taken at their word. */
async function isProgram(place: Place, framework: string | undefined): Promise<boolean> {
  const files = place.files.filter((file) => code.test(file));
  if (place.folder === '' || framework === 'Quarkus' || framework === 'Play') return files.length > 0;
  const likely = (file: string) => (/(Application|Main|App|Server)\.\w+$/.test(file) ? 0 : 1);
  const main = await search(place, files.toSorted((a, b) => likely(a) - likely(b)).slice(0, 200), [
    /@SpringBootApplication|\bstatic\s+(?:final\s+)?void\s+main\s*\(|\bfun\s+main\s*\(/,
  ]);
  return main !== undefined;
}

/** In a build of several the framework may be named above. */
const startsSpring = async (place: Place): Promise<boolean> =>
  place.folder !== '' &&
  (await search(place, sources(place, /\.(java|kt)$/), [/@SpringBootApplication\b/])) !== undefined;

async function nameOf(place: Place, text: string): Promise<{ name?: string }> {
  const own = text.replace(/<parent>[\s\S]*?<\/parent>/, '');
  const name = /<artifactId>([\w.-]+)<\/artifactId>/.exec(own)?.[1];
  const root = await search(
    place,
    ['settings.gradle.kts', 'settings.gradle'],
    [/^\s*rootProject\.name\s*=\s*["']([\w.-]+)["']/m],
  );
  const known = name ?? root?.value;
  return known === undefined ? {} : { name: known };
}

async function startOf(
  place: Place,
  build: string,
  framework: string,
  text: string,
): Promise<{ found: Found; dev?: string }> {
  const maven = build === 'pom.xml';
  const wrapper = maven ? 'mvnw' : 'gradlew';
  const way = (await above(place, wrapper))?.way;
  const tool = way === undefined ? (maven ? 'mvn' : 'gradle') : `${way || './'}${wrapper}`;
  const plugin = text.search(
    maven ? /spring-boot-maven-plugin|quarkus-maven-plugin/ : /org\.springframework\.boot|io\.quarkus/,
  );
  const why = place.why(build, text, Math.max(0, plugin));
  if (framework === 'Spring Boot') {
    const value = maven ? `${tool} spring-boot:run` : `${tool} bootRun`;
    const dev = maven
      ? `${tool} -q spring-boot:run -Dspring-boot.run.arguments=--server.port=$PORT`
      : `${tool} -q bootRun --args=--server.port=$PORT`;
    return { found: { value, why }, dev };
  }
  if (framework === 'Quarkus') {
    const value = maven ? `${tool} quarkus:dev` : `${tool} quarkusDev`;
    return { found: { value, why }, dev: `${value} -Dquarkus.http.port=$PORT` };
  }
  if (framework === 'Micronaut' && maven) return { found: { value: `${tool} mn:run`, why } };
  return { found: { value: maven ? `${tool} exec:java` : `${tool} run`, why } };
}

function resourcesOf(
  place: Place,
  build: string,
  text: string,
  catalogue: Awaited<ReturnType<typeof catalogueLines>>,
): Uses[] {
  const uses: Uses[] = [];
  const add = (name: string, why: string) => {
    const value = resourceOf(jars, name);
    if (value !== undefined) uses.push({ value, why });
  };
  if (build === 'pom.xml') {
    for (const match of text.matchAll(/<dependency>([\s\S]*?)<\/dependency>/g)) {
      const block = match[1] ?? '';
      if (/<scope>test<\/scope>/.test(block)) continue;
      add(
        /<artifactId>\s*([\w.-]+)\s*</.exec(block)?.[1] ?? '',
        place.why(build, text, match.index + match[0].indexOf('<artifactId>')),
      );
    }
  } else {
    for (const match of text.matchAll(/^(?!.*\btest\w*).*["'][\w.-]+:([\w.-]+)(?::[^"']*)?["']/gm))
      add(match[1] ?? '', place.why(build, text, match.index));
    for (const { text: line, why } of catalogue)
      add(/(?:module\s*=\s*"[\w.-]+:|name\s*=\s*"|^"[\w.-]+:)([\w.-]+)/.exec(line)?.[1] ?? '', why);
  }
  return uses;
}
