/** The built-in engine and a real one do the same with the same stack, where there is a real one on PATH. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { engineOf, missingPrograms } from '../../../scripts/support/promotion/engine.ts';
import { type CloudPlace, cloudPlace } from '../../support/cloud-stack.ts';
import { transcriptOf } from '../../support/engine-contract.ts';

const missing = missingPrograms();
if (missing.length > 0) console.log(`left out, there is no real engine: not on PATH: ${missing.join(', ')}`);
const folder = mkdtempSync(join(tmpdir(), 'opta-engine-'));
const places: CloudPlace[] = [];
afterAll(() => {
  for (const place of places) place.remove();
  rmSync(folder, { recursive: true, force: true });
});

const over = (...options: Parameters<typeof cloudPlace>): CloudPlace => {
  const place = cloudPlace(...options);
  places.push(place);
  return place;
};

test.skipIf(missing.length > 0)('preview to destroy, with faults and a kill', { timeout: 900_000 }, async () => {
  const real = await transcriptOf(over(engineOf('real', folder).env), { kind: 'real', command: 'pulumi' });
  const builtIn = await transcriptOf(over());
  for (const [at, [step, found]] of real.entries()) expect([step, builtIn[at]?.[1]]).toEqual([step, found]);
  expect(builtIn.map(([step]) => step)).toEqual(real.map(([step]) => step));
});
