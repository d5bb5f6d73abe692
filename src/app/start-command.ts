/** How the code in a folder starts when `dev.command` does not say: by package.json, Procfile, or the habits of its language. */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findInstall, type Install } from './install-command.ts';
import { asArgv } from './shell-words.ts';

export interface StartCommand {
  /** argv; a line that needs a shell is `['sh', '-c', line]`. PORT is in its environment. */
  readonly argv: readonly string[];
  /** Folders to put first on PATH, such as node_modules/.bin; absolute. */
  readonly path: readonly string[];
  /** What its dependencies need; absent when it has none. */
  readonly install?: Install;
  /** Why this one, such as `scripts.start of package.json`. */
  readonly why: string;
}

type Found = Pick<StartCommand, 'argv' | 'why'> & { readonly path?: readonly string[] };

interface Package {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly main?: string;
}

async function text(folder: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, name), 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

async function has(folder: string, name: string): Promise<boolean> {
  return access(join(folder, name)).then(
    () => true,
    () => false,
  );
}

async function firstThere(folder: string, names: readonly string[]): Promise<string | undefined> {
  const there = await Promise.all(names.map((name) => has(folder, name)));
  return names[there.indexOf(true)];
}

/** A line of a shell, split when it needs none: npm and sh in between cost time and a process each. */
function line(source: string, why: string): Found {
  return { argv: asArgv(source) ?? ['sh', '-c', source], why };
}

/** A line of ours with $PORT in it; exec leaves no shell between us and the program. */
function own(source: string, why: string): Found {
  return { argv: ['sh', '-c', `exec ${source}`], why };
}

/** `start` before `dev`: a script that watches by itself would restart twice. pre and post scripts need npm itself. */
async function fromPackage(folder: string): Promise<Found | undefined> {
  const source = await text(folder, 'package.json');
  if (source === undefined) return undefined;
  let manifest: Package;
  try {
    manifest = JSON.parse(source) as Package;
  } catch {
    // The language's own tool says best what is wrong with its file.
    return { argv: ['npm', 'start'], why: 'package.json, which is not valid JSON' };
  }
  const scripts = manifest.scripts ?? {};
  const path = [join(folder, 'node_modules', '.bin')];
  for (const name of ['start', 'dev', 'serve']) {
    const script = scripts[name];
    if (script === undefined) continue;
    if (scripts[`pre${name}`] !== undefined || scripts[`post${name}`] !== undefined) {
      return {
        argv: ['npm', 'run', '--silent', name],
        path,
        why: `scripts.${name} of package.json, with its pre and post scripts`,
      };
    }
    return { ...line(script, `scripts.${name} of package.json`), path };
  }
  const main =
    manifest.main ??
    (await firstThere(folder, ['server.js', 'index.js', 'src/main.ts', 'src/index.ts', 'src/index.js']));
  return main === undefined ? undefined : { argv: ['node', main], path, why: `${main}, the main file of the package` };
}

async function fromProcfile(folder: string): Promise<Found | undefined> {
  const web = /^web:[ \t]*(\S.*)$/m.exec((await text(folder, 'Procfile')) ?? '')?.[1]?.trim();
  if (web === undefined) return undefined;
  return { ...line(web, 'web of the Procfile'), path: await pythonPath(folder) };
}

const python = ['.venv/bin/python', 'venv/bin/python'] as const;

/** Where the programs of a Python folder's packages are, or will be once they are installed; none in other folders. */
export async function pythonPath(folder: string): Promise<readonly string[]> {
  const own = await firstThere(folder, python);
  const named = ['requirements.txt', 'pyproject.toml', 'uv.lock'];
  if (own === undefined && (await firstThere(folder, named)) === undefined) return [];
  return [join(folder, own?.startsWith('venv') === true ? 'venv' : '.venv', 'bin')];
}

async function fromPython(folder: string): Promise<Found | undefined> {
  const path = await pythonPath(folder);
  if (await has(folder, 'manage.py')) {
    return { ...own('python manage.py runserver --noreload 127.0.0.1:$PORT', 'manage.py, a Django project'), path };
  }
  const files = ['main.py', 'app.py', 'server.py', 'app/main.py', 'src/main.py', 'wsgi.py', 'asgi.py'];
  const file = await firstThere(folder, files);
  if (file === undefined) return undefined;
  const source = (await text(folder, file)) ?? '';
  const module = file.replace(/\.py$/, '').replaceAll('/', '.');
  const web = /^(\w+)\s*(?::[^=]*)?=\s*(FastAPI|Starlette|Flask)\(/m.exec(source);
  if (web === null) return { argv: ['python', file], path, why: `${file}, a Python program` };
  const [, name, kind] = web;
  const why = `${file}, a ${kind} application`;
  if (kind === 'Flask')
    return { ...own(`python -m flask --app ${module}:${name} run --host 127.0.0.1 --port $PORT`, why), path };
  return { ...own(`python -m uvicorn ${module}:${name} --host 127.0.0.1 --port $PORT`, why), path };
}

async function fromGo(folder: string): Promise<Found | undefined> {
  if (!(await has(folder, 'go.mod'))) return undefined;
  if (await has(folder, 'main.go')) return { argv: ['go', 'run', '.'], why: 'main.go of a Go module' };
  const name = /^module\s+\S*?([^/\s]+)$/m.exec((await text(folder, 'go.mod')) ?? '')?.[1];
  const commands = [`cmd/${name}/main.go`, 'cmd/server/main.go', 'cmd/main.go', 'cmd/app/main.go', 'cmd/api/main.go'];
  const found = await firstThere(folder, commands);
  if (found === undefined) return undefined;
  return { argv: ['go', 'run', `./${found.replace(/\/main\.go$/, '')}`], why: `${found} of a Go module` };
}

async function fromRuby(folder: string): Promise<Found | undefined> {
  if (await has(folder, 'bin/rails')) return own('bin/rails server -b 127.0.0.1 -p $PORT', 'bin/rails');
  if (!(await has(folder, 'config.ru'))) return undefined;
  const bundle = (await has(folder, 'Gemfile')) ? 'bundle exec ' : '';
  return own(`${bundle}rackup -o 127.0.0.1 -p $PORT`, 'config.ru');
}

async function fromJava(folder: string): Promise<Found | undefined> {
  const isSpring = async (...files: readonly string[]) =>
    (await Promise.all(files.map((file) => text(folder, file)))).some(
      (source) => source?.includes('spring-boot') === true,
    );
  const port = '$PORT';
  if ((await has(folder, 'pom.xml')) && (await isSpring('pom.xml'))) {
    const tool = (await has(folder, 'mvnw')) ? './mvnw' : 'mvn';
    return own(
      `${tool} -q spring-boot:run -Dspring-boot.run.arguments=--server.port=${port}`,
      'Spring Boot in pom.xml',
    );
  }
  if (await isSpring('build.gradle', 'build.gradle.kts')) {
    const tool = (await has(folder, 'gradlew')) ? './gradlew' : 'gradle';
    return own(`${tool} -q bootRun --args=--server.port=${port}`, 'Spring Boot in build.gradle');
  }
  return undefined;
}

/** The first that fits; a Procfile is written for just this purpose, so it comes first. undefined when nothing does. Reads files only. */
export async function detectStartCommand(folder: string): Promise<StartCommand | undefined> {
  const readers = [fromProcfile, fromPackage, fromPython, fromGo, fromRuby, fromJava];
  for (const read of readers) {
    const found = await read(folder);
    if (found === undefined) continue;
    const install = await findInstall(folder);
    return { argv: found.argv, path: found.path ?? [], why: found.why, ...(install && { install }) };
  }
  return undefined;
}
