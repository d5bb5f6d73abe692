import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openAuthority } from '../../../src/platform/certificates.ts';
import { planTrust, trustPlan } from '../../../src/platform/trust/plan.ts';
import { anchorOf } from '../../../src/platform/trust/store.ts';
import { nodeSystem } from '../../../src/system/node.ts';
import type { System } from '../../../src/system/system.ts';
import { runAndWatch } from '../../support/plans.ts';

let root: string;
let system: System;

/** A program in the machine's own `bin`. */
async function program(name: string, script: string): Promise<void> {
  const file = join(root, 'bin', name);
  await writeFile(file, `#!/bin/sh\n${script}\n`);
  await chmod(file, 0o755);
}

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'opta-trust-'));
  await mkdir(join(root, 'bin'));
  const real = nodeSystem();
  const { processes } = real;
  system = {
    ...real,
    platform: 'linux',
    home: join(root, 'home'),
    env: { OPTA_DATA_DIR: join(root, 'data') },
    processes: { ...processes, which: (name) => processes.which(name, join(root, 'bin')) },
  };
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function debian(): Promise<string> {
  const anchors = join(root, 'usr/local/share/ca-certificates');
  const bundle = join(root, 'etc/ssl/certs/ca-certificates.crt');
  await mkdir(anchors, { recursive: true });
  await mkdir(join(bundle, '..'), { recursive: true });
  await program('update-ca-certificates', `cat ${anchors}/*.crt > ${bundle} 2>/dev/null || : > ${bundle}`);
  return bundle;
}

async function trust(undo = false) {
  const plan = await planTrust(system, { undo, root });
  return { plan, ...(await runAndWatch(plan, { system })) };
}

test('the system store of Debian takes the authority once, and gives it back', async () => {
  const bundle = await debian();
  expect((await trust()).result.outcome).toBe('done');
  const { certificate } = await openAuthority(system);
  expect(await readFile(bundle, 'utf8')).toContain(certificate);
  expect((await trust()).result.outcome).toBe('unchanged');
  expect((await trust(true)).result.outcome).toBe('done');
  expect(await readFile(bundle, 'utf8')).not.toContain(certificate);
  expect(await readdir(join(root, 'usr/local/share/ca-certificates'))).toEqual([]);
  expect((await trust(true)).result.outcome).toBe('unchanged');
});

test('a run that was cut off before the command is made whole', async () => {
  const bundle = await debian();
  await trust();
  await writeFile(bundle, '');
  expect((await trust()).result.outcome).toBe('done');
  expect(await readFile(bundle, 'utf8')).toContain('BEGIN CERTIFICATE');
});

test('a command that fails is quoted', async () => {
  await debian();
  await program('update-ca-certificates', 'echo "disk is full" >&2; exit 3');
  const { result } = await trust();
  expect(result.failures[0]?.failure).toMatchObject({ code: 'trust-failed', detail: ['disk is full'] });
});

test.skipIf(process.getuid?.() === 0)('without the right to write there, the command for root is said', async () => {
  await debian();
  await chmod(join(root, 'usr/local/share/ca-certificates'), 0o555);
  const { result } = await trust();
  expect(result.failures[0]?.failure).toMatchObject({ code: 'needs-root' });
  expect(result.failures[0]?.failure.hints[0]).toMatch(/sudo install -m 644 .*sudo .*update-ca-certificates/);
});

test('Firefox profiles and the NSS database of Chromium take it through certutil', async () => {
  for (const folder of ['.mozilla/firefox/x.default', '.pki/nssdb']) {
    await mkdir(join(root, 'home', folder), { recursive: true });
    await writeFile(join(root, 'home', folder, 'cert9.db'), '');
  }
  // As the real one: -L tells, -A adds, -D deletes; here the database is a file beside cert9.db.
  await program(
    'certutil',
    [
      'folder=$(echo "$3" | cut -d: -f2)',
      'case "$1" in',
      '-L) cat "$folder/ours" ;;',
      '-A) while [ "$1" != -i ]; do shift; done; cp "$2" "$folder/ours" ;;',
      '-D) rm "$folder/ours" ;;',
      'esac',
    ].join('\n'),
  );
  expect((await trust()).result.outcome).toBe('done');
  const { certificate } = await openAuthority(system);
  expect(await readFile(join(root, 'home/.mozilla/firefox/x.default/ours'), 'utf8')).toBe(certificate);
  expect((await trust()).result.outcome).toBe('unchanged');
  expect((await trust(true)).result.outcome).toBe('done');
  expect(await readdir(join(root, 'home/.pki/nssdb'))).toEqual(['cert9.db']);
});

test('what cannot be done here is a notice with the command', async () => {
  await mkdir(join(root, 'home/.pki/nssdb'), { recursive: true });
  await writeFile(join(root, 'home/.pki/nssdb/cert9.db'), '');
  await program('apt-get', 'exit 1');
  const { result, events } = await trust();
  expect(result.outcome).toBe('unchanged');
  const notices = events.flatMap((e) => (e.type === 'diagnostic' ? [e.diagnostic] : []));
  expect(notices.map((n) => n.code)).toEqual(['trust-tool-missing', 'trust-tool-missing']);
  expect(notices.flatMap((n) => n.hints).join()).toContain('sudo apt-get install libnss3-tools');
});

test('with no authority there is nothing to undo', async () => {
  await debian();
  const { plan } = await trust(true);
  expect(plan.steps).toEqual([]);
  expect(await readdir(root)).not.toContain('data');
});

test('macOS, Windows and WSL each plan their own store', async () => {
  const authority = await openAuthority(system);
  const anchor = anchorOf(authority.certificateFile, authority.certificate);
  const bare = {
    linux: undefined,
    nss: [],
    certutil: undefined,
    windowsCertutil: undefined,
    installCertutil: '',
  } as const;
  const ids = (survey: { readonly platform: NodeJS.Platform; readonly windowsCertutil?: string }) =>
    trustPlan({ ...bare, ...survey }, anchor, '/home/me', false).steps.map((s) => s.id);
  expect(ids({ platform: 'darwin' })).toEqual(['trust:system']);
  expect(ids({ platform: 'win32' })).toEqual(['trust:system']);
  expect(ids({ platform: 'linux', windowsCertutil: '/mnt/c/certutil.exe' })).toEqual(['trust:windows', 'trust:system']);
});
