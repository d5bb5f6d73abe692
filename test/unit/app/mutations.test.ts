import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatDiagnostics } from '../../../src/app/diagnostics.ts';
import { readApp } from '../../../src/app/read.ts';
import { InvalidInput } from '../../../src/errors.ts';
import { nodeSystem } from '../../../src/system/node.ts';
import { appOf } from '../../support/definitions.ts';
import { grounds, mutated, randomOf } from '../../support/mutations.ts';

test('the grounds themselves are valid', async () => {
  for (const text of grounds)
    expect((await appOf(text)).services.length + (await appOf(text)).modules.length).toBeGreaterThan(1);
});

test('200 damaged definitions each end in an App or in errors with places', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'opta-mutations-'));
  const random = randomOf(20_261_122);
  let refused = 0;
  try {
    for (let i = 0; i < 200; i++) {
      await writeFile(join(folder, 'opta.yaml'), mutated(grounds[i % grounds.length] as string, random));
      try {
        await readApp({ system: nodeSystem(), directory: folder, target: i % 3 === 0 ? 'aws' : 'process' });
      } catch (error) {
        if (!(error instanceof InvalidInput)) throw error;
        refused += 1;
        const errors = error.diagnostics.filter((d) => d.severity === 'error');
        expect(errors.length).toBeGreaterThan(0);
        for (const d of errors) expect(d.place?.line, d.message).toBeGreaterThan(0);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none may reach a terminal
        expect(formatDiagnostics(errors)).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
      }
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  expect(refused).toBeGreaterThan(100);
});
