/** Checks of the machine: each says true where it is true, and what to do where it is not. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openAuthority } from '../../../src/platform/certificates.ts';
import { authorityChecks } from '../../../src/platform/checks/authority.ts';
import { type MachineOptions, machineChecks } from '../../../src/platform/checks/machine.ts';
import { meshChecks } from '../../../src/platform/checks/mesh.ts';
import { nameChecks } from '../../../src/platform/checks/names.ts';
import { hubQuota, serverTime } from '../../../src/platform/checks/network.ts';
import { linkerdKeys } from '../../../src/platform/components/linkerd-keys.ts';
import { machine, rootWith, verdictOf } from '../../support/machine.ts';

const packageRoot = join(import.meta.dirname, '..', '..', '..');

async function askMachine(
  id: string,
  files: Record<string, string>,
  more: Partial<MachineOptions> = {},
  system = machine(),
) {
  const root = await rootWith(files);
  const options = { projectFolder: root, packageRoot, root, otherClock: undefined, ...more };
  return verdictOf(machineChecks(options), id, system);
}

describe('inotify', () => {
  const limits = (watches: string, instances: string) => ({
    'proc/sys/fs/inotify/max_user_watches': watches,
    'proc/sys/fs/inotify/max_user_instances': instances,
  });

  test('is content from the figures of kind on', async () => {
    expect(await askMachine('inotify', limits('524288\n', '512\n'))).toEqual({ state: 'ok' });
  });

  test('names what is low, with the exact command', async () => {
    expect(await askMachine('inotify', limits('524288', '128'))).toEqual({
      state: 'failed',
      says: 'max_user_instances is 128, below 512',
      fix: { commands: [['sudo', 'sysctl', '-w', 'fs.inotify.max_user_instances=512']] },
    });
  });

  test('needs no sudo as root', async () => {
    const verdict = await askMachine('inotify', limits('8192', '512'), {}, machine({ uid: 0 }));
    expect(verdict).toMatchObject({ fix: { commands: [['sysctl', '-w', 'fs.inotify.max_user_watches=524288']] } });
  });
});

describe('memory', () => {
  test.each([
    ['MemTotal: 9 kB\nMemAvailable:    2097152 kB\n', 'ok', '2.0 GB'],
    ['MemAvailable:    102400 kB\n', 'failed', 'only 0.1 GB left'],
    ['', 'skipped', 'does not say'],
  ])('%j is %s', async (text, state, says) => {
    expect(await askMachine('memory', { 'proc/meminfo': text })).toMatchObject({
      state,
      says: expect.stringContaining(says),
    });
  });
});

describe('WSL', () => {
  test.each([
    ['6.1.0-18-amd64', '/home/a', 'skipped'],
    ['4.4.0-19041-Microsoft', '/home/a', 'failed'],
    ['5.15.153.1-microsoft-standard-WSL2', '/home/a', 'ok'],
    ['5.15.153.1-microsoft-standard-WSL2', '/mnt/c/Users/a', 'failed'],
  ])('%s in %s is %s', async (release, projectFolder, state) => {
    expect((await askMachine('wsl', { 'proc/sys/kernel/osrelease': release }, { projectFolder })).state).toBe(state);
  });
});

describe('the state folder', () => {
  test('may be made, and may not be a file', async () => {
    expect(await askMachine('state-folder', {})).toEqual({ state: 'ok' });
    expect((await askMachine('state-folder', { '.opta': '' })).state).toBe('failed');
  });
});

describe('the clock', () => {
  test('before the files of opta is wrong without asking anybody', async () => {
    expect((await askMachine('clock', {}, {}, machine({ now: 0 }))).state).toBe('failed');
  });

  test.each([
    [30_000, 'ok'],
    [3_600_000, 'failed'],
  ])('%i ms from a server is %s', async (apart, state) => {
    const now = Date.UTC(2100, 0);
    const otherClock = async () => now + apart;
    expect((await askMachine('clock', {}, { otherClock }, machine({ now }))).state).toBe(state);
  });

  test('takes no answer for no finding', async () => {
    expect((await askMachine('clock', {}, { otherClock: async () => undefined })).state).toBe('ok');
  });
});

describe('names', () => {
  const ask = (find: () => Promise<string>) => verdictOf(nameChecks(find), 'localhost-names', machine());

  test('lead to this machine, or the verdict says who does without', async () => {
    expect(await ask(async () => '127.0.0.1')).toEqual({ state: 'ok', says: '127.0.0.1' });
    expect((await ask(async () => '10.0.0.7')).state).toBe('failed');
    const unknown = await ask(() => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' })));
    expect(unknown).toMatchObject({ state: 'failed', says: expect.stringContaining('ENOTFOUND') });
  });
});

describe('proxies', () => {
  test.each([
    [{}, 'ok'],
    [{ HTTPS_PROXY: 'http://proxy.test:3128' }, 'failed'],
    [{ HTTPS_PROXY: 'http://proxy.test:3128', NO_PROXY: 'localhost,127.0.0.1' }, 'ok'],
    [{ http_proxy: 'http://proxy.test:3128', no_proxy: '127.0.0.1' }, 'failed'],
    [{ http_proxy: 'http://proxy.test:3128', no_proxy: '*' }, 'ok'],
  ])('%j is %s', async (env, state) => {
    expect((await verdictOf(nameChecks(), 'proxies', machine({ env }))).state).toBe(state);
  });
});

describe('the local authority', () => {
  const self = ['/opt/node', '/opt/opta.cjs'];

  test('is no matter before there is one', async () => {
    const system = machine({ env: { OPTA_DATA_DIR: await rootWith() } });
    for (const id of ['authority', 'trust'])
      expect((await verdictOf(authorityChecks(self, ''), id, system)).state).toBe('skipped');
  });

  test('near its end, and not trusted, says so with the command; asking makes no new one', async () => {
    const root = await rootWith({
      'usr/local/share/ca-certificates/.keep': '',
      'etc/ssl/certs/ca-certificates.crt': '',
    });
    const parts = { env: { OPTA_DATA_DIR: join(root, 'data') }, programs: { 'update-ca-certificates': '' } };
    const system = { ...machine(parts), home: root };
    await openAuthority(system);
    expect((await verdictOf(authorityChecks(self, root), 'authority', system)).state).toBe('ok');
    const late = { ...machine({ ...parts, now: system.clock.now() + 3640 * 86_400_000 }), home: root };
    expect((await verdictOf(authorityChecks(self, root), 'authority', late)).state).toBe('failed');
    const before = await readFile(join(root, 'data', 'ca', 'ca.pem'), 'utf8');
    expect((await verdictOf(authorityChecks(self, root), 'trust', late)).state).toBe('skipped');
    expect(await readFile(join(root, 'data', 'ca', 'ca.pem'), 'utf8')).toBe(before);
    expect(await verdictOf(authorityChecks(self, root), 'trust', system)).toMatchObject({
      state: 'failed',
      fix: { commands: [[...self, 'dev', 'trust']] },
    });
  });
});

describe('the network, when it is asked', () => {
  const answers =
    (headers: Record<string, string>): typeof fetch =>
    async () =>
      new Response('{"token": "t"}', { headers });
  const down: typeof fetch = () => Promise.reject(new TypeError('fetch failed'));

  test('gives the time of a server, and the pulls left', async () => {
    expect(await serverTime(answers({ date: 'Thu, 01 Jan 2026 00:00:00 GMT' }))).toBe(Date.UTC(2026, 0));
    const limits = { 'ratelimit-limit': '10;w=3600', 'ratelimit-remaining': '7;w=3600' };
    expect(await hubQuota(answers(limits))).toEqual({ left: 7, of: 10 });
  });

  test('is no finding when it is down or says nothing', async () => {
    expect([await serverTime(down), await hubQuota(down), await hubQuota(answers({}))]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

test('the folder of the project may be missing yet', async () => {
  const root = await rootWith();
  await mkdir(join(root, 'a'));
  await writeFile(join(root, 'a', 'file'), '');
  expect((await askMachine('disk', {}, { projectFolder: join(root, 'a', 'b', 'c') })).state).toBe('ok');
});

describe('the issuer of the mesh', () => {
  const made = 1_700_000_000_000;
  const verdictAfter = async (days: number) => {
    const folder = await rootWith({});
    await linkerdKeys(machine({ now: made }), folder);
    return verdictOf(meshChecks(folder), 'mesh-issuer', machine({ now: made + days * 86_400_000 }));
  };

  test('is not asked about where there is none', async () => {
    expect(await verdictOf(meshChecks('/nowhere'), 'mesh-issuer', machine())).toMatchObject({ state: 'skipped' });
  });

  test('is told of before it ends, and when it has', async () => {
    expect(await verdictAfter(1)).toMatchObject({ state: 'ok' });
    expect(await verdictAfter(340)).toMatchObject({ state: 'failed', says: expect.stringContaining('it ends in 2') });
    expect(await verdictAfter(400)).toMatchObject({ state: 'failed', says: expect.stringContaining('has expired') });
  });
});
