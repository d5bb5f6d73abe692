import { describe, expect, test } from 'vitest';
import { newFindings } from '../../../../src/app/text/findings.ts';
import { plainOf } from '../../../../src/app/text/nodes.ts';
import { parseYaml } from '../../../../src/app/text/yaml.ts';
import { readFiles, withService } from '../../../support/definitions.ts';

function read(text: string | Uint8Array) {
  const findings = newFindings();
  const { root } = parseYaml('opta.yaml', text, findings);
  return {
    root,
    found: findings.list.map((d) => `${d.place?.line}:${d.place?.column} ${d.code}`),
    hints: findings.list.flatMap((d) => d.hints),
  };
}

describe('YAML that cannot be read has words of its own and a place', () => {
  const cases: readonly (readonly [string, string | Uint8Array, string])[] = [
    ['a tab as indentation', 'name: shop\nmodules:\n\t- type: base\n', '3:1 yaml-tab'],
    ['a key written twice', 'name: a\norg_name: b\nname: c\n', '3:1 yaml-duplicate-key'],
    ['text that begins with a brace', 'name: shop\npublic_uri: {parent.domain}/api\n', '2:13 yaml-unquoted-brace'],
    ['a second document', 'name: a\n---\nname: b\n', '2:1 yaml-many-documents'],
    ['an empty file', '', '1:1 yaml-empty'],
    ['a file of comments', '# nothing\n', '1:1 yaml-empty'],
    ['a NUL byte', 'name: a\nb: \u0000\n', '2:4 yaml-not-text'],
    ['bytes that are no UTF-8', new Uint8Array([110, 97, 58, 32, 0xff, 0xfe]), '1:5 yaml-not-text'],
    ['an alias without an anchor', 'a: *nothing\n', '1:4 yaml-alias'],
    ['a quote that stays open', 'name: "shop\nmodules: []\n', '2:11 yaml-syntax'],
    ['a colon without a space', 'name:shop\nmodules: []\n', '1:1 yaml-syntax'],
    ['indentation that does not fit', 'a:\n    b: 1\n  c: 2\n', '3:3 yaml-syntax'],
    ['brackets without end', '['.repeat(100_000), '1:61 yaml-too-deep'],
    [
      'levels without end',
      Array.from({ length: 100 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
      '62:62 yaml-too-deep',
    ],
  ];
  test.each(cases)('%s', (_, text, wanted) => {
    expect(read(text).found[0]).toBe(wanted);
  });

  const rest = '  - name: api\n    type: k8s-service\n  - name: db\n    type: postgres\n';
  test.each([
    ['a list of the whole file', `name: a\nmodules: [\n${rest}`, '2:10'],
    ['a list in a line', `modules:\n  - name: web\n    links: [api\n    port: {http: 80}\n${rest}`, '3:12'],
    ['a map in a line', `modules:\n  - name: web\n    port: {http: 80\n    links: [api]\n${rest}`, '3:11'],
  ])('a bracket that stays open is one problem, at the bracket: %s', (_, text, place) => {
    const { found, hints } = read(text);
    expect(found).toEqual([`${place} yaml-syntax`]);
    expect(hints).toEqual([expect.stringMatching(/^close it with `[\]}]`/)]);
  });

  test('aliases share their value, and merge keys give way to what is written', () => {
    const { root } = read('base: &b {x: 1, y: 2}\nother:\n  <<: *b\n  y: 3\nsame: *b\n');
    expect(root && plainOf(root)).toEqual({ base: { x: 1, y: 2 }, other: { y: 3, x: 1 }, same: { x: 1, y: 2 } });
  });

  test('aliases that stand for millions of values are refused', () => {
    const lines = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]'];
    for (let i = 1; i < 9; i++)
      lines.push(
        `a${i}: &a${i} [${Array(10)
          .fill(`*a${i - 1}`)
          .join(',')}]`,
      );
    expect(read(lines.join('\n')).found).toEqual(['6:18 yaml-alias']);
  });

  test('a key named __proto__ is a key like any other', () => {
    const { root } = read('__proto__:\n  polluted: true\n');
    expect(Object.keys((root && plainOf(root)) as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('a byte order mark is no part of the text', () => {
    expect(read('\ufeffname: shop').found).toEqual([]);
  });
});

describe('slips that are valid YAML are recognised', () => {
  test('modules indented into an entry of environments; its modules are checked all the same', async () => {
    const { diagnostics } = await readFiles(`name: hello
environments:
- name: staging
  path: "opta.yaml"
  modules:
- name: hello
  type: k8s-service
  port:
  http: 80
  image: nginx
`);
    expect(diagnostics.filter((d) => d.severity === 'error').map((d) => [d.code, d.place?.line, d.message])).toEqual([
      ['misplaced', 5, '`modules:` is indented into an entry of `environments`, so the layer has none.'],
      ['misplaced', 8, '`port:` is empty: its child `http` has lost its indentation.'],
      ['misplaced', 9, '`http` belongs below `port:` on line 8.'],
    ]);
  });

  test('modules in the column of the entries of environments', () => {
    const wanted = 'move `modules:` to the begin of the line, in the column of `environments:`';
    for (const more of ['', '    # the modules\n', '    variables:\n      a: 1\n']) {
      const { found, hints } = read(
        `name: hello\nenvironments:\n  - name: staging\n    path: "opta.yaml"\n${more}  modules:\n  - name: hello\n    type: k8s-service\n`,
      );
      expect([found, hints]).toEqual([[`${5 + more.split('\n').length - 1}:3 misplaced`], [wanted]]);
    }
    expect(read('name: a\nothers:\n  - x: 1\n  modules:\n  - y: 1\n').found[0]).toBe('4:3 yaml-syntax');
  });

  test('every unquoted brace, once one of them cannot be read; text in blocks is not meant', () => {
    const { found, hints } = read(
      'name: shop\nmodules:\n  - name: api\n    image: {vars.image}\n    script: |\n      {env}-a\n    public_uri: {parent.domain}/api # where\n    port: {http: 80}\n    args:\n      - {env}\n      - {empty}\n',
    );
    expect(found).toEqual(['4:12 yaml-unquoted-brace', '7:17 yaml-unquoted-brace', '10:9 yaml-unquoted-brace']);
    expect(hints).toEqual(['write "{vars.image}"', 'write "{parent.domain}/api"', 'write "{env}"']);
  });

  test('a brace without quotes that reads as a map', async () => {
    const { diagnostics } = await readFiles(withService('    max_containers: {vars.n}\n'));
    const found = diagnostics.find((d) => d.severity === 'error');
    expect([found?.code, found?.place?.line, found?.hints]).toEqual(['yaml-unquoted-brace', 6, ['write "{vars.n}"']]);
  });

  test('variables that lost their indentation', async () => {
    const { errors } = await readFiles(
      'name: a\nenvironments:\n  - name: s\n    path: s.yaml\n    variables:\n    containers: 1\nmodules: []\n',
    );
    expect(errors).toEqual(['5:5 misplaced', '6:5 misplaced']);
  });
});
