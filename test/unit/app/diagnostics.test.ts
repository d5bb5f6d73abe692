import { describe, expect, test } from 'vitest';
import { diagnosticsJson, formatDiagnostic, formatDiagnostics, formatPlace } from '../../../src/app/diagnostics.ts';
import { readFiles } from '../../support/definitions.ts';

const text = `name: Shop
environments:
  - name: staging
    path: staging.yaml
modules:
  - name: api
    type: k8s-servce
  - name: web
    type: k8s-service
    image: nginx
    min_containers: 4
    max_containers: 2
    public_uri: "{parnet.domain}"
    links: [dbb]
    port: {http: 80}
  - name: db
    type: postgres
`;

const golden = `error[invalid-name] \`Shop\` cannot be the name of a layer: it becomes a name in DNS: lower-case letters, digits and hyphens, a letter first, no hyphen last.
  --> opta.yaml:1:7
  1 | name: Shop
    |       ^^^^
  fix: call it \`shop\`

error[unknown-module-type] There is no module type \`k8s-servce\`.
  --> opta.yaml:7:11
  7 |     type: k8s-servce
    |           ^^^^^^^^^^
  fix: did you mean \`k8s-service\`?
  fix: \`opta explain\` lists all types

error[invalid-value] \`min_containers\` is 4, more than \`max_containers\`, which is 2.
  --> opta.yaml:11:21
  11 |     min_containers: 4
     |                     ^
  fix: raise \`max_containers\` to 4, or lower \`min_containers\`

error[unknown-reference] \`{parnet.domain}\` names nothing that is known.
  --> opta.yaml:13:18
  13 |     public_uri: "{parnet.domain}"
     |                  ^^^^^^^^^^^^^^^
  fix: did you mean \`parent\`?
  fix: if the braces are meant as text, double them: "{{parnet.domain}}"

error[unknown-module] Layer \`Shop\` has no module \`dbb\` to link to.
  --> opta.yaml:14:13
  14 |     links: [dbb]
     |             ^^^
  fix: did you mean \`db\`?`;

describe('findings as text', () => {
  test('each with its place, its line, a caret, a code and a fix', async () => {
    const { diagnostics, folder } = await readFiles(text);
    const errors = diagnostics.filter((d) => d.severity === 'error');
    expect(formatDiagnostics(errors, { directory: folder })).toBe(golden);
  });

  test('errors come first', async () => {
    const { diagnostics } = await readFiles(text);
    expect(formatDiagnostics([...diagnostics].reverse())).toMatch(/^error/);
  });

  test('control characters of a file never reach the terminal, and long lines are cut around the caret', () => {
    const source = `${' '.repeat(200)}x: \u001b[31mred\t${'y'.repeat(300)}`;
    const shown = formatDiagnostic({
      severity: 'warning',
      code: 'wrong-type',
      message: 'a\u001b[2Jb',
      place: { file: 'f', line: 9, column: 201, length: 1, source },
      hints: [],
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be there
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
    const [, , line = '', caret = ''] = shown.split('\n');
    expect(line[caret.indexOf('^')]).toBe('x');
    expect(line.length).toBeLessThan(140);
  });

  test('what a message tells in further lines stands below it', () => {
    const message = 'staging is being worked on\nby process 7\n  since noon';
    expect(formatDiagnostic({ severity: 'error', code: 'stack-locked', message, hints: ['Wait.'] })).toBe(
      'error[stack-locked] staging is being worked on\n  by process 7\n  since noon\n  fix: Wait.',
    );
  });

  test('colours when asked for', () => {
    const shown = formatDiagnostic(
      { severity: 'error', code: 'wrong-type', message: 'm', hints: ['h'] },
      { color: true },
    );
    expect(shown).toBe('\u001b[31m\u001b[1merror[wrong-type]\u001b[0m \u001b[1mm\u001b[0m\n  \u001b[2mfix:\u001b[0m h');
  });

  test('places are relative to the folder they are below', () => {
    expect(formatPlace({ file: '/a/b/c.yaml', line: 1, column: 2 }, '/a')).toBe('b/c.yaml:1:2');
    expect(formatPlace({ file: '/x/c.yaml', line: 1, column: 2 }, '/a')).toBe('/x/c.yaml:1:2');
  });

  test('as JSON: ok unless there is an error', async () => {
    const { diagnostics } = await readFiles(text);
    expect(diagnosticsJson(diagnostics).ok).toBe(false);
    expect(diagnosticsJson(diagnostics.filter((d) => d.severity !== 'error')).ok).toBe(true);
  });
});
