/** How a Python program is started: by its application object, from the folder that its imports begin in. */
import { type Found, type Place, sources } from './place.ts';

const python = /\.py$/;

interface Start {
  readonly found: Found;
  readonly dev?: string;
}

/** Make an application to work with it, and serve nothing. */
const notServers = /(^|\/)(env|conftest|shell|seeds?|celery\w*|workers?|cli)\.py$/;

/** Where there is an application to serve, the server of its framework; else the file that runs itself. */
export async function pythonStart(place: Place, framework: string | undefined): Promise<Start | undefined> {
  if (framework === 'Django' && place.has('manage.py')) {
    const found = { value: 'python manage.py runserver', why: place.why('manage.py', '', 0) };
    return { found, dev: 'python manage.py runserver --noreload 127.0.0.1:$PORT' };
  }
  const files = sources(place, python);
  for (const file of files) {
    const text = (await place.read(file)) ?? '';
    const match =
      /^(\w+)\s*(?::[^=\n]*)?=\s*(?:\w+\.)?(FastAPI|Starlette|Litestar|Flask|APIFlask|OpenAPI|Quart|Sanic)\(/m.exec(
        text,
      );
    const factory = /^def\s+(create_app|make_app|get_app)\s*\(/m.exec(text);
    const made =
      /^(app|application|api|server|asgi|wsgi)\s*(?::[^=\n]*)?=\s*(?:\w+\.)?(?:(?:create|make|get|build|init)_\w*app\w*)\([^)]*\)\s*(?:#.*)?$/m.exec(
        text,
      );
    if (!match && !factory && (!made || notServers.test(file))) continue;
    return applicationStart(place, file, text, match ?? made, factory, framework);
  }
  if (framework === 'Streamlit') {
    const file = files.find((name) => /(^|\/)(app|main|streamlit_app)\.py$/.test(name)) ?? files[0];
    if (file !== undefined) {
      const run = `streamlit run ${file}`;
      return {
        found: { value: run, why: place.why(file) },
        dev: `${run} --server.port $PORT --server.address 127.0.0.1`,
      };
    }
  }
  const file = files.find((name) => /^(?:src\/|app\/)?(main|app|server|run|bot|worker|__main__)\.py$/.test(name));
  return file === undefined ? undefined : { found: { value: `python ${file}`, why: place.why(file) } };
}

async function applicationStart(
  place: Place,
  file: string,
  text: string,
  match: RegExpExecArray | null,
  factory: RegExpExecArray | null,
  framework: string | undefined,
): Promise<Start> {
  const why = place.why(file, text, (match ?? factory)?.index);
  const name = match?.[1] ?? factory?.[1] ?? 'app';
  const base = rootOf(place, file, text, name);
  const inner = base === '' ? file : file.slice(base.length + 1);
  const module = inner
    .replace(/(^|\/)__init__\.py$/, '')
    .replace(/\.py$/, '')
    .replaceAll('/', '.');
  const isAsync =
    /FastAPI|Starlette|Litestar|Quart|Sanic/.test(match?.[2] ?? (match ? (framework ?? '') : '')) ||
    (!match && /fastapi|starlette/i.test(text));
  if (isAsync) {
    const run = `uvicorn ${module}:${name}${match ? '' : ' --factory'}${base === '' ? '' : ` --app-dir ${base}`}`;
    return { found: { value: run, why }, dev: `python -m ${run} --host 127.0.0.1 --port $PORT` };
  }
  const path = base === '' ? module : `${base}/${module.replaceAll('.', '/')}`;
  const app = match ? `${path}:${name}` : path;
  const run = `flask --app ${app} run`;
  return { found: { value: run, why }, dev: `python -m ${run} --host 127.0.0.1 --port $PORT` };
}

/** The folder from which what a file imports is found: that of most of its imports, the top when nothing tells. */
function rootOf(place: Place, file: string, text: string, application: string): string {
  const folders = file.split('/').slice(0, -1);
  const inside = (root: string, module: string) => {
    const path = (root === '' ? '' : `${root}/`) + module.replaceAll('.', '/');
    return place.has(`${path}.py`) || place.files.some((one) => one.startsWith(`${path}/`) && one.endsWith('.py'));
  };
  const imported = new Set([...text.matchAll(/^\s*(?:from|import)\s+(\w+)/gm)].map(([, name]) => name ?? ''));
  const served = new RegExp(`["']([\\w.]+):${application}["']`).exec(text)?.[1];
  const score = (root: string) =>
    [...imported].filter((name) => inside(root, name)).length +
    (served !== undefined && inside(root, served) ? 100 : 0);
  const usual = folders[0] === 'src' && !place.has('src/__init__.py') ? 'src' : '';
  const isPackage = (root: string) => place.has(`${root}/__init__.py`) && /^\s*from\s+\./m.test(text);
  const roots = folders.map((_, index) => folders.slice(0, index + 1).join('/')).filter((root) => !isPackage(root));
  return ['', ...roots].reduce((best, root) => (score(root) > score(best) ? root : best), usual);
}
