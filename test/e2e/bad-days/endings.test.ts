/** The ways a run ends that nobody planned: Ctrl-C at any moment, a closed terminal, kill -9 of each part. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import type { Status } from '../../../src/targets/process/status.ts';
import { type Bin, type BinProject, layer, makeBinProject } from '../../support/bin-project.ts';

let project: BinProject;

afterEach(() => project.remove());

const foreground = () => [
  'dev',
  'up',
  '--https-port',
  String(project.httpsPort),
  '--http-port',
  String(project.httpPort),
];

/** In a pseudo-terminal of its own, from util-linux; keys typed to its input go through the terminal's line discipline. */
const quote = (text: string) => `'${text}'`;
// `exec`: a shell that stays would get the interrupt too, and end with 130 whatever its command says.
const inTerminal = (argv: readonly string[]) => ['script', '-qefc', `exec ${argv.map(quote).join(' ')}`, '/dev/null'];

function onTerminal(more: readonly string[] = []): Bin {
  return project.start([...foreground(), ...more], { through: inTerminal, env: { TERM: 'xterm-256color' } });
}

const press = (run: Bin, key: string) => run.child.stdin?.write(key);
const ctrlC = '\x03';

/** Milliseconds, many times what it takes: how long it takes is measured by the benchmarks. */
const generous = 60_000;

async function nothingLeft(): Promise<void> {
  await expect.poll(() => project.leftovers()).toEqual([]);
}

const slowToStart = `
setTimeout(() => import('node:http').then(({ createServer }) => createServer((q, r) => r.end('late')).listen(process.env.PORT)), 60000);
process.on('SIGTERM', () => process.exit(0));
`;

const slowToStop = `
import { createServer } from 'node:http';
createServer((q, r) => r.end('slow')).listen(process.env.PORT, '127.0.0.1');
process.on('SIGTERM', () => console.log('not yet'));
`;

describe.each([
  ['on the screen', []],
  ['in lines', ['--plain']],
])('Ctrl-C %s', (_, more) => {
  test('while everything runs stops cleanly', async () => {
    project = await makeBinProject(layer());
    const run = onTerminal(more);
    await run.says('Up in');
    const began = performance.now();
    press(run, ctrlC);
    const { code } = await run.ended;
    console.log('stopped', Math.round(performance.now() - began));
    expect(code).toBe(0);
    expect(performance.now() - began).toBeLessThan(generous);
    expect(await project.leftovers()).toEqual([]);
  });

  test('while a service starts takes everything back and ends with 130', async () => {
    project = await makeBinProject(layer(), slowToStart);
    const run = onTerminal(more);
    await run.says(/starting/);
    const began = performance.now();
    press(run, ctrlC);
    const { code } = await run.ended;
    console.log('taken back', Math.round(performance.now() - began));
    expect(code).toBe(130);
    expect(performance.now() - began).toBeLessThan(generous);
    expect(await project.leftovers()).toEqual([]);
  });

  test('twice does not wait for a service that will not stop', async () => {
    project = await makeBinProject(layer(), slowToStop);
    const run = onTerminal(more);
    await expect.poll(() => project.get().catch(() => '')).toBe('slow');
    await run.says(/https:\/\/bad\.localhost/);
    press(run, ctrlC);
    await run.says(/stopping/);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(run.child.exitCode).toBe(null);
    const began = performance.now();
    press(run, ctrlC);
    await run.ended;
    console.log('forced', Math.round(performance.now() - began));
    // Without force the service would have had 15 s.
    expect(performance.now() - began).toBeLessThan(13_000);
    expect(await project.leftovers()).toEqual([]);
  });
});

test.each([20, 120, 250, 400, 600, 900])('SIGINT %d ms after the start leaves nothing', async (ms) => {
  project = await makeBinProject(layer());
  const run = project.start([...foreground(), '--plain']);
  await new Promise((resolve) => setTimeout(resolve, ms));
  run.child.kill('SIGINT');
  const { code, signal, stderr } = await run.ended;
  // Before there is anything to take back, the signal itself may end it.
  expect([0, 130, null], stderr).toContain(code);
  if (code === null) expect(signal).toBe('SIGINT');
  expect(stderr).not.toContain('bug');
  await nothingLeft();
});

test('Ctrl-C during up --detach takes back what it brought', async () => {
  project = await makeBinProject(layer(), slowToStart);
  const run = project.start([...foreground(), '--detach', '--plain']);
  await run.says(/bad\/web starting/);
  run.child.kill('SIGINT');
  expect((await run.ended).code).toBe(130);
  await nothingLeft();
});

test.each(['SIGHUP', 'SIGTERM'] as const)('%s of a foreground run stops everything', async (signal) => {
  project = await makeBinProject(layer());
  const run = project.start([...foreground(), '--plain']);
  await run.says('Up in');
  run.child.kill(signal);
  await run.ended;
  await nothingLeft();
});

test('a closed terminal stops everything', async () => {
  project = await makeBinProject(layer());
  const run = onTerminal();
  await expect.poll(() => project.get().catch(() => '')).toContain('pid');
  run.child.kill('SIGKILL');
  await nothingLeft();
});

test('kill -9 of the foreground command stops everything', async () => {
  project = await makeBinProject(layer());
  const run = project.start([...foreground(), '--plain']);
  await run.says('Up in');
  run.child.kill('SIGKILL');
  await nothingLeft();
});

test.each(['state folder', 'supervisor', 'bad/web starting'])(
  'kill -9 of up --detach after "%s": up converges',
  async (said) => {
    project = await makeBinProject(layer());
    const run = project.start([...foreground(), '--detach', '--plain']);
    await run.says(said);
    run.child.kill('SIGKILL');
    const { code, stderr } = await project.up();
    expect(code, stderr).toBe(0);
    expect(await project.get()).toContain('pid');
    await project.down();
    expect(await project.leftovers()).toEqual([]);
  },
);

async function status(): Promise<Status> {
  return JSON.parse((await project.opta(['dev', 'status', '--json'])).stdout) as Status;
}

test('kill -9 of the supervisor: a foreground run says so and leaves nothing', async () => {
  project = await makeBinProject(layer('    min_containers: 2\n'));
  const run = project.start([...foreground(), '--plain']);
  await run.says('Up in');
  process.kill((await status()).supervisor.pid, 'SIGKILL');
  const { stderr, code, ms } = await run.ended;
  console.log('supervisor killed, code', code, Math.round(ms), stderr.slice(-600));
  expect(stderr).toContain('error[supervisor-ended]');
  expect(stderr).toContain('opta dev up');
  expect(code).toBe(1);
  await nothingLeft();
});

test('kill -9 of the supervisor: status, logs and exec tell the truth, and up converges', async () => {
  project = await makeBinProject(layer('    min_containers: 2\n'));
  await project.up();
  process.kill((await status()).supervisor.pid, 'SIGKILL');
  for (const args of [['status'], ['env'], ['exec', 'web', '--', 'true']]) {
    const { code, stderr } = await project.opta(['dev', ...args]);
    expect({ code, told: stderr.includes('error[nothing-runs]') }).toEqual({ code: 1, told: true });
  }
  const { code, events } = await project.up();
  expect(code).toBe(0);
  expect(events.some((event) => event.type === 'note' && /processes of a killed run/.test(event.why))).toBe(true);
  expect(await project.get()).toContain('pid');
  await expect.poll(() => project.pids().length).toBe(4);
  await project.down();
  expect(await project.leftovers()).toEqual([]);
});

test('kill -9 of the supervisor: down and prune each clean what is left', async () => {
  project = await makeBinProject(layer());
  for (const command of ['down', 'prune']) {
    await project.up();
    process.kill((await status()).supervisor.pid, 'SIGKILL');
    expect((await project.opta(['dev', command, '--plain'])).code).toBe(0);
    expect(await project.leftovers()).toEqual([]);
  }
});

test('kill -9 of the data plane: it comes back on its ports with its routes', async () => {
  project = await makeBinProject(layer());
  await project.up();
  const plane = (await status()).services.find(({ service }) => service === 'opta/data-plane');
  process.kill(plane?.replicas[0]?.pid ?? 0, 'SIGKILL');
  const began = performance.now();
  await expect.poll(() => project.get().catch(() => ''), { interval: 20 }).toContain('pid');
  console.log('data plane back', Math.round(performance.now() - began));
  expect((await status()).services.find(({ service }) => service === 'opta/data-plane')?.restarts).toBe(1);
});

test('kill -9 of one replica: the other answers every request, and it comes back', async () => {
  project = await makeBinProject(layer('    min_containers: 2\n'));
  await project.up();
  const pids = async () =>
    (await status()).services.find(({ service }) => service === 'bad/web')?.replicas.map(({ pid }) => pid ?? 0) ?? [];
  const [first = 0] = await pids();
  process.kill(first, 'SIGKILL');
  const answers = [];
  for (let n = 0; n < 25; n++) answers.push(await project.get().then(() => 'ok', String));
  expect(new Set(answers)).toEqual(new Set(['ok']));
  await expect.poll(pids).not.toContain(first);
  expect((await project.opta(['dev', 'status', '--wait'])).code).toBe(0);
});

const crashing = `
import { createServer } from 'node:http';
createServer((q, r) => { r.end('bye'); setTimeout(() => { console.error('out of luck'); process.exit(7); }, 50); }).listen(process.env.PORT, '127.0.0.1');
`;

test('a service that crashes after it was ready is started again, later each time, and says why', async () => {
  project = await makeBinProject(layer(), crashing);
  await project.isUp();
  // Each answer is its end; between two lives the status says why.
  const ask = () => project.get().catch(() => '');
  const said = async () => {
    await ask();
    const { code, stdout } = await project.opta(['dev', 'status']);
    return `code ${code}\n${stdout}`;
  };
  await expect.poll(said).toMatch(/^code 1\n[\s\S]*bad\/web .*exit code 7, again in [\d.]+ s/);
  let logs = '';
  const ends = async () => {
    await ask();
    logs = (await project.opta(['dev', 'logs', 'web'])).stdout;
    return [...logs.matchAll(/exit code 7, again in ([\d.]+) s/g)].map(([, seconds]) => Number(seconds));
  };
  await expect.poll(async () => (await ends()).length).toBeGreaterThanOrEqual(3);
  const waits = await ends();
  expect(logs).toContain('out of luck');
  expect(waits.at(-1)).toBeGreaterThan(waits[0] ?? 0);
});

test('PostgreSQL: after kill -9 it comes back with its data, and a kept port that is taken is left to the other', async () => {
  const asks = `
import { createServer } from 'node:http';
import pg from '${import.meta.resolve('pg')}';
const { db_db_host, db_db_port, db_db_user, db_db_password, db_db_name, PORT } = process.env;
const pool = new pg.Pool({ host: db_db_host, port: db_db_port, user: db_db_user, password: db_db_password, database: db_db_name });
pool.on('error', () => {});
await pool.query('CREATE TABLE IF NOT EXISTS visits (at timestamptz)');
createServer(async (request, response) => {
  await pool.query('INSERT INTO visits VALUES (now())').then(
    async () => response.end((await pool.query('SELECT count(*) FROM visits')).rows[0].count),
    (error) => { response.statusCode = 500; response.end(String(error)); });
}).listen(PORT, '127.0.0.1');
`;
  project = await makeBinProject(layer('    links: [db]\n  - name: db\n    type: postgres\n'), asks);
  const { code, stdout } = await project.up();
  expect(code, stdout).toBe(0);
  const visits = Number(await project.get());
  const database = (await status()).services.find(({ service }) => service === 'bad/db');
  process.kill(database?.replicas[0]?.pid ?? 0, 'SIGKILL');
  // A backend outlives its postmaster by a moment: what it took just then may count without an answer.
  await expect
    .poll(async () => Number(await project.get().catch(() => '')), { timeout: 120_000 })
    .toBeGreaterThan(visits);
  await project.down();
  expect(await project.leftovers()).toEqual([]);
  const kept = JSON.parse(readFileSync(project.state('ports.json'), 'utf8')) as Record<string, number>;
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(kept['resource bad/db'], '127.0.0.1', resolve));
  await project.isUp();
  expect(Number(await project.get())).toBeGreaterThan(visits + 1);
  other.close();
});
