/** What the built-in engine says to who asks it through a pipe. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from '../../support/cli.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'opta-answers-'));
  writeFileSync(join(folder, 'Pulumi.yaml'), 'name: answers\nruntime: nodejs\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Reads what it says only after a moment, as a busy reader does. */
async function pulumi(words: readonly string[], input = ''): Promise<string> {
  const argv = [join(root, 'src', 'cloud-process.ts'), 'pulumi', ...words, '--stack', 'big'];
  const env = { ...process.env, PULUMI_BACKEND_URL: `file://${folder}/state`, PULUMI_CONFIG_PASSPHRASE: 'word' };
  const child = spawn(process.execPath, argv, { cwd: folder, env, stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve, reject) => child.on('error', reject).on('exit', resolve));
  child.stdin.end(input);
  await Promise.race([ended, sleep(3000)]);
  const said = await text(child.stdout);
  expect(await ended, words.join(' ')).toBe(0);
  return said;
}

test('is whole, however much a pipe holds', async () => {
  const large = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`answers:key-${i}`, 'x'.repeat(10_000)]));
  await pulumi(['stack', 'init', 'big']);
  await pulumi(['config', 'set-all'], JSON.stringify(large));
  const shown = JSON.parse(await pulumi(['config', '--show-secrets'])) as Record<string, { value: string }>;
  expect(Object.values(shown).map(({ value }) => value.length)).toEqual(Array.from({ length: 200 }, () => 10_000));
});
