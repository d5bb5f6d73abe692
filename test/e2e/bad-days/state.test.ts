/** Days on which the state in `.opta` is broken, missing or not writable: up converges, or says which file is in the way. */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type BinProject, failuresOf, layer, makeBinProject } from '../../support/bin-project.ts';

let project: BinProject;

afterEach(() => project.remove());

describe('ports.json', () => {
  const broken = ['{"https": 84', '', 'null', '[1, 2]', '"text"', '{"https": "x", "http": -1, "proxy bad/web": 70000}'];
  test.each(broken)('with %j in it is as good as none', async (text) => {
    project = await makeBinProject(layer());
    project.write('.opta/ports.json', text);
    const { code, stderr, events } = await project.up();
    expect({ code, stderr, failures: failuresOf(events) }).toEqual({ code: 0, stderr: '', failures: [] });
    expect(await project.get()).toContain('"replica":"0"');
    await project.down();
    expect(await project.leftovers()).toEqual([]);
  });
});

test.each(['{"a": "b', '[]', '{"a": 1}'])(
  'secrets.json with %j in it is refused while something needs it',
  async (text) => {
    project = await makeBinProject(layer());
    project.write('.opta/secrets.json', text);
    const { code, stdout } = await project.up();
    expect(code).toBe(1);
    expect(stdout).toContain('secrets-unreadable');
    expect(stdout).toContain(project.state('secrets.json'));
    expect(await project.leftovers()).toEqual([]);
  },
);

test.each(['{"version": 1, "proc', '', 'null', '{"version": 7}'])(
  'a ledger with %j in it, left behind, does not keep up from starting',
  async (text) => {
    project = await makeBinProject(layer());
    project.write('.opta/run.json', text);
    await project.isUp();
    await project.down();
    expect(await project.leftovers()).toEqual([]);
  },
);

test('a ledger torn while everything runs: down still stops everything', async () => {
  project = await makeBinProject(layer());
  await project.isUp();
  writeFileSync(project.state('run.json'), '{"version": 1, "proc');
  expect((await project.up()).events.at(-1)).toMatchObject({ type: 'end', outcome: 'unchanged' });
  expect((await project.down()).code).toBe(0);
  expect(await project.leftovers()).toEqual([]);
});

test('the certificates deleted while running: up makes them again and the ingress serves them', async () => {
  project = await makeBinProject(layer());
  await project.isUp();
  const before = readFileSync(project.state('certificates', 'server.pem'), 'utf8');
  rmSync(project.state('certificates'), { recursive: true });
  expect(await project.get()).toContain('pid');
  const { code } = await project.up();
  expect(code).toBe(0);
  expect(readFileSync(project.state('certificates', 'server.pem'), 'utf8')).not.toBe(before);
  expect(await project.get()).toContain('pid');
  await project.down();
  expect(await project.leftovers()).toEqual([]);
});

test('the whole state folder deleted while running: everything ends, and up starts anew', async () => {
  project = await makeBinProject(layer());
  await project.isUp();
  rmSync(project.state(), { recursive: true, maxRetries: 5 });
  await expect.poll(() => project.pids()).toEqual([]);
  await project.isUp();
  expect(await project.get()).toContain('pid');
  expect((await project.down()).code).toBe(0);
  expect(await project.leftovers()).toEqual([]);
});

test('everything private in .opta is for its owner only, and git does not see it', async () => {
  project = await makeBinProject(layer());
  execFileSync('git', ['init', '-q'], { cwd: project.folder });
  await project.isUp();
  const open = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return open(path);
      return (statSync(path).mode & 0o077) === 0 || entry.name === '.gitignore' ? [] : [path];
    });
  expect(statSync(project.state()).mode & 0o777).toBe(0o700);
  expect(open(project.state()).filter((path) => !/certificates\/server\.pem/.test(path))).toEqual([]);
  expect(statSync(project.state('certificates', 'server-key.pem')).mode & 0o077).toBe(0);
  const status = execFileSync('git', ['status', '--short', '--untracked-files=all'], { cwd: project.folder });
  expect(status.toString()).not.toContain('.opta');
});

/** As a user without rights: we may be root, whom nothing stops. */
const asNobody = (argv: readonly string[]) =>
  process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...argv] : argv;

test('a project folder that may not be written', async () => {
  project = await makeBinProject(layer());
  chmodSync(project.folder, 0o555);
  const env = { HOME: '/nonexistent', OPTA_DATA_DIR: undefined, OPTA_CACHE_DIR: undefined };
  const { code, stderr, ms } = await project.up([], { through: asNobody, env });
  chmodSync(project.folder, 0o755);
  expect(code).toBe(1);
  expect(ms).toBeLessThan(60_000);
  expect(stderr).toContain('error[folder-not-writable]');
  expect(stderr).toContain(project.state());
  expect(existsSync(project.state())).toBe(false);
  expect(project.pids()).toEqual([]);
});

test('the state of another user', async () => {
  project = await makeBinProject(layer());
  await project.isUp();
  chownSync(project.folder, 65534, 65534);
  chmodSync(project.folder, 0o755);
  if (process.getuid?.() !== 0) return;
  for (const args of [['up', '--detach'], ['down'], ['status'], ['logs'], ['prune'], ['env']]) {
    const { code, stderr } = await project.opta(['dev', ...args, '--json'], { through: asNobody });
    expect({ args, code, bug: /bug|fault in opta/.test(stderr) }).toEqual({ args, code: 1, bug: false });
  }
  expect(await project.get()).toContain('pid');
});

/** Needs the right to mount: in a mount namespace of its own, so that nothing outlives it. */
const onSmallDisk = (argv: readonly string[]) => [
  'unshare',
  '--mount',
  'sh',
  '-c',
  'mkdir -p .opta && mount -t tmpfs -o size=64k,mode=700 tmpfs .opta && head -c 1M /dev/zero > .opta/full 2>/dev/null; exec "$@"',
  'sh',
  ...argv,
];

function mayMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Everything after the first command goes on in its mount namespace. */
const inShell = (script: string) => (argv: readonly string[]) => [
  'unshare',
  '--mount',
  'sh',
  '-c',
  `mkdir -p .opta && mount -t tmpfs -o size=4m,mode=700 tmpfs .opta && ${script}`,
  ...argv,
];

test.skipIf(!mayMount())(
  'a disk that is full by now: down --volumes ends everything and deletes the data',
  async () => {
    project = await makeBinProject(layer());
    const up = ['dev', 'up', '--on', 'process', '--detach', '--plain', '--https-port', String(project.httpsPort)];
    const own = [...up, '--http-port', String(project.httpPort)].join(' ');
    const fill = 'mkdir -p .opta/data/x; head -c 9M /dev/zero > .opta/data/x/full 2>/dev/null';
    // "$0" is node and "$1" the bin; the last command has what is given as arguments.
    const killed = 'kill -9 "$(sed -n \'s/.*"pid": \\([0-9]*\\).*/\\1/p\' .opta/run.json | head -1)"';
    const left = 'code=$?; ls .opta/data 2>/dev/null; exit $code';
    for (const [between, said] of [
      [fill, 'stopping bad/web'],
      [`${fill}; ${killed}`, 'processes of a killed run were ended'],
    ] as const) {
      const script = `"$0" "$1" ${own} >&2 && { ${between}; "$0" "$@"; ${left}; }`;
      const { code, stdout, stderr } = await project.opta(['dev', 'down', '--volumes', '--plain'], {
        through: inShell(script),
      });
      expect(code, stdout + stderr).toBe(0);
      expect(stdout + stderr).toContain(said);
      expect(stdout).not.toMatch(/^x$/m);
      expect(project.pids()).toEqual([]);
    }
  },
);

test.skipIf(!mayMount())('a full disk', async () => {
  project = await makeBinProject(layer());
  const { code, stdout, stderr, ms } = await project.up([], { through: onSmallDisk });
  expect(code).toBe(1);
  expect(ms).toBeLessThan(60_000);
  expect(`${stdout}${stderr}`).toContain('disk-full');
  expect(`${stdout}${stderr}`).not.toContain('"code":"bug"');
  expect(project.pids()).toEqual([]);
});
