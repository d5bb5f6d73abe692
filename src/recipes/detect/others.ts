/** Reads .NET, PHP and Elixir projects. */
import { nugets, resourceOfBeginning } from './dependencies.ts';
import { asPort, type Found, type Place, search } from './place.ts';
import type { Reading, Uses } from './reading.ts';

export async function readDotnet(place: Place): Promise<Reading | undefined> {
  const file = place.files
    .filter((name) => /\.(cs|fs|vb)proj$/.test(name) && !/tests?[./]/i.test(name))
    .sort((a, b) => a.split('/').length - b.split('/').length);
  const projects = await Promise.all(file.map(async (name) => ({ name, text: (await place.read(name)) ?? '' })));
  const web = projects.find(({ text }) => /Sdk="Microsoft\.NET\.Sdk\.(Web|BlazorWebAssembly)"/.test(text));
  const worker = projects.find(({ text }) => /Sdk="Microsoft\.NET\.Sdk\.Worker"|<OutputType>Exe/.test(text));
  const project = web ?? worker ?? projects[0];
  if (project === undefined) return undefined;
  const uses = projects.flatMap(({ name, text }) =>
    [...text.matchAll(/<PackageReference\s+(?:Include|Update)="([^"]+)"/g)].flatMap((match): Uses[] => {
      const value = resourceOfBeginning(nugets, (match[1] ?? '').toLowerCase());
      return value === undefined ? [] : [{ value, why: place.why(name, text, match.index) }];
    }),
  );
  const folder = project.name.includes('/') ? project.name.slice(0, project.name.lastIndexOf('/')) : '';
  const below = (name: string) => (folder === '' ? name : `${folder}/${name}`);
  const port = asPort(
    await search(
      place,
      [below('appsettings.json'), below('Program.cs'), below('Properties/launchSettings.json')],
      [
        /"Url"\s*:\s*"http:\/\/[^:"]+:(\d{2,5})/,
        /(?:UseUrls|Run|Urls\.Add)\(\s*\$?"http:\/\/[^:"]+:(\d{2,5})/,
        /Listen\w*\(\s*(?:IPAddress\.\w+\s*,\s*)?(\d{2,5})/,
        /"applicationUrl"\s*:\s*"(?:https:[^";]*;)?http:\/\/[^:"]+:(\d{2,5})/,
      ],
    ),
  );
  const run = folder === '' ? 'dotnet run' : `dotnet run --project ${folder}`;
  return {
    language: '.NET',
    framework: {
      value: web ? 'ASP.NET Core' : '.NET',
      why: place.why(project.name, project.text, Math.max(0, project.text.indexOf('Sdk='))),
    },
    start: { value: run, why: place.why(project.name) },
    dev: `ASPNETCORE_URLS=http://127.0.0.1:$PORT ${run} --no-launch-profile`,
    ...(port && { port }),
    ...(web && { usualPort: 8080 }),
    resources: uses,
    kind: web ? 'web' : worker ? 'worker' : 'none',
    uses: projects.flatMap(({ text }) =>
      [...text.matchAll(/<ProjectReference\s+Include="(?:[^"]*[\\/])?([^"\\/]+)\.\w+proj"/g)].map(
        ([, name]) => name ?? '',
      ),
    ),
    packages: projects.map(({ name }) => name.replace(/^.*\//, '').replace(/\.\w+$/, '')),
  };
}

const named = (name: string | undefined): { name?: string } => (name === undefined ? {} : { name });

export async function readPhp(place: Place): Promise<Reading | undefined> {
  const text = await place.read('composer.json');
  if (text === undefined && !place.has('index.php')) return undefined;
  const source = text ?? '';
  const known = (
    [
      ['Laravel', 'laravel/framework'],
      ['Symfony', 'symfony/framework-bundle'],
      ['Slim', 'slim/slim'],
    ] as const
  ).find(([, name]) => source.includes(`"${name}"`));
  const why =
    text === undefined
      ? place.why('index.php')
      : place.why('composer.json', source, Math.max(0, source.indexOf(known?.[1] ?? '{')));
  const artisan = place.has('artisan');
  const root = place.has('public/index.php') ? ' -t public' : '';
  const start: Found = artisan
    ? { value: 'php artisan serve', why: place.why('artisan') }
    : { value: `php -S 0.0.0.0:8000${root}`, why };
  const found = await search(
    place,
    ['.env', '.env.example', 'config/database.php'],
    [/^DB_CONNECTION=(pgsql|mysql|mariadb)/m, /env\('DB_CONNECTION',\s*'(pgsql|mysql)'/],
  );
  const resources: Uses[] = [];
  if (found) resources.push({ value: found.value === 'pgsql' ? 'postgres' : 'mysql', why: found.why });
  for (const [pattern, value] of [
    [/"(?:predis\/predis|ext-redis)"/, 'redis'],
    [/"(?:ext-pdo_pgsql|ext-pgsql)"/, 'postgres'],
    [/"(?:ext-pdo_mysql|ext-mysqli)"/, 'mysql'],
    [/"mongodb\/(?:mongodb|laravel-mongodb)"/, 'mongodb'],
    [/"league\/flysystem-aws-s3-v3"/, 'bucket'],
  ] as const) {
    const index = source.search(pattern);
    if (index >= 0) resources.push({ value, why: place.why('composer.json', source, index) });
  }
  const dev = artisan ? 'php artisan serve --host 127.0.0.1 --port $PORT' : `php -S 127.0.0.1:$PORT${root}`;
  return {
    language: 'PHP',
    framework: { value: known?.[0] ?? 'PHP', why },
    start,
    dev,
    usualPort: 8000,
    resources,
    kind: 'web',
    ...named(/"name"\s*:\s*"(?:[^"/]+\/)?([\w.-]+)"/.exec(source)?.[1]),
  };
}

export async function readElixir(place: Place): Promise<Reading | undefined> {
  const text = await place.read('mix.exs');
  if (text === undefined) return undefined;
  const phoenix = text.indexOf(':phoenix,');
  const uses = (
    [
      [/:postgrex\b/, 'postgres'],
      [/:myxql\b/, 'mysql'],
      [/:redix\b/, 'redis'],
      [/:mongodb_driver\b/, 'mongodb'],
      [/:ex_aws_s3\b/, 'bucket'],
    ] as const
  ).flatMap(([pattern, value]): Uses[] => {
    const index = text.search(pattern);
    return index < 0 ? [] : [{ value, why: place.why('mix.exs', text, index) }];
  });
  const start = {
    value: phoenix >= 0 ? 'mix phx.server' : 'mix run --no-halt',
    why: place.why('mix.exs', text, Math.max(0, phoenix)),
  };
  const port = asPort(
    await search(
      place,
      ['config/runtime.exs', 'config/dev.exs'],
      [/get_env\("PORT"\)?\s*(?:,|\|\|)\s*"(\d{2,5})"/, /port:\s*(\d{2,5})/],
    ),
  );
  return {
    language: 'Elixir',
    framework: { value: phoenix >= 0 ? 'Phoenix' : 'Elixir', why: start.why },
    start,
    ...(port && { port }),
    ...(phoenix >= 0 && { usualPort: 4000 }),
    resources: uses,
    kind: phoenix >= 0 ? 'web' : /\bapps_path:|\bin_umbrella\b|\bbuild_path:/.test(text) ? 'none' : 'worker',
    uses: [...text.matchAll(/\{:(\w+),[^}]*\bin_umbrella:\s*true/g)].map(([, app]) => app ?? ''),
    packages: [/\bapp:\s*:(\w+)/.exec(text)?.[1] ?? ''],
    ...named(/\bapp:\s*:(\w+)/.exec(text)?.[1]),
  };
}
