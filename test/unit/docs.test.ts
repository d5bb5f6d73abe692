/** The documentation against the program: pages, flags, links, examples, the reference of modules. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { modulesPage } from '../../scripts/support/modules-page.ts';
import { commands } from '../../src/cli.ts';
import { readFiles } from '../support/definitions.ts';
import { readTree, root } from '../support/tree.ts';

const docs = await readTree('docs', /\.md$/);
const top = await Promise.all(
  ['README.md', 'CONTRIBUTING.md'].map(async (path) => ({ path, text: await readFile(join(root, path), 'utf8') })),
);
const pages = [...docs, ...top];
const textOf = (path: string): string => pages.find((page) => page.path === path)?.text ?? '';

/** Every spelling of the flags that a command takes. */
const flagsOf = (flags: readonly { readonly flags: string }[]): string[] =>
  flags.flatMap((flag) => flag.flags.match(/(?<![\w-])--?[a-z][\w-]*/g) ?? []);
const always = ['-h', '--help'];

describe.each(
  commands.map(({ path, flags, args = [] }) => ({ name: path.join(' '), page: path.join('-'), flags, args })),
)('opta $name', ({ name, page, flags, args }) => {
  const text = textOf(`docs/commands/${page}.md`);

  test('has a page with synopsis, flags, examples, exit codes and files', () => {
    expect(text.startsWith(`# opta ${name}\n`)).toBe(true);
    for (const title of ['Flags', 'Examples', 'Exit codes', 'Files']) expect(text).toContain(`\n## ${title}\n`);
  });

  test('has every flag and argument in the table of its page, and no other', () => {
    const rows = [...text.matchAll(/^\| `([^`]+)` \|/gm)].flatMap(([, first = '']) => first);
    const table = rows.filter((row) => /^[-<[]/.test(row));
    expect(table).toEqual([...args.map((arg) => arg.name), ...flags.map((flag) => flag.flags), '-h, --help']);
  });
});

/** Lines of examples that call opta, as words up to a comment, a pipe or the command of `dev exec`. */
function calls(text: string): string[][] {
  const blocks = [...text.matchAll(/```(sh|console)\n([\s\S]*?)```/g)].flatMap(([, kind, block = '']) =>
    // In a console block only lines after a prompt are typed.
    block.split('\n').filter((line) => kind === 'sh' || line.startsWith('$ ')),
  );
  const inline = [...text.matchAll(/`(opta [^`]+)`/g)].map(([, call = '']) => call);
  return [...blocks, ...inline].flatMap((line) => {
    const [, call] = /(?:^|[\s(;&|])opta ((?:[a-z-]|[0-9]).*)$/.exec(line.replace(/\s#.*$/, '')) ?? [];
    const end = call?.split(/ -- | \| | > | && |\)"|[…→]/)[0] ?? '';
    return end === '' ? [] : [end.split(/\s+/).filter(Boolean)];
  });
}

test('no page calls a command or a flag that is not there', () => {
  const wrong = pages.flatMap(({ path, text }) =>
    calls(text).flatMap((words) => {
      const found = commands.find((command) => command.path.every((word, index) => words[index] === word));
      const flags = words.filter((word) => /^--?[a-z]/.test(word)).map((word) => word.split('=')[0] ?? word);
      if (found) {
        const known = [...flagsOf(found.flags), ...always];
        return flags.filter((flag) => !known.includes(flag)).map((flag) => `${path}: opta ${words.join(' ')}: ${flag}`);
      }
      const named = ['help', 'dev', '--version', '-V', ...notYet].includes(words[0] ?? '');
      return named ? [] : [`${path}: opta ${words.join(' ')}`];
    }),
  );
  expect(wrong).toEqual([]);
});

/** Commands that pages name as coming, or as those of the original. */
const notYet = ['promote', 'apply', 'eject', 'doctor', 'trace'];

test('every flag that a page names in its text belongs to some command', () => {
  const known = new Set([
    ...commands.flatMap(({ flags }) => flagsOf(flags)),
    ...always,
    '--version',
    '--cacert',
    '--branch',
    '--supervise',
  ]);
  const wrong = docs.flatMap(({ path, text }) =>
    [...text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/`(--[a-z][a-z-]+)[^`]*`/g)]
      .map(([, flag = '']) => flag)
      .filter((flag) => !known.has(flag))
      .map((flag) => `${path}: ${flag}`),
  );
  expect(wrong).toEqual([]);
});

/** The anchor that a heading gets on the usual sites. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\s-]/g, '')
    .trim()
    .replaceAll(/\s/g, '-');

test('every link leads to a file and a heading that are there', () => {
  const broken = pages.flatMap(({ path, text }) =>
    [...text.replaceAll(/```[\s\S]*?```|`[^`\n]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, to = '']) => to)
      .filter((to) => !/^https?:/.test(to))
      .filter((to) => {
        const [file = '', anchor] = to.split('#');
        const target = file === '' ? path : normalize(join(dirname(path), file));
        if (!existsSync(join(root, target))) return true;
        const headings = [...textOf(target).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => anchorOf(heading));
        return anchor !== undefined && !headings.includes(anchor);
      })
      .map((to) => `${path}: ${to}`),
  );
  expect(broken).toEqual([]);
});

test('every page can be reached from the index', () => {
  const seen = new Set(['docs/README.md']);
  for (const path of seen) {
    for (const [, to = ''] of textOf(path).matchAll(/\]\(([^)#\s]+\.md)/g))
      seen.add(normalize(join(dirname(path), to)));
  }
  expect(docs.map(({ path }) => path).filter((path) => !seen.has(path))).toEqual([]);
});

test("README's two set-up commands are scripts of the package", async () => {
  const [, block = ''] = /## Start\n[\s\S]*?```sh\n([\s\S]*?)```/.exec(textOf('README.md')) ?? [];
  const lines = block
    .trim()
    .split('\n')
    .map((line) => line.split('#')[0]?.trim());
  expect(lines).toEqual(['npm start', 'npm test']);
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'test']));
});

test('docs/modules.md is what `node scripts/docs.ts` writes', () => {
  expect(textOf('docs/modules.md')).toBe(modulesPage());
});

describe('the example definition', () => {
  test.each(['README.md', 'docs/language.md'])('of %s is valid', async (page) => {
    const [, text = ''] = /```yaml\n(name: shop\n[\s\S]*?)```/.exec(textOf(page)) ?? [];
    const local = 'name: local\norg_name: acme\nproviders:\n  local: {}\nmodules: []\n';
    const { errors } = await readFiles({ 'opta.yaml': text, 'environments/local.yaml': local });
    expect(text).not.toBe('');
    expect(errors).toEqual([]);
  });
});

test('CONTRIBUTING names folders that are there', () => {
  const rows = [...textOf('CONTRIBUTING.md').matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) => [
    ...cell.matchAll(/`([^`]+)`/g),
  ]);
  const missing = rows
    .map(([, path = '']) => path)
    .filter((path) => /^[a-z]/.test(path) && !existsSync(join(root, path)));
  expect(missing).toEqual([]);
});
