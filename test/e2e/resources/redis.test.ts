/** The Redis or Valkey on PATH as a process. */
import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
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

const facts: Facts = await readFacts(system, ['redis'], { cache: '/nowhere', data: '/nowhere' });
const absent = facts.redis === undefined;
if (absent) console.log('skipped: neither valkey-server nor redis-server is on PATH');

let folder: string;
let wanted: Wanted;
let program: Program | undefined;
const folders: string[] = [];

beforeEach(async () => {
  folder = await privateFolder();
  folders.push(folder);
  const certificates = await serverCertificates(join(folder, 'certificates'));
  const port = await freePort();
  wanted = wantedOf(resourceOf('redis', {}, 'cache'), folder, facts, { port, certificates });
});

afterEach(() => program?.stop('SIGKILL'));
afterAll(() =>
  Promise.all(folders.map((one) => rm(one, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }))),
);

/** Sends commands in the inline form of the protocol over verified TLS; the lines of all answers. Asks again while it loads. */
async function ask(...commands: readonly string[]): Promise<string[]> {
  const ca = await readFile(wanted.certificates.caFile, 'utf8');
  const socket = connect({ host: '127.0.0.1', port: wanted.port, ca, servername: 'localhost' });
  socket.write(`${[...commands, 'QUIT'].join('\r\n')}\r\n`);
  let said = '';
  for await (const chunk of socket) said += chunk;
  if (said.includes('LOADING')) return ask(...commands);
  return said.trim().split('\r\n').slice(0, -1);
}

test.skipIf(absent)('takes its token over TLS only, and nothing without it', async () => {
  expect(await runSteps(planResource(wanted).prepare)).toEqual({ 'back/cache:configuration': 'done' });
  program = await startProgram(planResource(wanted));
  const { cache_auth_token, cache_url } = await resourceOutputs(wanted);
  expect(await ask('GET x')).toEqual([expect.stringContaining('NOAUTH')]);
  expect(await ask(`AUTH ${cache_auth_token?.value}`, 'SET x 1')).toEqual(['+OK', '+OK']);
  expect(cache_url).toEqual({
    value: `rediss://default:${cache_auth_token?.value}@127.0.0.1:${wanted.port}`,
    secret: true,
  });
});

test.skipIf(absent)('keeps what was written through kill -9 and a second start', async () => {
  await runSteps(planResource(wanted).prepare);
  program = await startProgram(planResource(wanted));
  const { cache_auth_token } = await resourceOutputs(wanted);
  await ask(`AUTH ${cache_auth_token?.value}`, 'SET kept 7');
  await program.stop('SIGKILL');
  expect(await runSteps(planResource(wanted).prepare)).toEqual({ 'back/cache:configuration': 'unchanged' });
  program = await startProgram(planResource(wanted));
  expect(await ask(`AUTH ${cache_auth_token?.value}`, 'GET kept')).toEqual(['+OK', '$1', '7']);
});

test.skipIf(absent)('has its token in a file that only the owner reads, and nowhere else', async () => {
  const plan = planResource(wanted);
  await runSteps(plan.prepare);
  const [token] = await wanted.secrets.values();
  expect(token).toMatch(/^[\w-]{32}$/);
  expect(JSON.stringify(plan)).not.toContain(token);
  expect((await stat(join(wanted.folder, 'redis.conf'))).mode & 0o777).toBe(0o600);
});

test('is fetched, with its sum checked, where no server is installed', async () => {
  const bare = { ...system, env: { ...system.env, PATH: '/nowhere', OPTA_CACHE_DIR: folder } };
  const none = { ...bare, processes: { ...bare.processes, which: () => undefined } };
  const brought = await readFacts(none, ['redis'], { cache: folder, data: join(import.meta.dirname, '../../../kind') });
  const own = { ...wanted, facts: brought };
  expect(await runSteps(planResource(own).prepare)).toEqual({
    'back/cache:server': 'done',
    'back/cache:configuration': 'done',
  });
  expect(planResource(own).diagnostics).toMatchObject([{ code: 'server-without-tls' }]);
  program = await startProgram(planResource(own));
  expect((await resourceOutputs(own))['cache_url']?.value).toMatch(/^redis:/);
  expect(await runSteps(planResource(own).prepare)).toEqual({
    'back/cache:server': 'unchanged',
    'back/cache:configuration': 'unchanged',
  });
});
