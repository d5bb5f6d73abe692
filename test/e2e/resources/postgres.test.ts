/** The real PostgreSQL as a process. */
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readFacts } from '../../../src/targets/process/resources/facts.ts';
import { planResource, resourceOutputs } from '../../../src/targets/process/resources/index.ts';
import type { Wanted } from '../../../src/targets/process/resources/realisation.ts';
import { freePort } from '../../support/ports.ts';
import {
  contextOf,
  type Program,
  privateFolder,
  resourceOf,
  runSteps,
  startProgram,
  system,
  wantedOf,
} from '../../support/resources.ts';
import { serverCertificates } from '../../support/server-certificates.ts';

let folder: string;
let wanted: Wanted;
let program: Program | undefined;

async function start(): Promise<Program> {
  program = await startProgram(planResource(wanted));
  return program;
}

/** The whole of `up` for the one resource; outcomes of all steps. */
async function up() {
  const plan = planResource(wanted);
  const prepared = await runSteps(plan.prepare);
  if (program === undefined) await start();
  return { ...prepared, ...(await untilAnswering(() => runSteps(plan.after))) };
}

/** An open port comes a moment before the end of recovery: 57P03 is `starting up`. */
async function untilAnswering<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if ((error as { code?: string }).code !== '57P03') throw error;
    await system.clock.sleep(20);
    return untilAnswering(act);
  }
}

async function stop(signal?: NodeJS.Signals): Promise<void> {
  await program?.stop(signal);
  program = undefined;
}

async function query(sql: string, url?: string): Promise<readonly Record<string, unknown>[]> {
  const { db_url } = await resourceOutputs(wanted);
  const client = new pg.Client({ connectionString: url ?? db_url?.value });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

beforeEach(async () => {
  folder = await privateFolder();
  const certificates = await serverCertificates(join(folder, 'certificates'));
  const facts = await readFacts(system, ['postgres'], { cache: join(folder, 'cache'), data: '/nowhere' });
  wanted = wantedOf(resourceOf('postgres', { database_name: 'shop' }), folder, facts, {
    port: await freePort(),
    certificates,
  });
});

afterEach(async () => {
  await stop('SIGKILL');
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
});

test('makes a database that its url reaches over verified TLS, as an owner who is no superuser', async () => {
  const began = system.clock.monotonic();
  const outcomes = await up();
  console.log(`postgres, cold: ${Math.round(system.clock.monotonic() - began)} ms`);
  expect(outcomes).toMatchObject({
    'back/db:data': 'done',
    'back/db:database': 'unchanged',
    'back/db:lock': 'unchanged',
  });
  const [row] = await query(`select current_user as who, current_database() as name, rolsuper,
    (select ssl from pg_stat_ssl where pid = pg_backend_pid()) as ssl from pg_roles where rolname = current_user`);
  expect(row).toEqual({ who: 'app', name: 'shop', rolsuper: false, ssl: true });
  await query('create table t (n int)');
});

test('a second time changes nothing', async () => {
  await up();
  const began = system.clock.monotonic();
  const outcomes = await up();
  console.log(`postgres, unchanged: ${Math.round(system.clock.monotonic() - began)} ms`);
  expect(new Set(Object.values(outcomes))).toEqual(new Set(['unchanged']));
});

test('a renamed database is made beside the old one while the server runs', async () => {
  await up();
  wanted = { ...wanted, resource: resourceOf('postgres', { database_name: 'new "shop"' }) };
  expect(await up()).toMatchObject({ 'back/db:data': 'unchanged', 'back/db:database': 'done' });
  expect(await query('select current_database() as name')).toEqual([{ name: 'new "shop"' }]);
});

test('psql takes the same url', async ({ skip }) => {
  const psql = system.processes.which('psql');
  if (psql === undefined) skip('psql is not on PATH');
  await up();
  const { db_url } = await resourceOutputs(wanted);
  const done = await system.processes.run([psql ?? '', db_url?.value ?? '', '-Atc', 'select 41 + 1']);
  expect(done).toMatchObject({ code: 0, stdout: '42\n' });
});

test('starts at once with its data after kill -9 of the whole group', async () => {
  await up();
  await query('create table kept (n int)');
  await query('insert into kept values (7)');
  await stop('SIGKILL');
  const began = system.clock.monotonic();
  await up();
  console.log(`postgres, after kill -9: ${Math.round(system.clock.monotonic() - began)} ms`);
  expect(await query('select n from kept')).toEqual([{ n: 7 }]);
});

test('waits for the backends of a postmaster that was killed alone', async () => {
  await up();
  const pid = program?.running.pid ?? 0;
  system.processes.signal(pid, 'SIGKILL');
  await program?.running.ended;
  program = undefined;
  await up();
  expect(await query('select 1 as one')).toEqual([{ one: 1 }]);
});

test('is not held up by a stale postmaster.pid whose number is another program now', async () => {
  await up();
  await stop('SIGKILL');
  const file = join(wanted.folder, 'data', 'postmaster.pid');
  const lines = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, [process.pid, ...lines.slice(1)].join('\n'));
  expect(await up()).toMatchObject({ 'back/db:lock': 'done' });
});

test('refuses data of another major version, and leaves it alone', async () => {
  const data = join(wanted.folder, 'data');
  await mkdir(data, { recursive: true });
  await writeFile(join(data, 'PG_VERSION'), '15\n');
  await expect(runSteps(planResource(wanted).prepare)).rejects.toMatchObject({
    code: 'postgres-data-version',
    message: expect.stringMatching(/PostgreSQL 15.*PostgreSQL 17/),
    place: { line: 7 },
    hints: expect.arrayContaining([expect.stringContaining('--volumes')]),
  });
  expect(await readdir(data)).toEqual(['PG_VERSION']);
});

test('takes new passwords when the secrets were lost and the data was not', async () => {
  await up();
  await query('create table kept as select 1 as n');
  await stop();
  await rm(join(folder, 'secrets.json'));
  expect(await up()).toMatchObject({
    'back/db:access': 'done',
    'back/db:database': 'done',
    'back/db:data': 'unchanged',
  });
  expect(await query('select n from kept')).toEqual([{ n: 1 }]);
});

test('a killed initialisation leaves nothing that counts as a database', async () => {
  const plan = planResource(wanted);
  const killed = new AbortController();
  const context = { ...contextOf(), signal: killed.signal };
  const running = runSteps(plan.prepare, context);
  setTimeout(() => killed.abort(new Error('killed')), 150);
  await expect(running).rejects.toThrow('killed');
  expect(await readdir(wanted.folder)).toEqual([]);
  await mkdir(join(wanted.folder, 'data.new-0badc0de'));
  await up();
  expect(await readdir(wanted.folder)).toEqual(['data']);
});

test('no secret is in an argument, in what it logs, or in a file that others may read', async () => {
  await up();
  const plan = planResource(wanted);
  const secrets = await wanted.secrets.values();
  expect(secrets).toHaveLength(2);
  const shown = JSON.stringify(plan) + (program?.said() ?? '');
  for (const secret of secrets) expect(shown).not.toContain(secret);
  expect((await stat(join(folder, 'secrets.json'))).mode & 0o777).toBe(0o600);
  expect((await stat(join(wanted.folder, 'data'))).mode & 0o777).toBe(0o700);
});

test('runs from a copy with its links when the package lacks them and is read-only', async ({ skip }) => {
  const { postgres } = wanted.facts;
  if (system.platform === 'win32' || postgres === undefined) skip('the package has no links here');
  const home = join(folder, 'cache', 'copy', 'native');
  const facts = { ...wanted.facts, postgres: { ...postgres, home } } as Wanted['facts'];
  wanted = { ...wanted, facts };
  expect(await up()).toMatchObject({ 'postgres:programs': 'done' });
  await chmod(home, 0o700);
});

test('runs as nobody where user namespaces are blocked', async ({ skip }) => {
  const setpriv = system.processes.which('setpriv');
  if (system.uid !== 0 || setpriv === undefined) skip('only root with setpriv can hand files over');
  const root = `/var/tmp/opta-test-${system.pid}`;
  const prefix = [setpriv ?? '', '--reuid=65534', '--regid=65534', '--clear-groups', '--no-new-privs', '--'];
  wanted = { ...wanted, facts: { ...wanted.facts, account: { kind: 'nobody', prefix, uid: 65534, gid: 65534, root } } };
  try {
    await up();
    expect(await query('select 1 as one')).toEqual([{ one: 1 }]);
    expect(planResource(wanted).folders).toHaveLength(1);
    await stop();
    await up();
  } finally {
    await stop('SIGKILL');
    await rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
  }
});
