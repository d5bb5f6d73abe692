/** Crashes: of the supervisor at any moment, of its client, of two starters at once. Nothing is orphaned. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connect, recover, startSupervisor } from '../../../src/targets/process/supervisor/index.ts';
import { makeProject, type Project, patience } from '../../support/supervised-project.ts';

let project: Project;
beforeEach(() => {
  project = makeProject();
});
afterEach(() => project.remove());

/** A small generator of numbers in [0, 1), so that a failing moment can be tried again: mulberry32. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const specs = () => [
  project.server('back/api', { replicas: 2 }),
  project.server('back/web', { replicas: 2 }),
  // A shell that leaves a child behind when only its leader ends.
  project.script('back/shell', '', { argv: ['/bin/sh', '-c', 'sleep 1000 & wait'] }),
];

describe('kill -9 of the supervisor', () => {
  const next = random(20_251_122);
  for (const [round, ms] of Array.from({ length: 8 }, () => Math.round(next() * 700)).entries()) {
    test(`after ${ms} ms: recover leaves no process, and all can start again (${round})`, async () => {
      const client = await project.start();
      void client.put(specs()).catch(() => {});
      if (round % 4 === 3) void project.system.clock.sleep(ms / 2).then(() => client.stop().catch(() => {}));
      await project.system.clock.sleep(ms);
      project.system.processes.signal(client.hello.pid, 'SIGKILL');
      await client.closed;
      const found = await recover(project.system, project.folder);
      expect(found.alive).toBe(false);
      // One that still waited at the gate ends by itself.
      await expect.poll(() => project.processes(), { interval: 10 }).toEqual([]);
      expect(readdirSync(join(project.folder, '.opta')).sort()).toEqual(['.gitignore', 'logs', 'supervisor.log']);

      const again = await project.start();
      await again.put(specs());
      for (const { id } of specs()) await again.waitReady(id, patience);
    });
  }

  test('a new supervisor recovers by itself and says what it ended', async () => {
    const client = await project.start();
    await client.put(specs());
    for (const { id } of specs()) await client.waitReady(id, patience);
    project.system.processes.signal(client.hello.pid, 'SIGKILL');
    await client.closed;
    expect(project.processes().length).toBeGreaterThanOrEqual(5);
    const again = await project.start();
    expect(again.hello.recovered.map(({ id }) => id).sort()).toEqual([
      'back/api',
      'back/api',
      'back/shell',
      'back/web',
      'back/web',
    ]);
    expect(project.processes()).toEqual([]);
  });

  test('members of a group whose leader has died are found by their mark', async () => {
    const client = await project.start();
    await client.put([project.script('back/shell', '', { argv: ['/bin/sh', '-c', 'sleep 1000 & wait'] })]);
    const { replicas } = await client.waitReady('back/shell', patience);
    project.system.processes.signal(client.hello.pid, 'SIGKILL');
    await client.closed;
    project.system.processes.signal(replicas[0]?.pid ?? 0, 'SIGKILL');
    await expect.poll(() => project.processes().length).toBe(1);
    await recover(project.system, project.folder);
    expect(project.processes()).toEqual([]);
  });

  test('the data plane ends by itself', async () => {
    const client = await project.start();
    const argv = [project.system.node, join(import.meta.dirname, '../../support/stub-data-plane.ts')];
    await client.put([{ ...project.script('opta/mesh', ''), kind: 'data-plane', argv, rank: 0 }]);
    await client.waitReady('opta/mesh', patience);
    project.system.processes.signal(client.hello.pid, 'SIGKILL');
    await expect.poll(() => project.processes()).toEqual([]);
  });
});

describe('recover', () => {
  test('never touches a process that is not ours, even when the ledger names its pid', async () => {
    const stranger = project.system.processes.spawn(['sleep', '1000'], {
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore'],
    });
    const { pid = 0 } = stranger;
    const client = await project.start();
    await client.stop();
    const entry = {
      id: 'back/api',
      replica: 0,
      pid,
      startTime: 'another life',
      stop: { signal: 'SIGTERM', graceMs: 100 },
      leaderOnly: false,
      rank: 2,
    };
    const ledger = { version: 1, supervisor: { pid, startTime: 'another life' }, control: 'x', processes: [entry] };
    writeFileSync(join(project.folder, '.opta/run.json'), JSON.stringify(ledger));
    expect(await recover(project.system, project.folder)).toEqual({ alive: false, ended: [] });
    expect(project.system.processes.startTime(pid)).toBeDefined();
    stranger.kill('SIGKILL');
    await stranger.ended;
  });

  test('leaves a living supervisor alone', async () => {
    const client = await project.start();
    await client.put([project.server('back/api')]);
    await client.waitReady('back/api', patience);
    expect(await recover(project.system, project.folder)).toEqual({ alive: true, ended: [] });
    expect(project.processes()).toHaveLength(1);
  });

  test('changes nothing where nothing ever ran', async () => {
    await recover(project.system, project.folder);
    expect(existsSync(join(project.folder, '.opta'))).toBe(false);
  });
});

describe('the gate', () => {
  test('a program begins only after it stands in the ledger', async () => {
    const client = await project.start();
    const text = `import { readFileSync } from 'node:fs';
      const { processes } = JSON.parse(readFileSync('.opta/run.json', 'utf8'));
      console.log(processes.some(({ pid }) => pid === process.pid) ? 'recorded' : 'unknown');`;
    const ran = await client.runOnce(project.script('back/look', text, { kind: 'once' }));
    expect(ran.lines).toEqual(['recorded']);
  });

  test('a process whose supervisor dies before that ends by itself, and the program never begins', async () => {
    const { spawnGated } = await import('../../../src/targets/process/supervisor/gate.ts');
    const argv = ['/bin/sh', '-c', 'echo began > began.txt'];
    const crash = () =>
      spawnGated(project.system, argv, { cwd: project.folder, env: {}, ipc: false }, () => {
        throw new Error('crash');
      });
    expect(crash).toThrow('crash');
    await project.system.clock.sleep(300);
    expect(existsSync(join(project.folder, 'began.txt'))).toBe(false);
  });
});

describe('starters', () => {
  test('two at once get the same supervisor', async () => {
    const clients = await Promise.all([project.start(), project.start(), project.start()]);
    expect(new Set(clients.map(({ hello }) => hello.pid)).size).toBe(1);
  });

  test('one that comes while everything is stopped gets a new one', async () => {
    const first = await project.start();
    await first.put(specs());
    const stopped = first.stop();
    const second = await project.start();
    await stopped;
    expect(second.hello.pid).not.toBe(first.hello.pid);
    expect(await second.list()).toEqual([]);
  });

  test('a stale socket is replaced', async () => {
    const first = await project.start();
    project.system.processes.signal(first.hello.pid, 'SIGKILL');
    await first.closed;
    expect(existsSync(join(project.folder, '.opta/control.sock'))).toBe(true);
    expect(await connect(project.system, project.folder)).toBeUndefined();
    expect((await project.start()).hello.pid).not.toBe(first.hello.pid);
  });

  test('a long path of the project keeps its socket elsewhere, in a folder of the user alone', async () => {
    const deep = join(project.folder, 'a'.repeat(60), 'b'.repeat(60));
    project.file(join('a'.repeat(60), 'b'.repeat(60), 'x'), '');
    const command = [...project.command.slice(0, -1), deep];
    const client = await startSupervisor(project.system, deep, { command });
    const { control } = JSON.parse(readFileSync(join(deep, '.opta/run.json'), 'utf8'));
    expect(Buffer.byteLength(control)).toBeLessThanOrEqual(100);
    expect(statSync(control).mode & 0o777).toBe(0o600);
    expect(statSync(join(control, '..')).mode & 0o777).toBe(0o700);
    await client.stop();
    expect(existsSync(control)).toBe(false);
  });

  test('a folder that cannot be written is refused', async () => {
    project.file('.opta', 'a file in its place');
    await expect(project.start()).rejects.toMatchObject({ code: 'folder-not-writable' });
  });
});

describe('an owner', () => {
  test('whose connection drops takes everything with it', async () => {
    const client = await project.start();
    await client.attach();
    await client.put([project.server('back/api')]);
    await client.waitReady('back/api', patience);
    client.close();
    await expect.poll(() => project.processes()).toEqual([]);
    await expect.poll(() => project.system.processes.startTime(client.hello.pid)).toBeUndefined();
  });

  test('who detached leaves it running', async () => {
    const client = await project.start();
    await client.attach();
    await client.put([project.server('back/api')]);
    await client.waitReady('back/api', patience);
    await client.detach();
    client.close();
    await client.closed;
    await project.system.clock.sleep(300);
    const again = await connect(project.system, project.folder);
    expect((await again?.list())?.[0]?.ready).toBe(1);
    await again?.stop();
  });
});

describe('a bad client', () => {
  test('harms only itself', async () => {
    const client = await project.start();
    const { connect: dial } = await import('node:net');
    for (const text of [
      'not json\n',
      '{}\n',
      '{"seq":1,"type":"put"}\n',
      '{"seq":1,"type":"nothing"}\n',
      '{"seq":1,"type":"toString"}\n',
      'null\n',
    ]) {
      const socket = dial(join(project.folder, '.opta/control.sock'));
      socket.on('error', () => {});
      socket.write(text);
      await project.system.clock.sleep(20);
      socket.destroy();
    }
    expect(await client.list()).toEqual([]);
  });
});

test('SIGTERM to the supervisor stops everything gracefully', async () => {
  const client = await project.start();
  await client.put(specs());
  for (const { id } of specs()) await client.waitReady(id, patience);
  project.system.processes.signal(client.hello.pid, 'SIGTERM');
  await client.closed;
  await expect.poll(() => project.system.processes.startTime(client.hello.pid)).toBeUndefined();
  expect(project.processes()).toEqual([]);
  expect(existsSync(join(project.folder, '.opta/run.json'))).toBe(false);
});
