/**
 * Disturbs rehearsed promotions of the shop in every way that cloud.md's table of failures names, goes on as a person would,
 * and compares the end with an undisturbed run's. `--engine built-in|real --cloud aws|gcp --kinds a,b --count N --seed S`;
 * `--count 0` takes every resource in turn, and `--from 0 --to 60` only those of a kind from the first to before the 61st.
 * Prints its figures; ends 1 on any difference.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { engineNames, engineOf, missingPrograms } from './support/promotion/engine.ts';
import { groundOf } from './support/promotion/ground.ts';
import { type CloudName, cloudNames } from './support/promotion/rehearsal.ts';
import type { Ended, Ground } from './support/promotion/trouble.ts';
import { troublesOf } from './support/promotion/troubles.ts';

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: 'built-in' },
    cloud: { type: 'string' },
    kinds: { type: 'string' },
    count: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    to: { type: 'string' },
  },
});

const name = engineNames.find((one) => one === values.engine);
if (name === undefined) throw new Error(`--engine takes ${engineNames.join(' or ')}`);
const missing = name === 'real' ? missingPrograms() : [];
if (missing.length > 0) {
  console.log(`left out: not on PATH: ${missing.join(', ')}`);
  process.exit(0);
}
const clouds = values.cloud === undefined ? cloudNames : cloudNames.filter((one) => one === values.cloud);
const kinds = values.kinds?.split(',');

interface Tally {
  runs: number;
  good: number;
  ms: number;
  struck: number;
}
const tallies = new Map<string, Tally>();
const folder = mkdtempSync(join(tmpdir(), 'opta-engine-'));
// An environment's processes load the same code some forty times.
process.env['NODE_COMPILE_CACHE'] ??= join(folder, 'compiled');
const engine = engineOf(name, folder);

async function onCloud(cloud: CloudName, ground: Ground): Promise<void> {
  const options = { engine, count: Number(values.count), seed: Number(values.seed), cloud };
  const [from, to] = [Number(values.from), Number(values.to ?? Number.POSITIVE_INFINITY)];
  const wanted = troublesOf(ground, options).filter(({ kind }) => !kinds || kinds.some((one) => kind.includes(one)));
  for (const { kind, title, run } of wanted.slice(from, to)) {
    const began = performance.now();
    const { history, problems, struck } = await run().catch(
      (error: Error): Ended => ({ history: [], problems: [error.stack ?? ''] }),
    );
    const ms = performance.now() - began;
    const tally = tallies.get(kind) ?? { runs: 0, good: 0, ms: 0, struck: 0 };
    tallies.set(kind, {
      runs: tally.runs + 1,
      good: tally.good + (problems.length === 0 ? 1 : 0),
      ms: tally.ms + ms,
      struck: tally.struck + (struck ?? 0),
    });
    const failed = struck === undefined ? '' : `${struck} creates failed; `;
    console.log(`${cloud} ${kind}: ${title}: ${failed}${history.join('; ')}; ${Math.round(ms / 1000)} s`);
    for (const problem of problems) console.log(`  FAILED ${problem}`);
  }
}

const began = performance.now();
const grounds: Ground[] = [];
try {
  for (const cloud of clouds) {
    const ground = await groundOf(cloud, engine);
    grounds.push(ground);
    console.log(`${cloud}: ${ground.urns.length} resources in the cloud, ${ground.undisturbed.length} in state`);
    await onCloud(cloud, ground);
  }
} finally {
  for (const { fresh, promoted } of grounds) for (const one of [fresh, promoted]) one.remove();
  rmSync(folder, { recursive: true, force: true });
}
console.log(`\nengine ${name}, seed ${values.seed}, ${clouds.join(delimiter)}`);
for (const [kind, { runs, good, ms, struck }] of tallies) {
  const failed = struck === 0 ? '' : `, ${struck} creates failed`;
  const each = `${Math.round(ms / runs / 1000)} s each`;
  console.log(`${String(good).padStart(4)} of ${String(runs).padEnd(4)} ${kind}${failed}, ${each}`);
}
const all = [...tallies.values()];
const [runs, good] = [all.reduce((sum, one) => sum + one.runs, 0), all.reduce((sum, one) => sum + one.good, 0)];
console.log(`${good} of ${runs} converged, ${Math.round((performance.now() - began) / 1000)} s`);
process.exitCode = good === runs && runs > 0 ? 0 : 1;
