/** Reads 2,000 damaged definitions in one process: each must end in an App or in errors with places. Prints figures; `fuzz-language.ts [count] [seed]`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatDiagnostics } from '../src/app/diagnostics.ts';
import { readApp } from '../src/app/read.ts';
import { InvalidInput } from '../src/errors.ts';
import { nodeSystem } from '../src/system/node.ts';
import { grounds, mutated, randomOf } from '../test/support/mutations.ts';

const count = Number(process.argv[2] ?? 2000);
const seed = Number(process.argv[3] ?? 1);
const random = randomOf(seed);
const folder = await mkdtemp(join(tmpdir(), 'opta-fuzz-'));
const file = join(folder, 'opta.yaml');
const figures = { accepted: 0, refused: 0, withoutPlace: 0, thrown: 0, slowestMs: 0 };
const codes = new Map<string, number>();
const began = performance.now();

for (let i = 0; i < count; i++) {
  const bytes = mutated(grounds[i % grounds.length] as string, random);
  await writeFile(file, bytes);
  const start = performance.now();
  try {
    await readApp({ system: nodeSystem(), directory: folder, target: i % 3 === 0 ? 'aws' : 'process' });
    figures.accepted += 1;
  } catch (error) {
    if (error instanceof InvalidInput) {
      figures.refused += 1;
      formatDiagnostics(error.diagnostics, { color: true });
      const errors = error.diagnostics.filter((d) => d.severity === 'error');
      if (errors.length === 0 || errors.some((d) => d.place === undefined)) figures.withoutPlace += 1;
      for (const d of errors) codes.set(d.code, (codes.get(d.code) ?? 0) + 1);
    } else {
      figures.thrown += 1;
      console.error(`mutation ${i} of seed ${seed}:`, error, `\n${new TextDecoder().decode(bytes)}`);
    }
  }
  figures.slowestMs = Math.max(figures.slowestMs, Math.round(performance.now() - start));
}

await rm(folder, { recursive: true, force: true });
console.log(
  JSON.stringify(
    {
      count,
      seed,
      ...figures,
      totalMs: Math.round(performance.now() - began),
      codes: Object.fromEntries([...codes].sort((a, b) => b[1] - a[1])),
    },
    null,
    2,
  ),
);
if (figures.thrown + figures.withoutPlace > 0) process.exitCode = 1;
