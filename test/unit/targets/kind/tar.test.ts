import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tarOf } from '../../../../src/targets/kind/tar.ts';

const hasTar = spawnSync('tar', ['--version']).status === 0;

test.skipIf(!hasTar)('tar takes out what went in: empty, whole blocks, long names, modes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'opta-tar-'));
  try {
    const long = `deep/${'a'.repeat(90)}/${'ü'.repeat(60)}.txt`;
    const files: Readonly<Record<string, string>> = {
      'app/empty': '',
      'app/block': 'x'.repeat(512),
      [long]: 'long',
      'app/run.sh': '#!/bin/sh',
    };
    const entries = Object.entries(files).map(([name, text]) => ({
      name,
      content: Buffer.from(text),
      mode: name.endsWith('.sh') ? 0o755 : 0o644,
    }));
    const done = spawnSync('tar', ['-x', '-f', '-', '-C', folder], { input: tarOf(entries), encoding: 'utf8' });
    expect(done.stderr).toBe('');
    for (const [name, text] of Object.entries(files)) expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
    expect(statSync(join(folder, 'app/run.sh')).mode & 0o777).toBe(0o755);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
