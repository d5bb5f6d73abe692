import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findInstall, installOf, isInstalled, markInstalled } from '../../../src/app/install-command.ts';
import { asArgv, asLine } from '../../../src/app/shell-words.ts';
import { detectStartCommand } from '../../../src/app/start-command.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opta-start-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, string | object>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
}

const shell = (line: string) => ['sh', '-c', line];

describe('what starts the code of a folder', () => {
  const cases: readonly (readonly [string, Record<string, string | object>, readonly string[]])[] = [
    [
      'a plain start script runs without npm',
      { 'package.json': { scripts: { start: 'node src/main.ts' } } },
      ['node', 'src/main.ts'],
    ],
    ['start comes before dev', { 'package.json': { scripts: { dev: 'tsx watch a', start: 'node a' } } }, ['node', 'a']],
    ['dev where there is no start', { 'package.json': { scripts: { dev: 'vite --host' } } }, ['vite', '--host']],
    [
      'a script of the shell runs in one',
      { 'package.json': { scripts: { start: 'A=1 node a && b' } } },
      shell('A=1 node a && b'),
    ],
    [
      'pre scripts need npm',
      { 'package.json': { scripts: { prestart: 'make', start: 'node a' } } },
      ['npm', 'run', '--silent', 'start'],
    ],
    ['the main file', { 'package.json': { main: 'lib/server.js' } }, ['node', 'lib/server.js']],
    ['a usual main file', { 'package.json': {}, 'index.js': '' }, ['node', 'index.js']],
    [
      'web of a Procfile, before the rest',
      { Procfile: 'release: x\nweb: bin/serve --fast\n', 'package.json': {} },
      ['bin/serve', '--fast'],
    ],
    ['a Procfile with $PORT', { Procfile: 'web: gunicorn app:app -b :$PORT' }, shell('gunicorn app:app -b :$PORT')],
    ['Django', { 'manage.py': '' }, shell('exec python manage.py runserver --noreload 127.0.0.1:$PORT')],
    [
      'FastAPI',
      { 'app/main.py': 'import x\nservice: FastAPI = FastAPI(title="a")\n' },
      shell('exec python -m uvicorn app.main:service --host 127.0.0.1 --port $PORT'),
    ],
    [
      'Flask',
      { 'app.py': 'app = Flask(__name__)\n' },
      shell('exec python -m flask --app app:app run --host 127.0.0.1 --port $PORT'),
    ],
    ['a Python program', { 'main.py': 'print(1)' }, ['python', 'main.py']],
    ['Go', { 'go.mod': 'module example.com/shop\n', 'main.go': '' }, ['go', 'run', '.']],
    [
      'Go with its command in cmd',
      { 'go.mod': 'module example.com/shop\n', 'cmd/shop/main.go': '' },
      ['go', 'run', './cmd/shop'],
    ],
    ['Rails', { 'bin/rails': '', 'config.ru': '' }, shell('exec bin/rails server -b 127.0.0.1 -p $PORT')],
    ['Rack', { 'config.ru': '', Gemfile: '' }, shell('exec bundle exec rackup -o 127.0.0.1 -p $PORT')],
    [
      'Spring Boot with the wrapper of Maven',
      { 'pom.xml': '<artifactId>spring-boot-starter</artifactId>', mvnw: '' },
      shell('exec ./mvnw -q spring-boot:run -Dspring-boot.run.arguments=--server.port=$PORT'),
    ],
    [
      'Spring Boot with Gradle',
      { 'build.gradle': "id 'org.springframework.boot'\nspring-boot" },
      shell('exec gradle -q bootRun --args=--server.port=$PORT'),
    ],
  ];

  test.each(cases)('%s', async (_, files, argv) => {
    await write(files);
    expect(await detectStartCommand(folder)).toMatchObject({ argv, why: expect.any(String) });
  });

  test('nothing that it knows: undefined, also where there is no folder', async () => {
    await write({ 'README.md': '', 'package.json': { name: 'library' }, 'pom.xml': '<project/>' });
    expect(await detectStartCommand(folder)).toBeUndefined();
    expect(await detectStartCommand(join(folder, 'absent'))).toBeUndefined();
  });

  test('programs of the package come first on PATH', async () => {
    await write({ 'package.json': { scripts: { start: 'next start' } } });
    expect((await detectStartCommand(folder))?.path).toEqual([join(folder, 'node_modules', '.bin')]);
  });

  test('so do those of the virtual environment that the install makes', async () => {
    await write({ 'main.py': '', 'requirements.txt': 'flask' });
    expect((await detectStartCommand(folder))?.path).toEqual([join(folder, '.venv', 'bin')]);
  });
});

describe('words of a line', () => {
  test.each([
    ['node a.js', ['node', 'a.js']],
    [`node a.js "b c" 'd'e`, ['node', 'a.js', 'b c', 'de']],
    [`node --name=""`, ['node', '--name=']],
  ])('%s needs no shell', (line, words) => expect(asArgv(line)).toEqual(words));

  test.each(['a && b', 'A=1 b', 'cd x', 'a $PORT', 'a *.js', 'a "b', 'exec a', 'a\nb', '~/a', ''])(
    '%j needs one',
    (line) => expect(asArgv(line)).toBeUndefined(),
  );
});

test.each([
  [['node', 'a.js', 'b c', "it's", ''], `node a.js 'b c' 'it'\\''s' ''`],
  [['sh', '-c', 'exec python -m flask run --port $PORT'], 'python -m flask run --port $PORT'],
  [['sh', '-c', 'echo "$0"', 'x'], `sh -c 'echo "$0"' x`],
])('%j can be pasted into a shell', (argv, line) => expect(asLine(argv)).toBe(line));

describe('what installs the dependencies', () => {
  const dependencies = { a: '1' };
  test.each([
    ['npm ci by a lock file', { 'package.json': { dependencies }, 'package-lock.json': '{}' }, 'npm ci'],
    ['npm install without', { 'package.json': { dependencies } }, 'npm install'],
    ['pnpm', { 'package.json': { dependencies }, 'pnpm-lock.yaml': '' }, 'pnpm install --frozen-lockfile'],
    ['yarn', { 'package.json': { dependencies }, 'yarn.lock': '' }, 'yarn install'],
    ['pip in a virtual environment', { 'requirements.txt': 'flask' }, 'pip install -q -r requirements.txt'],
    ['bundler', { Gemfile: '' }, 'bundle install'],
  ])('%s', async (_, files, part) => {
    await write(files);
    expect((await findInstall(folder))?.argv.join(' ')).toContain(part);
  });

  describe('of a pyproject.toml', () => {
    const project = `[project]\nname = "notes"\ndependencies = [\n  "fastapi", # ours\n  'uvicorn[standard]>=0.30',\n  "it's; python_version > \\"3.8\\"",\n]\n[tool.ruff]\nselect = ["E"]\n`;
    const installOfText = async (text: string, more = {}) => {
      await write({ 'pyproject.toml': text, 'environments/local.yaml': '', ...more });
      return (await findInstall(folder))?.argv.at(-1);
    };

    test('only what an application needs: two folders beside each other make it no package', async () => {
      expect(await installOfText(project)).toMatch(
        / && \.venv\/bin\/python -m pip install -q fastapi 'uvicorn\[standard\]>=0\.30' 'it'\\''s; python_version > "3\.8"'$/,
      );
    });

    test.each([
      ['that needs nothing', '[project]\nname = "a"\ndependencies = []\n', undefined],
      [
        'whose folders setuptools would have to guess',
        `[build-system]\nrequires = ["setuptools"]\n${project}`,
        '-q fastapi',
      ],
    ])('an application %s', async (_, text, part) => {
      const line = await installOfText(text);
      expect(line).not.toContain('-e .');
      expect(line).toContain(part ?? 'python3 -m venv .venv');
    });

    test.each([
      ['with a build system', `${project}[build-system]\nrequires = ["hatchling"]\n`, {}],
      [
        'with commands of its own',
        `[build-system]\nrequires = ["setuptools"]\n[project.scripts]\na = "b:c"\n${project}`,
        {},
      ],
      ['with its code in src', project, { 'src/notes/__init__.py': '' }],
      ['whose dependencies are found out', '[project]\nname = "a"\ndynamic = ["dependencies"]\n', {}],
      ['of Poetry', '[tool.poetry]\nname = "a"\n', {}],
    ])('the package itself %s', async (_, text, more) => {
      expect(await installOfText(text, more)).toContain('pip install -q -e .');
    });
  });

  test('nothing for Go, nor for a package without dependencies', async () => {
    await write({ 'go.mod': 'module x', 'package.json': { name: 'x', dependencies: {} } });
    expect(await findInstall(folder)).toBeUndefined();
  });

  test('a written command goes by the same files', async () => {
    await write({ 'package.json': { dependencies }, 'package-lock.json': '{}' });
    expect(await installOf(folder, 'make deps')).toMatchObject({
      argv: shell('make deps'),
      inputs: ['package-lock.json'],
    });
  });
});

describe('whether they are installed', () => {
  const files = { 'package.json': { dependencies: { a: '1' } }, 'package-lock.json': '{"v":1}' };
  const stamp = () => join(folder, '.opta', 'install');

  async function check(): Promise<boolean> {
    const install = await findInstall(folder);
    if (install === undefined) throw new Error('no install');
    return isInstalled(folder, install, stamp());
  }

  async function mark(): Promise<void> {
    const install = await findInstall(folder);
    if (install !== undefined) await markInstalled(folder, install, stamp());
  }

  test('not before node_modules is there, even with our mark', async () => {
    await write(files);
    await mark();
    expect(await check()).toBe(false);
  });

  test('by our mark, until the lock file says something else', async () => {
    await write({ ...files, 'node_modules/a/index.js': '' });
    await mark();
    expect(await check()).toBe(true);
    await utimes(join(folder, 'package-lock.json'), new Date(), new Date(Date.now() + 60_000));
    expect(await check()).toBe(true);
    await write({ 'package-lock.json': '{"v":2}' });
    expect(await check()).toBe(false);
  });

  test("by npm's own record when the user has installed, until the lock file is newer", async () => {
    await write({ ...files, 'node_modules/.package-lock.json': '{}' });
    expect(await check()).toBe(true);
    await utimes(join(folder, 'package-lock.json'), new Date(), new Date(Date.now() + 60_000));
    expect(await check()).toBe(false);
  });
});
