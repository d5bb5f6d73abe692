/** Reads folders of pages: those that a generator makes, and those that are there as they are. */
import { type Place, search } from './place.ts';
import type { Reading } from './reading.ts';

const generators = [
  {
    name: 'Hugo',
    language: 'Markdown',
    files: ['hugo.toml', 'hugo.yaml', 'hugo.yml', 'hugo.json', 'config/_default/hugo.toml'],
    start: 'hugo server',
    dev: 'hugo server --bind 127.0.0.1 --port $PORT --baseURL / --appendPort=false',
    port: 1313,
  },
  {
    name: 'MkDocs',
    language: 'Markdown',
    files: ['mkdocs.yml', 'mkdocs.yaml'],
    start: 'mkdocs serve',
    dev: 'mkdocs serve -a 127.0.0.1:$PORT',
    port: 8000,
  },
  {
    name: 'mdBook',
    language: 'Markdown',
    files: ['book.toml'],
    start: 'mdbook serve',
    dev: 'mdbook serve -n 127.0.0.1 -p $PORT',
    port: 3000,
  },
  {
    name: 'Jekyll',
    language: 'Markdown',
    files: ['_config.yml', '_config.yaml'],
    start: 'jekyll serve',
    dev: 'jekyll serve --host 127.0.0.1 --port $PORT',
    port: 4000,
  },
  {
    name: 'Pelican',
    language: 'Markdown',
    files: ['pelicanconf.py'],
    start: 'pelican --autoreload --listen',
    dev: 'pelican --autoreload --listen --bind 127.0.0.1 --port $PORT',
    port: 8000,
  },
  {
    name: 'Zola',
    language: 'Markdown',
    files: [],
    start: 'zola serve',
    dev: 'zola serve --interface 127.0.0.1 --port $PORT',
    port: 1111,
  },
] as const;

/** Pages without a program: a generator of them, or something must serve them as they are. */
export async function readPages(place: Place): Promise<Reading | undefined> {
  const made = await generatorOf(place);
  if (made === undefined) return plainPages(place);
  const { name, language, start, dev, port } = made.generator;
  return {
    language,
    framework: { value: name, why: made.why },
    start: { value: start, why: made.why },
    dev,
    usualPort: port,
    resources: [],
    kind: 'web',
  };
}

async function generatorOf(place: Place) {
  for (const generator of generators) {
    const file = generator.files.find(place.has);
    if (file !== undefined) return { generator, why: place.why(file) };
  }
  // Older sites of Hugo, and those of Zola, share the name of their settings.
  const old = ['config.toml', 'config.yaml', 'config.yml'];
  const hugo = await search(place, old, [/^\s*(?:baseURL|baseurl)\s*[=:]/m]);
  if (hugo && place.files.some((file) => /^(content|archetypes|layouts|themes)\//.test(file)))
    return { generator: generators[0], why: hugo.why };
  const zolaGenerator = generators.find(({ name }) => name === 'Zola');
  const zola = await search(place, ['config.toml'], [/^\s*base_url\s*=/m]);
  return zola && zolaGenerator && { generator: zolaGenerator, why: zola.why };
}

/** Folders that pages are kept in, before others of the same depth. */
const usual = (file: string): number => (/^(public|src|site|www|html|web|dist|static)\//.test(file) ? 0 : 1);

function plainPages(place: Place): Reading | undefined {
  const page = place.files
    .filter((file) => /(^|\/)index\.html?$/.test(file) && !/(^|\/)(templates|views|layouts|_\w+)\//.test(file))
    .toSorted((a, b) => a.split('/').length - b.split('/').length || usual(a) - usual(b))[0];
  if (page === undefined) return undefined;
  const folder = page.includes('/') ? page.slice(0, page.lastIndexOf('/')) : '.';
  const why = place.why(page);
  return {
    language: 'HTML',
    framework: { value: 'static', why },
    start: { value: `npx --yes serve -l 8080 ${folder}`, why },
    dev: `npx --yes serve -l tcp://127.0.0.1:$PORT ${folder}`,
    usualPort: 8080,
    resources: [],
    kind: 'web',
  };
}
