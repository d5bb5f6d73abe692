/** Measures validating, resolving and planning 250 to 4,000 generated services in one process: milliseconds of wall and CPU time, best of three. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readApp } from '../src/app/read.ts';
import { nodeSystem } from '../src/system/node.ts';
import { planUp } from '../src/targets/process/plan/up.ts';
import { largeLayer } from '../test/support/large.ts';
import { situationOf } from '../test/support/situation.ts';

const folder = await mkdtemp(join(tmpdir(), 'opta-bench-'));
for (const services of [250, 500, 1000, 2000, 4000]) {
  await writeFile(join(folder, 'opta.yaml'), largeLayer(services));
  let best = { wallMs: Number.POSITIVE_INFINITY, cpuMs: Number.POSITIVE_INFINITY };
  for (let round = 0; round < 3; round++) {
    const cpu = process.cpuUsage();
    const began = performance.now();
    const app = await readApp({ system: nodeSystem(), directory: folder, target: 'process' });
    planUp(app, situationOf(app));
    const used = process.cpuUsage(cpu);
    const cpuMs = (used.user + used.system) / 1000;
    best = { wallMs: Math.min(best.wallMs, performance.now() - began), cpuMs: Math.min(best.cpuMs, cpuMs) };
  }
  console.log(JSON.stringify({ services, wallMs: Math.round(best.wallMs), cpuMs: Math.round(best.cpuMs) }));
}
await rm(folder, { recursive: true, force: true });
