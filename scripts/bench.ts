/** Prints the figures that the project promises, beside bare Node on the same machine. Exits 1 when one is over its limit. */
import { spawnSync } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { bin, get, makeShop, median, mustRun, opta, type Shop } from './support/shop.ts';

/** Limits are for a quiet machine; `--slack 1.5` takes figures up to half as much again. */
const slack = Number(parseArgs({ options: { slack: { type: 'string', default: '1' } } }).values.slack);
const rounds = 11;
const address = '/api/';
let over = 0;

function show(title: string, ms: number, limit?: number): void {
  const fine = limit === undefined || ms <= limit * slack;
  if (!fine) over += 1;
  const beside = limit === undefined ? '' : `  limit ${Math.round(limit)} ms${fine ? '' : '  OVER'}`;
  console.log(`${title.padEnd(62)} ${ms.toFixed(0).padStart(6)} ms${beside}`);
}

function wall(argv: readonly string[], cwd: string): number {
  const [file = '', ...args] = argv;
  const began = performance.now();
  const { status, stderr } = spawnSync(file, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - began;
}

/** Medians of commands run in turn, so that a busy moment hits all of them. */
function startUp(shop: Shop): void {
  const node = process.execPath;
  const kinds = { bare: [node, '-e', '0'], version: [node, bin, '--version'], validate: [node, bin, 'validate'] };
  const times: Record<keyof typeof kinds, number[]> = { bare: [], version: [], validate: [] };
  for (let round = 0; round < rounds; round++) {
    for (const name of ['bare', 'version', 'validate'] as const) times[name].push(wall(kinds[name], shop.folder));
  }
  const bare = median(times.bare);
  show(`node -e 0 (Node ${process.versions.node})`, bare);
  show('opta --version', median(times.version), 2 * bare);
  show('opta validate, in the shop', median(times.validate), 4 * bare);
}

async function firstAnswer(shop: Shop, began: number, done: () => boolean): Promise<number> {
  while (!done()) {
    const answer = await get(shop.httpsPort, address).catch(() => undefined);
    if (answer?.status === 200) return performance.now() - began;
    await sleep(15);
  }
  const answer = await get(shop.httpsPort, address);
  if (answer.status !== 200) throw new Error(`no 200 from ${address}: ${answer.status} ${answer.body}`);
  return performance.now() - began;
}

async function coldUp(shop: Shop): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    if (round > 0) await mustRun(['dev', 'down', '--volumes'], shop.folder);
    const began = performance.now();
    let ended = false;
    const up = mustRun(shop.up, shop.folder).finally(() => (ended = true));
    const [ms] = await Promise.all([firstAnswer(shop, began, () => ended), up]);
    times.push(ms);
  }
  show('dev up of the shop, no database yet, to the first 200', median(times), 4000);
  const again: number[] = [];
  for (let round = 0; round < 5; round++) {
    const second = await mustRun([...shop.up, '--json'], shop.folder);
    if (!second.output.includes('"outcome":"unchanged"'))
      throw new Error(`a second up changed something:\n${second.output}`);
    again.push(second.ms);
  }
  show('a second dev up, unchanged', median(again), 1000);
}

/** Milliseconds after which an edit counts as lost. */
const lostAfter = 30_000;

/** A client that sends 50 requests a second; every answer must be a 200. */
function users(shop: Shop) {
  let [sent, failed, stop] = [0, 0, false];
  /** What the last answers said of the edit, newest last. */
  const seen: (string | undefined)[] = [];
  const pending: Promise<void>[] = [];
  const client = (async () => {
    for (let next = performance.now(); !stop; next += 20) {
      await sleep(Math.max(0, next - performance.now()));
      sent += 1;
      pending.push(
        get(shop.httpsPort, address).then(
          ({ status, headers }) => {
            if (status !== 200) failed += 1;
            seen.push(headers['x-edit']?.toString());
          },
          () => {
            failed += 1;
          },
        ),
      );
    }
  })();
  const until = async (what: string, is: () => boolean): Promise<void> => {
    const end = performance.now() + lostAfter;
    for (; !is(); await sleep(5))
      if (performance.now() > end) throw new Error(`${what}: not within ${lostAfter / 1000} s`);
  };
  return {
    sent: () => sent,
    failed: () => failed,
    /** Resolves when an answer has come from the code of that edit. */
    see: (edit: string) => until(`edit ${edit} is served`, () => seen.includes(edit)),
    /** Resolves when half a second long all have. */
    settle: (edit: string) =>
      until(`edit ${edit} is served alone`, () => seen.length > 25 && seen.slice(-25).every((one) => one === edit)),
    async end(): Promise<void> {
      stop = true;
      await client;
      await Promise.all(pending);
    },
  };
}

/** Edits a source file three times under load. */
async function roll(shop: Shop): Promise<void> {
  const file = join(shop.folder, 'services', 'api', 'src', 'http.ts');
  const before = await readFile(file, 'utf8');
  const place = /createServer\([^{]*\{\n/;
  if (!place.test(before)) throw new Error(`${file} no longer has the place that this script edits`);
  const load = users(shop);
  await sleep(1000);
  const times: number[] = [];
  for (const edit of ['1', '2', '3']) {
    const mark = `    response.setHeader('x-edit', '${edit}');\n`;
    await writeFile(
      file,
      before.replace(place, (found) => found + mark),
    );
    const edited = performance.now();
    await load.see(edit);
    times.push(performance.now() - edited);
    await load.settle(edit);
  }
  await load.end();
  await writeFile(file, before);
  console.log(`roll: ${load.sent()} requests at 50 a second, ${load.failed()} failed`);
  if (load.failed() > 0) over += 1;
  show('from an edit to the first new answer', median(times), 1000);
}

console.log(`Node ${process.versions.node}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, medians`);
const shop = await makeShop();
try {
  startUp(shop);
  await coldUp(shop);
  await roll(shop);
} finally {
  await opta(['dev', 'down', '--volumes'], shop.folder);
  await rm(shop.folder, { recursive: true, force: true });
}
process.exitCode = over === 0 ? 0 : 1;
