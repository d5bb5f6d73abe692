/** The MariaDB or MySQL on PATH as a process. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { writeStamp } from '../../../src/targets/process/resources/data-folder.ts';
import { type Facts, readFacts } from '../../../src/targets/process/resources/facts.ts';
import { planResource, resourceOutputs } from '../../../src/targets/process/resources/index.ts';
import type { Wanted } from '../../../src/targets/process/resources/realisation.ts';
import { freePort } from '../../support/ports.ts';
import {
  type Program,
  privateFolder,
  resourceOf,
  runSteps,
  startProgram,
  system,
  wantedOf,
} from '../../support/resources.ts';
import { serverCertificates } from '../../support/server-certificates.ts';

const facts: Facts = await readFacts(system, ['mysql'], { cache: '/nowhere', data: '/nowhere' });
const client = system.processes.which('mariadb') ?? system.processes.which('mysql');
const absent = facts.mysql === undefined || client === undefined;
if (absent) console.log('skipped: no MySQL or MariaDB server and client on PATH');

let wanted: Wanted;
let program: Program | undefined;
const folders: string[] = [];

beforeEach(async () => {
  const folder = await privateFolder();
  folders.push(folder);
  const certificates = await serverCertificates(join(folder, 'certificates'));
  const port = await freePort();
  wanted = wantedOf(resourceOf('mysql', { db_name: 'shop' }), folder, facts, { port, certificates });
});

afterEach(() => program?.stop('SIGKILL'));
afterAll(() =>
  Promise.all(folders.map((one) => rm(one, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }))),
);

async function up() {
  const outcomes = await runSteps(planResource(wanted).prepare);
  program = await startProgram(planResource(wanted));
  return outcomes;
}

async function query(sql: string, user = 'app', password?: string) {
  const { db_password } = await resourceOutputs(wanted);
  const { caFile } = wanted.certificates;
  const tls = ['--ssl-ca', caFile, '--ssl-verify-server-cert'];
  const argv = [client ?? '', '--no-defaults', '-h', '127.0.0.1', '-P', String(wanted.port), '-u', user, ...tls];
  const env = { MYSQL_PWD: password ?? db_password?.value ?? '' };
  const done = await system.processes.run([...argv, '-BN', '-e', sql, 'shop'], { env });
  return done.code === 0 ? done.stdout.trim() : `${done.code} ${done.stderr.trim()}`;
}

test.skipIf(absent)('makes the user and the database, over TLS, with no way in without a password', async () => {
  const began = system.clock.monotonic();
  expect(await up()).toEqual({ 'back/db:version': 'unchanged', 'back/db:data': 'done', 'back/db:users': 'done' });
  console.log(`mysql, cold: ${Math.round(system.clock.monotonic() - began)} ms`);
  expect(
    await query(
      "select database(), user(), (select variable_value <> '' from information_schema.session_status where variable_name = 'Ssl_cipher')",
    ),
  ).toBe('shop\tapp@127.0.0.1\t1');
  expect(await query('create table t (n int)')).toBe('');
  expect(await query('select 1', 'root', '')).toContain('Access denied');
  expect(await query('select 1', 'app', 'wrong')).toContain('Access denied');
});

test.skipIf(absent)('has its data after kill -9, and new passwords when the secrets were lost', async () => {
  await up();
  await query('create table kept as select 7 as n');
  await program?.stop('SIGKILL');
  await rm(join(wanted.folder, '..', 'secrets.json'));
  expect(await up()).toMatchObject({ 'back/db:data': 'unchanged', 'back/db:users': 'done' });
  expect(await query('select n from kept')).toBe('7');
});

test.skipIf(absent)('refuses data of another server', async () => {
  const data = join(wanted.folder, 'data');
  await writeStamp(data, { format: 1, server: 'mysql', major: '99' });
  await expect(runSteps(planResource(wanted).prepare)).rejects.toMatchObject({
    code: 'server-data-version',
    message: expect.stringContaining('mysql 99'),
  });
});
