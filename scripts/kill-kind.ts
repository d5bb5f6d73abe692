/**
 * Ends `dev up --on kind` at random moments, by Ctrl-C or kill -9, and checks that the next `up` converges and that at last
 * nothing is left: no container, network, volume, process, file or kubeconfig entry. `--count N --seed S --record FILE`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type KindProject, makeKindProject, noKind } from '../test/support/kind-project.ts';
import { seeded } from './support/random.ts';
import { median } from './support/shop.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    record: { type: 'string' },
  },
});
const random = seeded(Number(values.seed));

interface Round {
  readonly round: number;
  readonly signal: 'SIGINT' | 'SIGKILL';
  /** Milliseconds after the start of `up`. */
  readonly after: number;
  /** What `up` was at. */
  readonly during: readonly string[];
  /** Of the killed `up`: exit code; null when the signal ended it, undefined when it had ended before. */
  readonly code: number | null;
  /** Milliseconds of the next `up`. */
  readonly next: number;
  readonly problems: readonly string[];
}

/** Steps that ran when the output ended. */
function running(stdout: string): readonly string[] {
  const open = new Set<string>();
  for (const line of stdout.split('\n')) {
    // The last line may be cut short.
    if (!line.startsWith('{"at"') || !line.endsWith('}')) continue;
    const event = JSON.parse(line) as { type: string; id: string; state: string };
    if (event.type !== 'step') continue;
    if (event.state === 'running') open.add(event.id);
    else open.delete(event.id);
  }
  return [...open];
}

/** Names of the anonymous volumes of the project's containers. */
function volumesOf({ kind }: KindProject): readonly string[] {
  const { stdout: ids } = spawnSync('docker', ['ps', '--all', '--quiet', '--filter', `name=${kind.name}`], {
    encoding: 'utf8',
  });
  const names = ids.split('\n').filter(Boolean);
  if (names.length === 0) return [];
  const format = '{{range .Mounts}}{{.Name}} {{end}}';
  const { stdout } = spawnSync('docker', ['inspect', '--format', format, ...names], { encoding: 'utf8' });
  return stdout.split(/\s+/).filter(Boolean);
}

/** Processes of this machine, not of the nodes, that name the project. */
function processesOf({ kind, folder }: KindProject): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const said = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        const isOurs = /^\S*(node|kind|docker|helm|kubectl)\s/.test(said);
        return isOurs && (said.includes(kind.name) || said.includes(folder)) ? [`process ${pid} ${said}`] : [];
      } catch {
        return [];
      }
    });
}

async function rows(project: KindProject): Promise<string | undefined> {
  const { status, body } = await project.get('/api');
  const { products } = (status === 200 ? JSON.parse(body) : {}) as { products?: readonly unknown[] };
  return products && products.length > 0 ? undefined : `the shop answers ${status}: ${body.slice(0, 200)}`;
}

async function strike(project: KindProject, round: number, longest: number): Promise<Round> {
  const signal = random() < 0.5 ? 'SIGINT' : 'SIGKILL';
  const after = Math.round(random() * longest);
  const ports = ['--https-port', String(project.httpsPort), '--http-port', String(project.httpPort)];
  const up = project.start(['dev', 'up', '--detach', '--json', ...ports]);
  await Promise.race([sleep(after), up.ended]);
  const { pid = 0, exitCode } = up.child;
  // A terminal sends Ctrl-C to the whole group; kill -9 hits one process.
  if (exitCode === null) process.kill(signal === 'SIGINT' ? -pid : pid, signal);
  const { code } = await up.ended;
  const next = await project.up();
  const trouble = next.code === 0 ? await rows(project) : `the next up ended with ${next.code}:\n${next.stderr}`;
  const during = running(up.stdout());
  return { round, signal, after, during, code, next: next.ms, problems: trouble === undefined ? [] : [trouble] };
}

if (noKind !== undefined) throw new Error(noKind);
const project = await makeKindProject();
const theirs = join(project.folder, 'their-kubeconfig');
process.env['KUBECONFIG'] = theirs;
const began = performance.now();
const rounds: Round[] = [];
const volumes = new Set<string>();
let last: readonly string[] = [];
let first = 0;
try {
  const cold = await project.up();
  if (cold.code !== 0) throw new Error(cold.stderr);
  first = cold.ms;
  for (let round = 1; round <= Number(values.count); round += 1) {
    for (const name of volumesOf(project)) volumes.add(name);
    const down = await project.opta(['dev', 'down', '--plain']);
    if (down.code !== 0) throw new Error(down.stderr);
    const struck = await strike(project, round, first);
    rounds.push(struck);
    const { signal, after, during, code, next, problems } = struck;
    console.log(
      `${String(round).padStart(2)} ${signal} after ${after} ms, at ${during.join(' ') || 'nothing'}, ended with ${code}; ` +
        `next up ${Math.round(next)} ms${problems.length > 0 ? ` FAILED ${problems.join('; ')}` : ''}`,
    );
  }
  for (const name of volumesOf(project)) volumes.add(name);
  const down = await project.opta(['dev', 'down', '--volumes', '--plain']);
  const there = spawnSync('docker', ['volume', 'ls', '--quiet'], { encoding: 'utf8' }).stdout.split('\n');
  last = [
    ...(down.code === 0 ? [] : [`down ended with ${down.code}: ${down.stderr}`]),
    ...project.leftovers(),
    ...there.filter((name) => volumes.has(name)).map((name) => `volume ${name}`),
    ...processesOf(project),
    ...(existsSync(theirs) ? [`a kubeconfig of the user at ${theirs}`] : []),
  ];
} finally {
  await project.remove();
}
const well = rounds.filter(({ problems }) => problems.length === 0).length;
for (const left of last) console.log(`left behind: ${left}`);
const seconds = Math.round((performance.now() - began) / 1000);
const again = Math.round(median(rounds.map(({ next }) => next)));
console.log(
  `${well} of ${rounds.length} converged, ${last.length} left behind; first up ${Math.round(first)} ms, next up ${again} ms in the median, ${seconds} s`,
);
if (values.record !== undefined)
  writeFileSync(
    values.record,
    `${JSON.stringify({ seed: Number(values.seed), first, rounds, left: last }, undefined, 2)}\n`,
  );
process.exitCode = well === rounds.length && last.length === 0 ? 0 : 1;
