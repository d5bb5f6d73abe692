import { existsSync } from 'node:fs';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  askAll,
  askOne,
  type Check,
  failed,
  isSound,
  mend,
  ok,
  skipped,
  type Verdict,
} from '../../../src/engine/check.ts';
import { nodeSystem } from '../../../src/system/node.ts';

const system = nodeSystem();
const { signal } = new AbortController();

const check = (id: string, ask: () => Verdict | Promise<Verdict>, severity: Check['severity'] = 'fatal'): Check => ({
  id,
  category: 'test',
  title: `${id} is true`,
  severity,
  ask: async () => ask(),
});

test('all are asked at once, and told in their order', async () => {
  let waiting = 0;
  let release = () => {};
  const together = new Promise<void>((resolve) => (release = resolve));
  const slow = (id: string) =>
    check(id, async () => {
      waiting += 1;
      if (waiting === 2) release();
      await together;
      return ok();
    });
  expect((await askAll([slow('a'), slow('b')], system)).map((one) => one.check.id)).toEqual(['a', 'b']);
});

test('a check that throws has failed, with what it threw', async () => {
  const { verdict } = await askOne(
    check('broken', () => {
      throw new Error('no such thing');
    }),
    system,
  );
  expect(verdict).toEqual({ state: 'failed', says: 'could not be checked: no such thing' });
});

describe('the machine is sound', () => {
  test.each([
    ['when all is true or skipped', [check('a', () => ok()), check('b', () => skipped('not asked'))], true],
    ['when only a warning failed', [check('a', () => failed('low'), 'warning')], true],
    ['not when a fatal one failed', [check('a', () => ok()), check('b', () => failed('gone'))], false],
  ])('%s', async (_, checks, sound) => {
    expect(isSound(await askAll(checks, system))).toBe(sound);
  });
});

describe('mending', () => {
  test('shows each command before it runs, runs them in order, and asks only that check again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'opta-mend-'));
    const file = join(folder, 'mended');
    const append = (text: string) => [
      process.execPath,
      '-e',
      `require('fs').appendFileSync(${JSON.stringify(file)}, '${text}')`,
    ];
    let asked = 0;
    const checks = [
      check('whole', () => {
        asked += 1;
        return ok();
      }),
      check('broken', () => (existsSync(file) ? ok('mended') : failed('gone', append('1'), append('2')))),
    ];
    const told: unknown[] = [];
    const after = await mend(await askAll(checks, system), system, signal, (argv, failure) => {
      told.push([argv, failure, existsSync(file)]);
    });
    expect(told).toEqual([
      [append('1'), undefined, false],
      [append('2'), undefined, true],
    ]);
    expect(await readFile(file, 'utf8')).toBe('12');
    expect(after.map(({ verdict }) => verdict)).toEqual([ok(), ok('mended')]);
    expect(asked).toBe(1);
  });

  test('tells of a command that failed, and of one that is not there; the verdict stays', async () => {
    const bad = [process.execPath, '-e', 'process.exit(3)'];
    const all = await askAll([check('broken', () => failed('gone', bad, ['/nowhere/opta-mend']))], system);
    const told: (string | undefined)[] = [];
    const after = await mend(all, system, signal, (_, failure) => told.push(failure));
    expect(told).toEqual([undefined, 'code 3', undefined, expect.stringContaining('ENOENT')]);
    expect(isSound(after)).toBe(false);
  });

  test('stops before the next command when it is aborted', async () => {
    const all = await askAll([check('broken', () => failed('gone', [process.execPath, '--version']))], system);
    await expect(mend(all, system, AbortSignal.abort(new Error('stop')), () => {})).rejects.toThrow('stop');
  });
});
