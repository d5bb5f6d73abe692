/** The life of programs under the supervisor: start, readiness, restarts, failures, stop. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Event } from '../../../src/engine/event.ts';
import type { UserError } from '../../../src/errors.ts';
import type { ProgramSpec } from '../../../src/targets/process/spec.ts';
import { connect, type SupervisorClient } from '../../../src/targets/process/supervisor/index.ts';
import { freePort } from '../../support/ports.ts';
import { makeProject, type Project, patience } from '../../support/supervised-project.ts';

let project: Project;
beforeEach(() => {
  project = makeProject();
});
afterEach(() => project.remove());

const ask = async (port: number | undefined) => (await fetch(`http://127.0.0.1:${port}/`)).text();

describe('start and stop', () => {
  test('a service with two replicas becomes ready, each on its own port, and stop leaves nothing', async () => {
    const client = await project.start();
    expect(await client.put([project.server('back/api', { replicas: 2 })])).toEqual({ 'back/api': 'started' });
    const status = await client.waitReady('back/api', patience);
    const ports = status.replicas.map(({ port }) => port);
    expect(new Set(ports).size).toBe(2);
    expect(await ask(ports[0])).toBe(`first ${status.replicas[0]?.pid}`);
    expect(project.processes()).toHaveLength(2);
    const state = join(project.folder, '.opta');
    expect(statSync(state).mode & 0o777).toBe(0o700);
    for (const name of ['run.json', 'control.sock']) expect(statSync(join(state, name)).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(state, '.gitignore'), 'utf8')).toBe('*\n');

    await client.stop();
    expect(project.processes()).toEqual([]);
    expect(readdirSync(state).sort()).toEqual(['.gitignore', 'logs', 'supervisor.log']);
    expect(project.system.processes.startTime(client.hello.pid)).toBeUndefined();
    expect(await project.system.network.accepts(ports[0] ?? 0)).toBe(false);
    expect(readFileSync(join(state, 'logs/back.api.log'), 'utf8')).not.toContain('again in');
  });

  test('an equal spec is unchanged; the place in the definition does not count', async () => {
    const client = await project.start();
    const spec = project.server('back/api');
    await client.put([spec]);
    const { replicas } = await client.waitReady('back/api', patience);
    const place = { file: 'opta.yaml', line: 3, column: 5 };
    expect(await client.put([{ ...spec, place }])).toEqual({ 'back/api': 'unchanged' });
    expect((await client.list())[0]?.replicas[0]?.pid).toBe(replicas[0]?.pid);
  });

  test('more and fewer replicas leave the others alone', async () => {
    const client = await project.start();
    const spec = project.server('back/api');
    await client.put([spec]);
    const before = await client.waitReady('back/api', patience);
    await client.put([{ ...spec, replicas: 3 }]);
    const more = await client.waitReady('back/api', patience);
    expect(more.ready).toBe(3);
    expect(more.replicas[0]?.pid).toBe(before.replicas[0]?.pid);
    await client.put([{ ...spec, replicas: 1 }]);
    await expect.poll(() => project.processes()).toEqual([before.replicas[0]?.pid]);
  });

  test('services stop before resources, and both before the data plane', async () => {
    const client = await project.start();
    const text = (name: string) =>
      `import { appendFileSync } from 'node:fs'; setInterval(() => {}, 1000);
       process.on('SIGTERM', () => setTimeout(() => { appendFileSync('ends.txt', '${name} '); process.exit(0); }, 100));
       console.log('up');`;
    const readiness = { kind: 'alive' } as const;
    await client.put([
      project.script('opta/mesh', text('mesh'), { rank: 0, readiness }),
      project.script('back/db', text('db'), { rank: 1, kind: 'resource', readiness }),
      project.script('back/api', text('api'), { rank: 2, readiness }),
    ]);
    await Promise.all(['opta/mesh', 'back/db', 'back/api'].map((id) => project.says(id, 'up')));
    await client.stop();
    expect(readFileSync(join(project.folder, 'ends.txt'), 'utf8')).toBe('api db mesh ');
  });

  test('a program that ignores its stop signal is killed after its grace, its children too', async () => {
    const client = await project.start();
    const text = `import { spawn } from 'node:child_process'; process.on('SIGTERM', () => {});
      spawn('/bin/sh', ['-c', 'trap "" TERM; echo deaf; while :; do sleep 1; done'], { stdio: 'inherit' }); setInterval(() => {}, 1000);`;
    await client.put([project.script('back/deaf', text, { stop: { signal: 'SIGTERM', graceMs: 300 } })]);
    await project.says('back/deaf', 'deaf');
    expect(project.processes().length).toBeGreaterThanOrEqual(2);
    await client.stop();
    expect(project.processes()).toEqual([]);
  });

  test('what the leader leaves behind has the whole grace to end well', async () => {
    const client = await project.start();
    project.file(
      'slow.mjs',
      `import { writeFileSync } from 'node:fs'; setInterval(() => {}, 1000);
      process.on('SIGTERM', () => setTimeout(() => { writeFileSync('ended-well.txt', ''); process.exit(0); }, 700)); console.log('up');`,
    );
    const argv = ['/bin/sh', '-c', `${project.system.node} slow.mjs; true`];
    const stop = { signal: 'SIGTERM', graceMs: patience } as const;
    await client.put([project.script('back/slow', '', { argv, stop })]);
    await project.says('back/slow', 'up');
    await expect.poll(() => project.processes().length).toBe(2);
    await client.stop();
    expect(existsSync(join(project.folder, 'ended-well.txt'))).toBe(true);
    expect(project.processes()).toEqual([]);
  });

  test('a second stop with force does not wait for the grace', async () => {
    const client = await project.start();
    const text = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('deaf');`;
    await client.put([project.script('back/deaf', text, { stop: { signal: 'SIGTERM', graceMs: 10 * patience } })]);
    await project.says('back/deaf', 'deaf');
    const first = client.stop();
    const second = await connect(project.system, project.folder);
    expect(second?.hello.stopping).toBe(true);
    await second?.stop({ force: true });
    await first;
    expect(project.processes()).toEqual([]);
  });

  test('who asks nothing meanwhile learns of a stop elsewhere that it was one', async () => {
    const [one, other] = [await project.start(), await project.start()];
    await other.stop();
    await one.closed;
    await expect(one.list()).rejects.toMatchObject({ code: 'supervisor-stopping' });
  });

  test('what runs once is streamed, and its end is told', async () => {
    const client = await project.start();
    const lines: string[] = [];
    const spec = project.script('back/install', `console.log('one'); console.error('two'); process.exitCode = 3;`, {
      kind: 'once',
    });
    const ran = await client.runOnce(spec, { onLine: (line, stream) => lines.push(`${stream} ${line}`) });
    expect(ran).toMatchObject({ code: 3 });
    expect(lines.sort()).toEqual(['stderr two', 'stdout one']);
  });
});

describe('restarts', () => {
  test('a replica that ends is started again after a while, and says so', async () => {
    const client = await project.start();
    const events: Event[] = [];
    const end = new AbortController();
    const watching = client.watch((event) => events.push(event), { signal: end.signal });
    await client.put([project.server('back/api')]);
    const { replicas } = await client.waitReady('back/api', patience);
    project.system.processes.signal(replicas[0]?.pid ?? 0, 'SIGKILL');
    const restarting = { state: 'restarting', why: 'ended by SIGKILL, again in 0.5 s' };
    await expect.poll(() => events).toContainEqual(expect.objectContaining(restarting));
    const again = await client.waitReady('back/api', patience);
    expect(again.replicas[0]?.pid).not.toBe(replicas[0]?.pid);
    expect(again.replicas[0]?.restarts).toBe(1);
    end.abort();
    await watching;
    const states = events.flatMap((event) => (event.type === 'service' ? [event.state] : []));
    expect(states.filter((state, index) => state !== states[index - 1])).toEqual([
      'starting',
      'ready',
      'restarting',
      'starting',
      'ready',
    ]);
  });
});

/** Why it is not ready: with as much time as the program needs here to say `serving`. */
async function neverReady(client: SupervisorClient, spec: ProgramSpec): Promise<UserError> {
  for (let startMs = 800; ; startMs *= 4) {
    await client.put([{ ...spec, startMs }]);
    const error = await client.waitReady(spec.id, patience).then(
      () => undefined,
      (found: UserError) => found,
    );
    if (error === undefined) throw new Error(`${spec.id} is ready`);
    if (error.detail?.includes('serving') || startMs > 20_000) return error;
  }
}

describe('failures', () => {
  test('a program that ends at once fails with its exit code and its last lines', async () => {
    const client = await project.start();
    await client.put([
      project.script('back/api', `console.error('no database'); process.exit(7);`, {
        port: 'free',
        readiness: { kind: 'tcp' },
      }),
    ]);
    await expect(client.waitReady('back/api', patience)).rejects.toMatchObject({
      code: 'service-exited',
      message: 'back/api ended before it was ready: exit code 7',
      detail: ['no database'],
    });
  });

  test('a command that is not there fails at the first try', async () => {
    const client = await project.start();
    const tries: (number | undefined)[] = [];
    const end = new AbortController();
    const watching = client.watch(
      (event) => {
        if (event.type === 'service' && event.state === 'failed') tries.push(event.restarts);
      },
      { signal: end.signal },
    );
    await client.put([project.script('back/api', '', { argv: ['no-such-program-here'] })]);
    await expect(client.waitReady('back/api', patience)).rejects.toMatchObject({ code: 'service-exited' });
    await expect.poll(() => tries.length).toBeGreaterThan(0);
    expect(tries[0] ?? 0).toBeLessThanOrEqual(1);
    end.abort();
    await watching;
  });

  test('a missing folder is named', async () => {
    const client = await project.start();
    await client.put([project.script('back/api', '', { directory: join(project.folder, 'gone') })]);
    await expect(client.waitReady('back/api', patience)).rejects.toThrow(/the folder .*gone is missing/);
  });

  test('a program that listens elsewhere than PORT is told where', async () => {
    const client = await project.start();
    const other = await freePort();
    const text = `import { createServer } from 'node:http'; createServer((_, r) => r.end()).listen(${other}, '127.0.0.1', () => console.log('serving'));`;
    const more = { port: 'free', writtenPort: other, readiness: { kind: 'http', path: '/health' } } as const;
    expect(await neverReady(client, project.script('back/api', text, more))).toMatchObject({
      code: 'service-never-ready',
      message: expect.stringContaining(`connection refused; it listens on port ${other} instead`),
      detail: ['serving'],
    });
  });

  test('a program that answers wrongly is told what it answered', async () => {
    const client = await project.start();
    const text = `import { createServer } from 'node:http'; createServer((_, r) => { r.statusCode = 503; r.end(); }).listen(process.env.PORT, '127.0.0.1', () => console.log('serving'));`;
    const more = { port: 'free', readiness: { kind: 'http', path: '/health' } } as const;
    const { message } = await neverReady(client, project.script('back/api', text, more));
    expect(message).toMatch(/GET http:\/\/127.0.0.1:\d+\/health gave status 503/);
  });

  test('a taken port is named', async () => {
    const client = await project.start();
    const port = await freePort();
    const holder = project.script(
      'back/holder',
      `import { createServer } from 'node:http'; createServer().listen(${port}, '127.0.0.1');`,
      { port, readiness: { kind: 'tcp' } },
    );
    await client.put([holder]);
    await client.waitReady('back/holder', patience);
    await client.put([{ ...holder, id: 'back/api', port: 'free' }]);
    await expect(client.waitReady('back/api', patience)).rejects.toMatchObject({
      code: 'port-taken',
      message: expect.stringContaining(`port ${port}`),
    });
  });

  test('nothing is left after a failure and a stop', async () => {
    const client = await project.start();
    await client.put([project.script('back/api', 'process.exit(1)')]);
    await client.waitReady('back/api', patience).catch(() => {});
    await client.stop();
    expect(project.processes()).toEqual([]);
    expect(existsSync(join(project.folder, '.opta', 'run.json'))).toBe(false);
  });
});
