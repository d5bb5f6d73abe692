/** Rules of the code that no linter checks: sizes, words, effects through System only, tests that stand alone. */
import { describe, expect, test } from 'vitest';
import { readTree, type SourceFile } from '../support/tree.ts';

const code = [...(await readTree('src', /\.(ts|tsx|cjs)$/)), ...(await readTree('stacks', /\.ts$/))];
const tests = await readTree('test', /\.(ts|tsx|mjs)$/);

/** The text without comments and without what stands in strings, but for the names of imported modules. */
function bare({ text }: SourceFile): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(?<![:'"`\\])\/\/.*$/gm, '')
    .replaceAll(/(?<!(?:from|import|require)\s*\(?\s*)'(?:[^'\\\n]|\\.)*'/g, "''");
}

/** Names that a file declares: of the file itself, functions, types, variables, parameters and members. */
function namesIn(file: SourceFile): string[] {
  const declared =
    /\b(?:function|class|interface|type|const|let|readonly)\s+(#?\w+)|[(,]\s*(\w+)\??: (?:[A-Z]\w*|string|number|boolean|readonly)\b/g;
  const names = [...bare(file).matchAll(declared)].flatMap(([, one, other]) => one ?? other ?? []);
  return [(file.path.split('/').at(-1) ?? '').replace(/\.\w+$/, ''), ...names];
}

/** Words of a name: `cronJobs` is `cron`, `jobs`. */
const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);

const forbidden = /^(task|job|manager|helper|util|utility|utilitie|handler)s?$/;
/** Terms of Kubernetes and cron, which keep their own names. */
const terms = /cron[-_]?jobs?|wait_for_jobs|field[-_]?managers?/gi;

describe('src and stacks', () => {
  test('has no file of more than 300 lines', () => {
    expect(code.filter(({ text }) => text.trimEnd().split('\n').length > 300).map(({ path }) => path)).toEqual([]);
  });

  test('begins every file with a comment that says what it is for', () => {
    const silent = code.filter(({ text }) => !/^(#!.*\n)?('use strict';\n)?(\/\*\*\s+(\* )?|\/\/ )\S/.test(text));
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  test('uses none of the words that mean nothing', () => {
    const found = code
      .filter(({ path }) => !path.endsWith('.cjs'))
      .flatMap((file) =>
        namesIn(file)
          .filter((name) => wordsOf(name.replaceAll(terms, '')).some((word) => forbidden.test(word)))
          .map((name) => `${file.path}: ${name}`),
      );
    expect(found).toEqual([]);
  });

  test('reaches the world through System only', () => {
    const doors = /^src\/(system\/|main\.ts$|opta\.cjs$|hidden\.ts$|cloud-process\.ts$)/;
    const effects =
      /'(?:node:)?child_process'|\bDate\.now\b|\bnew Date\(\)|(?<!\.)\b(?:setTimeout|setInterval|setImmediate)\s*\(|\bprocess\.(?:env|exit|cwd|stdout|stderr|stdin|kill|argv|pid|on)\b/;
    const found = code
      .filter(({ path }) => !doors.test(path))
      .flatMap((file) => effects.exec(bare(file))?.[0].concat(` in ${file.path}`) ?? []);
    expect(found).toEqual([]);
  });

  test('exports by name only', () => {
    expect(code.filter(({ text }) => /^export default/m.test(text)).map(({ path }) => path)).toEqual([]);
  });
});

describe('test', () => {
  test('mocks no module', () => {
    const mocks = new RegExp(['vi', '(mock|doMock|hoisted)'].join('\\.'));
    expect(tests.filter(({ text }) => mocks.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('never imports another test', () => {
    const imports = /from\s+'[^']*\.test\.tsx?'|import\(\s*'[^']*\.test\.tsx?'/;
    expect(tests.filter(({ text }) => imports.test(text)).map(({ path }) => path)).toEqual([]);
  });

  test('leaves no test out', () => {
    const left = /\b(?:test|it|describe)\.(?:only|todo|skip)\(/;
    expect(tests.filter(({ text }) => left.test(text)).map(({ path }) => path)).toEqual([]);
  });
});
