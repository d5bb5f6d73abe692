/**
 * Compares `dev up --on kind` of the shop with a careful hand and with a bare cluster, alternating: medians, the critical
 * path, and whether a second `up` changes anything. `--rounds N`; `--slack 1.5` takes ratios up to half as much again.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { Event } from '../src/engine/event.ts';
import { readIndex } from '../src/platform/artifacts/index-file.ts';
import { nodeSystem } from '../src/system/node.ts';
import { kindMirror, makeKindProject, noKind, versionsIn } from '../test/support/kind-project.ts';
import { bareCluster, byHand, type Timed } from './support/by-hand.ts';
import { median } from './support/shop.ts';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, slack: { type: 'string', default: '1' } },
});
const rounds = Number(values.rounds);
const slack = Number(values.slack);
let over = 0;

const seconds = (ms: number) => `${(ms / 1000).toFixed(1).padStart(7)} s`;
const sum = (times: readonly Timed[]) => times.reduce((all, { ms }) => all + ms, 0);

function bar(title: string, figure: number, limit: number, unit = ''): void {
  const fine = figure <= limit * slack;
  if (!fine) over += 1;
  console.log(`${title.padEnd(60)} ${figure.toFixed(2).padStart(7)}${unit}  limit ${limit}${fine ? '' : '  OVER'}`);
}

if (noKind !== undefined) throw new Error(noKind);
const mirror = kindMirror();
const { images } = await readIndex(mirror);
const nodeImage = images.node?.ref ?? '';
const project = await makeKindProject();
const { network } = nodeSystem();

interface Up {
  readonly ms: number;
  readonly path: readonly { readonly id: string; readonly ms: number }[];
}

async function up(): Promise<Up> {
  const { code, stderr, ms, events } = await project.up();
  if (code !== 0) throw new Error(stderr);
  const { status, body } = await project.get('/api');
  if (status !== 200 || !body.includes('"products"')) throw new Error(`the shop answers ${status}: ${body}`);
  const end = events.find((event): event is Event & { type: 'end' } => event.type === 'end');
  return { ms, path: end?.criticalPath ?? [] };
}

async function down(...more: string[]): Promise<void> {
  const { code, stderr } = await project.opta(['dev', 'down', '--plain', ...more]);
  if (code !== 0) throw new Error(stderr);
}

const whole: Up[] = [];
const built: Up[] = [];
const again: Up[] = [];
const hand: (readonly Timed[])[] = [];
const bare: number[] = [];

/** From nothing; a second one that must change nothing; and once more with its images built. */
async function ours(): Promise<void> {
  whole.push(await up());
  const before = versionsIn(project);
  again.push(await up());
  if (versionsIn(project) !== before) throw new Error('a second up changed objects of the cluster');
  await down();
  built.push(await up());
  await down('--volumes');
}

async function theirs(): Promise<void> {
  const name = `by-hand-${process.pid}`;
  hand.push(await byHand({ project: project.folder, name, mirror, registryPort: await network.freePort() }));
}

async function nobodys(): Promise<void> {
  bare.push(await bareCluster(`bare-${process.pid}`, nodeImage, project.folder));
}

try {
  // Caches of builds, of the disk and of charts are warm for everyone.
  for (const module of ['api', 'data', 'web'])
    spawnSync('docker', ['build', `${project.folder}/services/${module}`], { stdio: 'ignore' });
  await nobodys();
  bare.length = 0;
  const turns = [ours, theirs, nobodys];
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < turns.length; turn += 1) await turns[(round + turn) % turns.length]?.();
  }
} finally {
  await project.remove();
}

const a = median(whole.map(({ ms }) => ms));
const b = median(hand.map(sum));
const c = median(bare);
const withBuilt = median(built.map(({ ms }) => ms));
console.log(`medians of ${rounds} rounds, in turn`);
console.log(`(a) opta dev up, from nothing                                ${seconds(a)}`);
console.log(`    the same with its images built                           ${seconds(withBuilt)}`);
console.log(`(b) by hand, one step after the other                        ${seconds(b)}`);
console.log(`(c) kind create cluster --wait 60s                           ${seconds(c)}`);
const typical = whole.find(({ ms }) => ms === a) ?? whole[0];
console.log('critical path of (a):');
for (const { id, ms } of typical?.path ?? []) console.log(`  ${id.padEnd(58)} ${seconds(ms)}`);
console.log('steps of (b), medians:');
for (const [at, { title }] of (hand[0] ?? []).entries())
  console.log(`  ${title.padEnd(58)} ${seconds(median(hand.map((times) => times[at]?.ms ?? 0)))}`);
bar('a / b', a / b, 0.85);
if (images['linkerd-controller'] === undefined) bar('a with its images built / c', withBuilt / c, 2);
bar('second up, unchanged, in seconds', median(again.map(({ ms }) => ms)) / 1000, 2, ' s');
process.exitCode = over === 0 ? 0 : 1;
