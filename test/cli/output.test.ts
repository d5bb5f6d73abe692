/** Where output goes: replayed streams, closed pipes, colours. */
import { spawn, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bin, inProject } from '../support/cli.ts';

describe('replay', () => {
  test('draws a saved stream again, from a file and from standard input', async () => {
    await inProject({}, async ({ folder, opta }) => {
      const { stdout: saved } = await opta(['dev', 'down', '--json']);
      await writeFile(join(folder, 'down.ndjson'), saved);
      const drawn = await opta(['replay', 'down.ndjson', '--plain']);
      expect(drawn.code).toBe(0);
      expect(drawn.stderr).toContain('down on process');
      expect(drawn.stderr).toMatch(/^Unchanged/m);
      expect(await opta(['replay', '-', '--plain'], { input: saved })).toEqual(drawn);
    });
  });

  test('names the line that is no event', async () => {
    await inProject({ 'x.ndjson': '\n{"type":"no such"}\n' }, async ({ opta }) => {
      const { code, stderr } = await opta(['replay', 'x.ndjson']);
      expect(code).toBe(1);
      expect(stderr).toContain('error[bad-stream] line 2 of x.ndjson');
    });
  });

  test('says which file cannot be read', async () => {
    await inProject({}, async ({ opta }) => {
      const { code, stderr } = await opta(['replay', 'nope.ndjson']);
      expect(code).toBe(1);
      expect(stderr).toContain('error[cannot-read] cannot read nope.ndjson (ENOENT)');
    });
  });
});

describe('a reader that goes away', () => {
  test.each([['schema'], ['explain k8s-service'], ['help'], ['init --recipe shop --yes --print']])(
    'opta %s | head -1 is no failure',
    async (line) => {
      await inProject({}, async ({ folder }) => {
        const script = `set -o pipefail; "$0" "$1" ${line} | head -1`;
        const child = spawn('bash', ['-c', script, process.execPath, bin], { cwd: folder });
        let [stdout, stderr] = ['', ''];
        child.stdout.on('data', (text) => (stdout += text));
        child.stderr.on('data', (text) => (stderr += text));
        const code = await new Promise((resolve) => child.on('close', resolve));
        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        expect(stdout.split('\n')).toHaveLength(2);
      });
    },
  );
});

test('no colour reaches a pipe, with or without NO_COLOR', async () => {
  await inProject({ 'opta.yaml': 'name: back\nmodules:\n  - type: nope\n' }, async ({ opta }) => {
    for (const env of [{}, { NO_COLOR: '1' }]) {
      const ran = await Promise.all([
        opta(['validate'], { env }),
        opta(['dev', 'down'], { env }),
        opta(['nope'], { env }),
      ]);
      for (const { stdout, stderr } of ran) expect(stdout + stderr).not.toContain('\u001b');
    }
  });
});

/** util-linux's `script` gives a command a terminal. */
const terminals = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') === true;
if (!terminals) console.log('no `script` of util-linux here: the test of colours on a terminal is skipped');

test.skipIf(!terminals)('a terminal gets colour, unless NO_COLOR is set', async () => {
  await inProject({ 'opta.yaml': 'name: back\nmodules:\n  - type: nope\n' }, async ({ folder }) => {
    const onTerminal = (env: Record<string, string>) => {
      const { NO_COLOR: _, FORCE_COLOR: __, ...rest } = process.env;
      const line = `'${process.execPath}' '${bin}' validate`;
      return spawnSync('script', ['-qec', line, '/dev/null'], {
        cwd: folder,
        env: { ...rest, TERM: 'xterm-256color', ...env },
        encoding: 'utf8',
      });
    };
    const [plain, coloured] = [onTerminal({ NO_COLOR: '1' }), onTerminal({})];
    expect([plain.status, coloured.status]).toEqual([1, 1]);
    expect(coloured.stdout).toContain('\u001b[31m');
    expect(plain.stdout).not.toContain('\u001b[3');
    expect(plain.stdout).toContain('error[unknown-module-type]');
  });
});
