/** Measures validating, resolving and planning 250 to 4,000 generated services in one process, and refusing as many faulty ones: milliseconds of wall and CPU time, best of three. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readApp } from '../src/app/read.ts';
import { InvalidInput } from '../src/errors.ts';
import { nodeSystem } from '../src/system/node.ts';
import { planUp } from '../src/targets/process/plan/up.ts';
import { faultyLayer, largeLayer } from '../test/support/large.ts';
import { situationOf } from '../test/support/situation.ts';

const folder = await mkdtemp(join(tmpdir(), 'opta-bench-'));

async function refuse(): Promise<void> {
  try {
    await readApp({ system: nodeSystem(), directory: folder, target: 'process' });
  } catch (error) {
    if (error instanceof InvalidInput) return;
    throw error;
  }
  throw new Error('the faulty layer was accepted');
}

async function plan(): Promise<void> {
  const app = await readApp({ system: nodeSystem(), directory: folder, target: 'process' });
  planUp(app, situationOf(app));
}

for (const { input, text, run } of [
  { input: 'correct', text: largeLayer, run: plan },
  { input: 'faulty', text: faultyLayer, run: refuse },
]) {
  for (const services of [250, 500, 1000, 2000, 4000]) {
    await writeFile(join(folder, 'opta.yaml'), text(services));
    let best = { wallMs: Number.POSITIVE_INFINITY, cpuMs: Number.POSITIVE_INFINITY };
    for (let round = 0; round < 3; round++) {
      const cpu = process.cpuUsage();
      const began = performance.now();
      await run();
      const used = process.cpuUsage(cpu);
      const cpuMs = (used.user + used.system) / 1000;
      best = { wallMs: Math.min(best.wallMs, performance.now() - began), cpuMs: Math.min(best.cpuMs, cpuMs) };
    }
    console.log(JSON.stringify({ input, services, wallMs: Math.round(best.wallMs), cpuMs: Math.round(best.cpuMs) }));
  }
}
await rm(folder, { recursive: true, force: true });
