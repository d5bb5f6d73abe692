/** Completion in the real shells, those that this machine has, with the real bin. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { root } from '../support/tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'opta-completion-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const opta = file('opta', `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'src', 'opta.cjs')}' "$@"\n`);
chmodSync(opta, 0o755);
file(
  'opta.yaml',
  `name: shelf
modules:
  - {name: front, type: k8s-service, image: AUTO, port: {http: 80}, public_uri: /}
  - {name: worker, type: k8s-service, image: AUTO}
`,
);

const has = (shell: string) => spawnSync(shell, ['-c', 'exit 0']).status === 0;
function run(shell: string, args: readonly string[], script: string): string {
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH']}`, HOME: folder };
  const { stdout, stderr } = spawnSync(shell, [...args, file(`script.${shell}`, script)], {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(stderr).toBe('');
  return stdout;
}

describe.skipIf(!has('bash'))('bash (skipped where there is none)', () => {
  const answer = (...words: string[]) =>
    run(
      'bash',
      ['--norc'],
      `. <(opta completion bash)\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')})\nCOMP_CWORD=${words.length - 1}\n_opta\nprintf '%s\\n' "\${COMPREPLY[@]}"\n`,
    )
      .trim()
      .split('\n');

  test('completes a command, a flag, a value after =, a service, a file', () => {
    expect(answer('opta', 'vali')).toEqual(['validate']);
    expect(answer('opta', 'dev', 'down', '--vo')).toEqual(['--volumes']);
    expect(answer('opta', 'dev', 'up', '--on', '=', 'k')).toEqual(['kind']);
    expect(answer('opta', 'dev', 'logs', '')).toEqual(['front', 'worker']);
    expect(answer('opta', 'validate', '-c', 'opta.y')).toEqual(['opta.yaml']);
  });

  test('never runs what is half typed', () => {
    expect(answer('opta', 'explain', '$(touch ran)', '')).toEqual(['']);
    expect(spawnSync('ls', [folder], { encoding: 'utf8' }).stdout).not.toContain('ran');
  });
});

describe.skipIf(!has('fish'))('fish (skipped where there is none)', () => {
  test('completes a command and a service', () => {
    const text = run(
      'fish',
      [],
      `opta completion fish | source\ncomplete -C 'opta vali'\ncomplete -C 'opta dev logs wo'\n`,
    );
    expect(text).toMatch(/^validate\tCheck .*\nworker\s*$/);
  });
});

describe.skipIf(!has('zsh'))('zsh (skipped where there is none)', () => {
  /** What stands at the prompt after `line` and Tab. */
  const typed = (line: string) =>
    run(
      'zsh',
      ['-f'],
      `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1= ; autoload -U compinit; compinit -u -D; . <(opta completion zsh); echo read""y'
zpty -r -m z seen '*ready*'
zpty -w z 'after() { zle -I; print -r -- "buffer=$BUFFER." }; zle -N after; bindkey "^X" after; echo boun""d'
zpty -r -m z seen '*bound*'
zpty -w -n z $'${line}\\t\\C-x'
zpty -r -m z seen '*buffer=*.*'
print -r -- "$seen"
zpty -d z
`,
    );

  test('completes a command and a service at the prompt', () => {
    expect(typed('opta vali')).toContain('buffer=opta validate .');
    expect(typed('opta dev logs wo')).toContain('buffer=opta dev logs worker .');
  });
});
