/**
 * Kills the supervisor with SIGKILL at random moments (while it comes up, runs, goes down) and checks that the next `up`
 * converges, that the data is there, and that no orphan is left. `--count N --seed S`; records its figures.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seeded } from './support/random.ts';
import { type Ended, makeShop, mustRun, opta, post, type Shop } from './support/shop.ts';

const { values } = parseArgs({
  options: { count: { type: 'string', default: '20' }, seed: { type: 'string', default: '1' } },
});
const count = Number(values.count);
const random = seeded(Number(values.seed));

interface Ledger {
  readonly supervisor: { readonly pid: number };
  readonly processes: readonly { readonly pid: number }[];
}

function ledgerOf(shop: Shop): Ledger | undefined {
  const file = join(shop.folder, '.opta', 'run.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Ledger) : undefined;
}

/** Pids whose environment bears the project's mark: everything that opta started for it, and all their children. */
function marked(shop: Shop): readonly number[] {
  const mark = `OPTA_PROJECT=${createHash('sha256').update(realpathSync(shop.folder)).digest('hex').slice(0, 20)}`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark);
      } catch {
        return false;
      }
    });
}

const groupOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[2]);
const sessionOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[3]);
const parentOf = (pid: number): number =>
  Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);

/** Marked processes that belong to nothing in the ledger, neither by group nor by parentage. */
function orphans(shop: Shop): readonly number[] {
  const known = new Set(ledgerOf(shop)?.processes.map(({ pid }) => pid));
  return marked(shop).filter((pid) => {
    try {
      return ![groupOf(pid), sessionOf(pid), parentOf(pid)].some((id) => known.has(id));
    } catch {
      return false;
    }
  });
}

/** What is still there after a while: what is about to end is no orphan. */
async function lasting(found: () => readonly number[]): Promise<readonly number[]> {
  for (const end = performance.now() + 10_000; performance.now() < end; await sleep(50))
    if (found().length === 0) break;
  return found();
}

function killSupervisor(shop: Shop): string {
  const pid = ledgerOf(shop)?.supervisor.pid;
  if (pid === undefined) return 'none there yet';
  try {
    process.kill(pid, 'SIGKILL');
    return 'killed';
  } catch {
    return 'ended already';
  }
}

type Phase = 'up' | 'running' | 'down';

/** Runs one phase and kills within it; resolves when the command, if any, has ended. */
async function strike(
  shop: Shop,
  phase: Phase,
): Promise<{ readonly after: number; readonly what: string; readonly ended?: Ended }> {
  const longest = { up: 2500, running: 1000, down: 500 }[phase];
  const after = Math.round(random() * longest);
  if (phase === 'running') {
    await sleep(after);
    return { after, what: killSupervisor(shop) };
  }
  const command = opta(phase === 'up' ? shop.up : ['dev', 'down'], shop.folder);
  await sleep(after);
  const what = killSupervisor(shop);
  return { after, what, ended: await command };
}

async function orders(shop: Shop): Promise<number> {
  const answer = await post(shop.httpsPort, '/api/orders', { productId: 1, quantity: 1 });
  const { orderId } = JSON.parse(answer.body) as { orderId?: number };
  if (orderId === undefined) throw new Error(`no order was taken: ${answer.status} ${answer.body}`);
  return orderId;
}

const shop = await makeShop();
const began = performance.now();
let failures = 0;
try {
  await mustRun(shop.up, shop.folder);
  let last = await orders(shop);
  for (let round = 1; round <= count; round++) {
    const phase = (['up', 'running', 'down'] as const)[Math.floor(random() * 3)] ?? 'up';
    if (phase === 'up') await mustRun(['dev', 'down'], shop.folder);
    const { after, what, ended } = await strike(shop, phase);
    const up = await opta(shop.up, shop.folder);
    const problems: string[] = [];
    if (up.code !== 0) problems.push(`the next up ended with ${up.code}:\n${up.output}`);
    else {
      const next = await orders(shop);
      if (next <= last) problems.push(`order ${next} after order ${last}: data is gone`);
      last = next;
    }
    const left = await lasting(() => orphans(shop));
    if (left.length > 0) problems.push(`orphans: ${left.join(', ')}`);
    failures += problems.length > 0 ? 1 : 0;
    const command = ended ? `, its command ended with ${ended.code}` : '';
    console.log(
      `${String(round).padStart(2)} ${phase} after ${after} ms: ${what}${command}; next up ${Math.round(up.ms)} ms${problems.length > 0 ? ` FAILED ${problems.join('; ')}` : ''}`,
    );
  }
  await mustRun(['dev', 'down', '--volumes'], shop.folder);
  const left = await lasting(() => marked(shop));
  if (left.length > 0 || ledgerOf(shop)) {
    failures += 1;
    console.log(
      `after the last down: processes ${left.join(', ') || 'none'}, ledger ${ledgerOf(shop) ? 'there' : 'gone'}`,
    );
  }
} finally {
  await opta(['dev', 'down', '--volumes'], shop.folder);
  rmSync(shop.folder, { recursive: true, force: true });
}
console.log(
  `${count - failures} of ${count} converged with their data and without orphans, ${Math.round((performance.now() - began) / 1000)} s`,
);
process.exitCode = failures === 0 ? 0 : 1;
