/** Reads a Python folder: framework, application object, port, resources. */
import { pythonPackages, resourceOf } from './dependencies.ts';
import { environmentPort, exampleFiles } from './env-port.ts';
import { asPort, type Found, type Place, portVariable, search, sources } from './place.ts';
import { pythonStart } from './python-start.ts';
import type { Reading, Uses } from './reading.ts';
import { settingsPort } from './settings-port.ts';

const manifests = ['pyproject.toml', 'requirements.txt', 'Pipfile', 'setup.py', 'setup.cfg', 'environment.yml'];
const python = /\.py$/;

interface Declared {
  readonly name: string;
  readonly why: string;
}

const frameworks = [
  { name: 'Django', packages: ['django'], port: 8000 },
  { name: 'FastAPI', packages: ['fastapi'], port: 8000 },
  { name: 'Flask', packages: ['flask', 'apiflask', 'flask-openapi3', 'flask-restx', 'flask-restful'], port: 5000 },
  { name: 'Litestar', packages: ['litestar'], port: 8000 },
  { name: 'Starlette', packages: ['starlette'], port: 8000 },
  { name: 'Sanic', packages: ['sanic'], port: 8000 },
  { name: 'aiohttp', packages: ['aiohttp'], port: 8080, code: /\bweb\.run_app\(|web\.Application\(/ },
  { name: 'Quart', packages: ['quart'], port: 5000 },
  { name: 'Tornado', packages: ['tornado'], port: 8888 },
  { name: 'Bottle', packages: ['bottle'], port: 8080 },
  { name: 'Falcon', packages: ['falcon'], port: 8000 },
  { name: 'Pyramid', packages: ['pyramid'], port: 6543 },
  { name: 'Streamlit', packages: ['streamlit'], port: 8501 },
  { name: 'Gradio', packages: ['gradio'], port: 7860 },
  { name: 'Dash', packages: ['dash'], port: 8050 },
] as const;

export async function readPython(place: Place): Promise<Reading | undefined> {
  const isSetup = /\bsetup\s*\(/.test((await place.read('setup.py')) ?? '');
  const there = [
    ...manifests.filter((file) => place.has(file) && (file !== 'setup.py' || isSetup)),
    ...place.files.filter((file) => /^requirements[/\w.-]*\.(txt|in)$/.test(file)),
  ];
  if (
    there.length === 0 &&
    !place.has('manage.py') &&
    !sources(place, python).some((file) => /^(app|main|server|wsgi)\.py$/.test(file))
  ) {
    return undefined;
  }
  const declared = (await Promise.all([...new Set(there)].map((file) => declaredIn(place, file)))).flat();
  const framework = await frameworkOf(place, declared);
  const start = await pythonStart(place, framework?.value);
  const resources = await resourcesOf(place, declared);
  const worker = declared.some(({ name }) => ['celery', 'rq', 'dramatiq', 'arq', 'huey'].includes(name));
  const program = start !== undefined;
  const usual = frameworks.find(({ name }) => name === framework?.value)?.port;
  const [port, named] = await Promise.all([portOf(place), nameOf(place)]);
  return {
    language: 'Python',
    framework: framework ?? { value: 'Python', why: place.why(there[0] ?? start?.found.why ?? '') },
    ...(start && { start: start.found, ...(start.dev !== undefined && { dev: start.dev }) }),
    ...(port && { port }),
    ...(usual !== undefined && { usualPort: usual }),
    resources,
    ...named,
    uses: declared.map(({ name }) => name),
    ...(named.name !== undefined && { packages: [named.name.toLowerCase().replaceAll(/[_.]/g, '-')] }),
    kind: framework ? 'web' : program || worker ? 'worker' : 'none',
  };
}

async function nameOf(place: Place): Promise<{ name?: string }> {
  const found = await search(place, ['pyproject.toml'], [/^name\s*=\s*["']([\w.-]+)["']/m]);
  return found ? { name: found.value } : {};
}

const blank = (text: string) => text.replaceAll(/[^\n]/g, ' ');
/** Words for what only those who write the code install. */
const development = '(?:dev|develop|development|test|tests|testing|lint|linting|docs?|types|typing|ci)';
const sections = new RegExp(
  `^\\[(?:tool\\.poetry\\.(?:dev-dependencies|group\\.${development}\\.dependencies)|tool\\.pdm\\.dev-dependencies|dependency-groups|dev-packages|tool\\.hatch\\.envs[^\\]]*)\\]\\n[\\s\\S]*?(?=^\\[[a-z]|(?![\\s\\S]))`,
  'gm',
);
const lists = new RegExp(`^${development}(?:-dependencies)?\\s*=\\s*\\[[\\s\\S]*?\\]\\s*$`, 'gm');

/** Tells about the project, in words that are names of packages too. */
const about =
  /^(?:name|description|readme|license|homepage|repository)\s*=.*$|^(?:keywords|classifiers|authors|maintainers)\s*=\s*\[[\s\S]*?\]\s*$/gm;

/** The text with everything blank that only development needs; places in it stay the same. */
function withoutDevelopment(file: string, text: string): string {
  if (/(^|[/_.-])(dev|develop|development|tests?|testing|lint|docs?|ci)[/_.-]/.test(file)) return '';
  return /\.(toml|cfg)$|Pipfile$/.test(file)
    ? text.replaceAll(sections, blank).replaceAll(lists, blank).replaceAll(about, blank)
    : text;
}

/** Distribution names, normalised, from any of the files that declare them. */
async function declaredIn(place: Place, file: string): Promise<Declared[]> {
  const text = withoutDevelopment(file, (await place.read(file)) ?? '');
  const patterns = /\.(txt|in)$/.test(file)
    ? [/^[ \t]*([A-Za-z][\w.-]*)(?:\[([\w, -]*)\])?/gm]
    : [
        /["']([A-Za-z][\w.-]*)(?:\[([\w, -]*)\])?\s*(?:[<>=!~;@ ][^"'\n]*)?["']\s*[,\]\n]/g,
        /^\s*["']?([A-Za-z][\w.-]*)["']?\s*=\s*(?:["'{[])/gm,
        /^\s*-\s*([a-z][\w.-]*)/gm,
      ];
  return patterns.flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const why = place.why(file, text, match.index + match[0].search(/\S/));
      const name = (match[1] ?? '').toLowerCase().replaceAll(/[_.]/g, '-');
      const extras = (match[2] ?? '').split(',').map((extra) => ({ name: extra.trim().toLowerCase(), why }));
      return [{ name, why }, ...extras.filter((extra) => extra.name !== '')];
    }),
  );
}

async function frameworkOf(place: Place, declared: readonly Declared[]): Promise<Found | undefined> {
  if (/django/i.test((await place.read('manage.py')) ?? '') || (place.has('manage.py') && declared.length === 0)) {
    return { value: 'Django', why: declared.find(({ name }) => name === 'django')?.why ?? place.why('manage.py') };
  }
  const files = sources(place, python);
  for (const framework of frameworks) {
    const found = declared.find(({ name }) => framework.packages.includes(name as never));
    if (!found) continue;
    if ('code' in framework && (await search(place, files, [framework.code])) === undefined) continue;
    return { value: framework.name, why: found.why };
  }
  const used = await search(place, files, [
    /^(?:from|import)\s+(django|fastapi|flask|starlette|sanic|tornado|bottle|quart|litestar|streamlit)\b/m,
  ]);
  const named = frameworks.find(({ packages }) => packages.includes(used?.value as never));
  return used && named && { value: named.name, why: used.why };
}

const port = '[\'"]?(\\d{2,5})\\b';
const inCode: readonly RegExp[] = [
  new RegExp(
    `(?:uvicorn\\.run|\\.run|run_app|run_simple|serve|\\.listen|\\.launch)\\([^)]*?\\bport\\s*=\\s*(?:int\\()?\\s*(?:os\\.(?:environ\\.get|getenv)\\([^,)]*,\\s*)?${port}`,
  ),
  new RegExp(
    `(?:environ\\.get|getenv|config|env(?:\\.int|\\.str)?|get)\\(\\s*['"]${portVariable}['"]\\s*,\\s*(?:default\\s*=\\s*)?${port}`,
  ),
  new RegExp(`(?:environ\\.get|getenv)\\(\\s*['"]${portVariable}['"]\\s*\\)\\s*or\\s*${port}`),
  new RegExp(
    `^\\s*(?:${portVariable}|(?:(?:http|api|app|server|web|listen)_)?port)\\s*(?::\\s*int)?\\s*=\\s*(?:Field\\(\\s*(?:default\\s*=\\s*)?)?${port}`,
    'm',
  ),
  new RegExp(`\\.listen\\(\\s*${port}`),
  new RegExp(`['"]--port['"][^)]*?\\bdefault\\s*=\\s*${port}`),
];

async function portOf(place: Place): Promise<Found<number> | undefined> {
  const files = sources(place, python);
  const gunicorn = place.files.filter((file) => /^(?:\w+\/)?gunicorn(?:[._]conf(?:ig)?)*\.py$/.test(file));
  const settings =
    (await environmentPort(place, ['.env', '.flaskenv'], files)) ??
    asPort(await search(place, gunicorn, [/\bbind\s*=\s*f?["'][^"']*:(\d{2,5})["']/]));
  if (settings) return settings;
  for (const pattern of inCode) {
    const found = asPort(await search(place, files, [pattern]));
    if (found && ![5432, 3306, 27017, 6379, 587, 465, 25, 5672].includes(found.value)) return found;
  }
  const inSettings = (await environmentPort(place, exampleFiles(place), files)) ?? (await settingsPort(place));
  if (inSettings) return inSettings;
  const lines = place.files.filter((file) => /^(?:scripts\/|bin\/|docker\/|deploy\/)?[\w.-]+\.sh$/.test(file));
  return asPort(
    await search(
      place,
      ['Makefile', 'Justfile', 'justfile', 'Pipfile', 'pyproject.toml', 'Procfile.dev', ...lines],
      [/(?:--port[= ]|-p |--bind[= ]\S*:|-b \S*:|runserver \S*:)(\d{2,5})\b/],
    ),
  );
}

async function resourcesOf(place: Place, declared: readonly Declared[]): Promise<Uses[]> {
  const uses = declared.flatMap(({ name, why }): Uses[] => {
    const value = resourceOf(pythonPackages, name);
    return value === undefined ? [] : [{ value, why }];
  });
  const files = sources(place, python);
  const engine = await search(place, files, [/django\.(?:contrib\.gis\.)?db\.backends\.(postgresql|postgis|mysql)/]);
  if (engine) uses.push({ value: engine.value === 'mysql' ? 'mysql' : 'postgres', why: engine.why });
  if (declared.some(({ name }) => name === 'boto3' || name === 'aioboto3')) {
    for (const [service, value] of [
      ['s3', 'bucket'],
      ['sqs', 'queue'],
      ['sns', 'topic'],
      ['dynamodb', 'dynamodb'],
    ] as const) {
      const found = await search(place, files, [
        new RegExp(`(?:client|resource)\\(\\s*(?:service_name\\s*=\\s*)?['"]${service}['"]`),
      ]);
      if (found) uses.push({ value, why: found.why });
    }
  }
  return uses;
}
