/** Reads a Gemfile: Rails, Sinatra and others, port, resources. */
import { gems, resourceOf } from './dependencies.ts';
import { asPort, type Found, type Place, search, sources } from './place.ts';
import type { Reading, Uses } from './reading.ts';

const frameworks = [
  ['Rails', 'rails', 3000],
  ['Hanami', 'hanami', 2300],
  ['Sinatra', 'sinatra', 4567],
  ['Grape', 'grape', 9292],
  ['Roda', 'roda', 9292],
  ['Jekyll', 'jekyll', 4000],
  ['Rack', 'rack', 9292],
] as const;

export async function readRuby(place: Place): Promise<Reading | undefined> {
  const written = await place.read('Gemfile');
  if (written === undefined) return undefined;
  const text = withoutDevelopment(written);
  const declared = [...text.matchAll(/^[ \t]*gem[ (]+['"]([\w-]+)['"]/gm)].map((match) => ({
    name: match[1] ?? '',
    why: place.why('Gemfile', text, match.index),
  }));
  const gemOf = (name: string) => declared.find((gem) => gem.name === name);
  const known = frameworks.find(([, name]) => gemOf(name) !== undefined);
  const framework: Found = known
    ? { value: known[0], why: gemOf(known[1])?.why ?? '' }
    : { value: 'Ruby', why: place.why('Gemfile', text, 0) };
  const start = await startOf(place, framework.value);
  const port = await portOf(place);
  // Puma's port and rackup's are not Sinatra's own.
  const usual = start?.found.value.includes('rackup') ? 9292 : known?.[2];
  return {
    language: 'Ruby',
    framework,
    ...(start && { start: start.found, ...(start.dev !== undefined && { dev: start.dev }) }),
    ...(port && { port }),
    ...(usual !== undefined && { usualPort: usual }),
    resources: await resourcesOf(place, declared),
    kind: known || place.has('config.ru') ? 'web' : start ? 'worker' : 'none',
    ...(await healthOf(place)),
    ...(await nameOf(place)),
  };
}

const blank = (text: string) => text.replaceAll(/[^\n]/g, ' ');

/** The Gemfile with everything blank that only development and tests need; places in it stay the same. */
const withoutDevelopment = (text: string): string =>
  text
    .replaceAll(/^group[ (]+(?::(?:development|test)\b[,\s)]*)+do\b[\s\S]*?^end\b/gm, blank)
    .replaceAll(
      /^.*\bgroups?(?::|\s*=>)\s*(?::(?:development|test)\b|\[(?:\s*:(?:development|test)\s*,?)+\]).*$/gm,
      blank,
    );

async function startOf(place: Place, framework: string): Promise<{ found: Found; dev?: string } | undefined> {
  if (framework === 'Rails') {
    const bin = place.has('bin/rails');
    const call = bin ? 'bin/rails server' : 'bundle exec rails server';
    return {
      found: { value: call, why: place.why(bin ? 'bin/rails' : 'Gemfile') },
      dev: `${call} -b 127.0.0.1 -p $PORT`,
    };
  }
  if (place.has('config.ru')) {
    const puma = place.has('config/puma.rb');
    const value = puma ? 'bundle exec puma -C config/puma.rb' : 'bundle exec rackup';
    const dev = puma ? undefined : 'bundle exec rackup -o 127.0.0.1 -p $PORT';
    return {
      found: { value, why: place.why(puma ? 'config/puma.rb' : 'config.ru') },
      ...(dev !== undefined && { dev }),
    };
  }
  if (framework === 'Jekyll') {
    const value = 'bundle exec jekyll serve';
    return { found: { value, why: place.why('Gemfile') }, dev: `${value} --host 127.0.0.1 --port $PORT` };
  }
  const file = ['app.rb', 'main.rb', 'server.rb', 'web.rb'].find(place.has);
  return file === undefined ? undefined : { found: { value: `bundle exec ruby ${file}`, why: place.why(file) } };
}

async function portOf(place: Place): Promise<Found<number> | undefined> {
  return asPort(
    await search(
      place,
      [
        '.env',
        'config/puma.rb',
        'puma.rb',
        ...sources(place, /\.(rb|ru)$/).filter((file) => !file.startsWith('config/')),
      ],
      [
        /^\s*PORT=['"]?(\d{2,5})\b/m,
        /^\s*port\s*\(?\s*ENV\.fetch\(['"]PORT['"]\s*(?:,\s*['"]?|\)\s*\{\s*['"]?)(\d{2,5})/m,
        /ENV(?:\.fetch\(|\[)['"]PORT['"]\s*(?:,|\]\s*\|\||\)\s*\{)\s*['"]?(\d{2,5})/,
        /^\s*port\s*\(?\s*(?:ENV\[['"]PORT['"]\]\s*\|\|\s*)?['"]?(\d{2,5})\b/m,
        /\bset\s*\(?\s*:port\s*,\s*(?:ENV\S*\s*\|\|\s*)?['"]?(\d{2,5})/,
        /^\s*bind\s+['"][^'"]*:(\d{2,5})['"]/m,
      ],
    ),
  );
}

/** Rails names its module after the application. */
async function nameOf(place: Place): Promise<{ name?: string }> {
  const found = await search(place, ['config/application.rb'], [/^\s*module\s+([A-Z]\w*)/m]);
  return found ? { name: found.value.replaceAll(/([a-z\d])([A-Z])/g, '$1-$2').toLowerCase() } : {};
}

async function healthOf(place: Place): Promise<{ health?: Found }> {
  const found = await search(place, ['config/routes.rb'], [/^\s*get\s+["'](\/?up)["']\s*=>\s*["']rails\/health/m]);
  return found ? { health: { value: `/${found.value.replace(/^\//, '')}`, why: found.why } } : {};
}

async function resourcesOf(place: Place, declared: readonly { name: string; why: string }[]): Promise<Uses[]> {
  const uses = declared.flatMap(({ name, why }): Uses[] => {
    const value = resourceOf(gems, name);
    return value === undefined ? [] : [{ value, why }];
  });
  const adapter = await search(
    place,
    ['config/database.yml'],
    [/^\s*adapter:\s*["']?(postgresql|postgis|mysql2|trilogy)\b/m],
  );
  if (adapter) uses.push({ value: /^postg/.test(adapter.value) ? 'postgres' : 'mysql', why: adapter.why });
  return uses;
}
