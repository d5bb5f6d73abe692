/** Help, and what is said of a line that opta does not understand. */
import { describe, expect, test } from 'vitest';
import { commands } from '../../src/cli.ts';
import { bin, root, runBin } from '../support/cli.ts';
import { noPty, openTerminal } from '../support/pty.ts';

const opta = (...args: string[]) => runBin(args, root);
const name = (path: readonly string[]) => path.join(' ');

describe('help', () => {
  test.each([[[]], [['help']], [['--help']], [['-h']]])(
    'opta %j lists every command by its whole name',
    async (args) => {
      const { code, stdout, stderr } = await opta(...args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const { path } of commands) expect(stdout).toMatch(new RegExp(`^  ${name(path)} `, 'm'));
    },
  );

  test('the commands stand in four groups, in the order of use', async () => {
    const { stdout } = await opta('help');
    const titles = stdout.split('\n').filter((line) => /^\S.*:$/.test(line));
    expect(titles).toEqual([
      'Flags:',
      'Start a project:',
      'Develop on this machine:',
      'Promote to a cloud:',
      'Check and understand:',
    ]);
    expect(stdout).toContain('Start here:         opta try');
  });

  test.each([[['dev']], [['help', 'dev']], [['dev', 'help']], [['dev', '--help']]])(
    'opta %j lists its commands',
    async (args) => {
      const { code, stdout, stderr } = await opta(...args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const { path } of commands) expect(stdout.includes(`  ${name(path)} `)).toBe(path[0] === 'dev');
    },
  );

  test.each([[['help', 'dev', 'up']], [['dev', 'help', 'up']], [['dev', 'up', '-h']]])(
    'opta %j describes dev up',
    async (args) => {
      const { code, stdout } = await opta(...args);
      expect(code).toBe(0);
      expect(stdout).toContain('Usage: opta dev up [flags]');
      expect(stdout).toContain('--https-port <port>');
    },
  );

  test.skipIf(noPty !== undefined)('in a narrow terminal it breaks lines between words', async () => {
    const terminal = openTerminal([process.execPath, bin, 'help', 'dev', 'up'], { cwd: root, columns: 40, rows: 90 });
    try {
      await terminal.sees(/-h, --help +show this help/, 60);
      const words = new Set(terminal.text().split(/\s+/));
      for (const word of ['definition', 'environment', 'everything', 'redirects', 'machine-readable'])
        expect(words).toContain(word);
    } finally {
      await terminal.close();
    }
  });

  test('it is the same for every command of the table', async () => {
    const texts = await Promise.all(commands.map(({ path }) => opta('help', ...path)));
    for (const [index, { path, flags }] of commands.entries()) {
      expect(texts[index]).toMatchObject({ code: 0, stderr: '' });
      expect(texts[index]?.stdout).toContain(`Usage: opta ${name(path)} `);
      for (const flag of flags) expect(texts[index]?.stdout).toContain(flag.flags);
    }
  });
});

describe('a line that is not understood ends with 2, a code and what to do', () => {
  test.each([
    [['dv'], 'unknown-command', 'Did you mean `opta dev`?'],
    [['up'], 'unknown-command', 'Did you mean `opta dev up`?'],
    [['stauts'], 'unknown-command', 'Did you mean `opta dev status`?'],
    [['dev', 'lgos'], 'unknown-command', 'Did you mean `opta dev logs`?'],
    [['help', 'validat'], 'unknown-command', 'Did you mean `opta validate`?'],
    [['xyzzy'], 'unknown-command', '`opta help` lists the commands.'],
    [['constructor'], 'unknown-command', '`opta help` lists the commands.'],
    [['--(', 'dev', 'up'], 'unknown-flag', '`opta help` lists the commands.'],
    [['validate', '--jsn'], 'unknown-flag', 'Did you mean `--json`?'],
    [['dev', 'up', '--detch'], 'unknown-flag', 'Did you mean `--detach`?'],
    [['dev', 'up', '--nothing-like-it'], 'unknown-flag', '`opta help dev up` shows what it takes.'],
    [['replay'], 'usage', '`opta replay` needs <file>'],
    [['dev', 'exec', 'api'], 'usage', '`opta dev exec` needs <command>'],
    [['validate', '-c'], 'usage', 'needs a value'],
    [['schema', 'extra'], 'usage', 'too many arguments for `opta schema`: it takes none, not `extra`'],
    [['explain', 'postgres', 'redis'], 'usage', 'too many arguments for `opta explain`: it takes 1'],
    [['--detach', 'dev', 'up'], 'unknown-flag', 'A flag stands behind the command: `opta dev up --detach`.'],
    [['dev', '--detach', 'up'], 'unknown-flag', 'A flag stands behind the command: `opta dev up --detach`.'],
    [['-c', 'a.yaml', 'validate'], 'unknown-flag', 'A flag stands behind the command: `opta validate -c`.'],
    [['-v'], 'unknown-flag', '`opta --version` prints the version.'],
    [['start'], 'unknown-command', 'Did you mean `opta dev up`?'],
    [['ps'], 'unknown-command', 'Did you mean `opta dev status`?'],
    [['dev', 'up', '--on', 'mars'], 'bad-value', '--on takes process or kind, not "mars"'],
    [['dev', 'up', '--on', 'mars'], 'bad-value', '`opta help dev up` shows what it takes.'],
    [['init', '--recipe', 'shop', '--yes', '--cloud', 'ibm'], 'bad-value', '--cloud takes aws, gcp or none, not "ibm"'],
    [['dev', 'up', '--https-port', '70000'], 'bad-value', '--https-port takes a port'],
    [['dev', 'up', '--http-port', 'x'], 'bad-value', '--http-port takes a port'],
    [['dev', 'up', '--timeout', '-1'], 'bad-value', '--timeout takes a number of seconds'],
    [['validate', '--var', 'x'], 'bad-value', '--var takes name=value'],
    [['explain', 'postgers'], 'unknown-module-type', 'did you mean `postgres`'],
  ])('opta %j: %s', async (args, code, text) => {
    const ran = await opta(...args);
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain(`error[${code}]`);
    expect(ran.stderr).toContain(text);
    expect(ran.stderr).not.toMatch(/^\s+at /m);
  });
});
