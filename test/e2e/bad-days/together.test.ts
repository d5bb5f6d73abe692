/** Several commands about one project at once, and definitions that change while everything runs. */
import { rmSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { Status } from '../../../src/targets/process/status.ts';
import { type BinProject, eventsOf, failuresOf, layer, makeBinProject } from '../../support/bin-project.ts';
import { freePort } from '../../support/ports.ts';

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

async function status(): Promise<Status> {
  return JSON.parse((await project.opta(['dev', 'status', '--json'])).stdout) as Status;
}

const services = async () =>
  (await status()).services.filter(({ kind }) => kind === 'service').map(({ service, ready }) => `${service} ${ready}`);

describe('at once', () => {
  test('two ups that detach: both succeed, one supervisor runs, each service once', async () => {
    project = await makeBinProject(layer('    min_containers: 2\n'));
    const [one, two] = await Promise.all([project.up(), project.up()]);
    expect([one.code, two.code], one.stdout + two.stdout + one.stderr + two.stderr).toEqual([0, 0]);
    expect(await services()).toEqual(['bad/web 2']);
    // Supervisor, data plane and two replicas; a supervisor that came second may be about to end.
    await expect.poll(() => project.pids().length).toBe(4);
    expect((await project.down()).code).toBe(0);
    expect(await project.leftovers()).toEqual([]);
  });

  test('two ups on ports of their own choice: the ports kept are those that answer', async () => {
    project = await makeBinProject(layer());
    const up = () => project.opta(['dev', 'up', '--detach', '--json']);
    const both = await Promise.all([up(), up()]);
    expect(
      both.map(({ code }) => code),
      both.map(({ stdout, stderr }) => stdout + stderr).join('\n'),
    ).toEqual([0, 0]);
    const { events } = await { events: eventsOf((await up()).stdout) };
    expect(events.at(-1)).toMatchObject({ type: 'end', outcome: 'unchanged' });
    const printed = (await project.opta(['dev', 'open', '--print'])).stdout.trim();
    expect(events.find(({ type }) => type === 'address')).toMatchObject({ url: printed });
  });

  test('an up in the foreground beside one that has detached leaves that one running when it ends', async () => {
    project = await makeBinProject(layer());
    await project.up();
    const { code, stderr } = await project.opta([...foreground(), '--plain']);
    expect(code).toBe(0);
    expect(stderr).toContain('Unchanged');
    expect(await project.get()).toContain('pid');
  });

  test('an up that fails beside one that runs takes back only what it brought', async () => {
    project = await makeBinProject(layer());
    await project.up();
    const before = await project.get();
    project.write('code/bad.mjs', 'process.exit(4)');
    project.write('opta.yaml', layer(other('bad.mjs')));
    const { code, events } = await project.up();
    expect(code).toBe(1);
    expect(failuresOf(events)).toMatchObject([{ code: 'service-exited', place: { line: 14 } }]);
    expect(await project.get()).toBe(before);
    expect(await services()).toEqual(['bad/web 1']);
  });

  test('up while down runs waits for its end and starts anew', async () => {
    project = await makeBinProject(layer(), slow);
    await project.up();
    const before = await project.get();
    const down = project.start(['dev', 'down', '--plain']);
    await down.says('stopping');
    const up = await project.up();
    expect((await down.ended).code).toBe(0);
    expect(up.code, up.stdout + up.stderr).toBe(0);
    expect(await project.get()).not.toBe(before);
  });

  test('two downs at once both succeed', async () => {
    project = await makeBinProject(layer(), slow);
    await project.up();
    const both = await Promise.all([project.down(), project.down()]);
    expect(
      both.map(({ code }) => code),
      both.map(({ stderr }) => stderr).join('\n'),
    ).toEqual([0, 0]);
    expect(await project.leftovers()).toEqual([]);
  });

  test('a down elsewhere ends a run in the foreground, which says so and is no failure', async () => {
    project = await makeBinProject(layer());
    const run = project.start([...foreground(), '--plain']);
    await run.says('Up in');
    expect((await project.down()).code).toBe(0);
    const { code, stderr } = await run.ended;
    expect(code, stderr).toBe(0);
    expect(await project.leftovers()).toEqual([]);
  });

  test.each([
    ['takes the supervisor', /supervisor \d/],
    ['starts the ingress', /ingress and proxies \d/],
    ['waits for services', 'bad/web starting'],
  ])('a down while up %s ends both, and up says so once', async (_, said) => {
    project = await makeBinProject(
      layer(other('server.mjs')),
      'setInterval(() => {}, 1000); process.on("SIGTERM", () => process.exit(0));',
    );
    const run = project.start([...foreground(), '--plain']);
    await run.says(said);
    expect((await project.down()).code).toBe(0);
    const { code, stderr } = await run.ended;
    expect(code, stderr).toBe(1);
    expect(stderr.match(/error\[[^\]]+\]/g)).toEqual(['error[supervisor-stopping]']);
    expect(stderr).not.toContain('could not be taken back');
    expect(await project.leftovers()).toEqual([]);
  });
});

const slow = `
import { createServer } from 'node:http';
createServer((q, r) => r.end(String(process.pid))).listen(process.env.PORT, '127.0.0.1');
process.on('SIGTERM', () => setTimeout(() => process.exit(0), 700));
`;

const other = (script: string) => `
  - name: other
    type: k8s-service
    image: AUTO
    port:
      http: 8080
    public_uri: /other
    dev:
      directory: code
      command: [node, ${script}]
`;

describe('the definition changes while everything runs', () => {
  test('a service is added, renamed and removed; the others go on untouched', async () => {
    project = await makeBinProject(layer());
    await project.up();
    const before = await project.get();
    project.write('opta.yaml', layer(other('server.mjs')));
    await project.isUp();
    expect(await project.get('/other')).toContain('pid');
    expect(await services()).toEqual(['bad/web 1', 'bad/other 1']);
    project.write('opta.yaml', layer(other('server.mjs').replace('name: other', 'name: renamed')));
    await project.isUp();
    expect(await project.get('/other')).toContain('pid');
    expect(await services()).toEqual(['bad/web 1', 'bad/renamed 1']);
    project.write('opta.yaml', layer());
    await project.isUp();
    expect(await services()).toEqual(['bad/web 1']);
    expect(await project.get()).toBe(before);
    expect(await project.get('/other')).toBe(before);
    // Supervisor, data plane and one replica.
    await expect.poll(() => project.pids().length).toBe(3);
  });

  test('replicas up and down, and an environment variable', async () => {
    project = await makeBinProject(layer());
    await project.up();
    const { pid } = JSON.parse(await project.get()) as { pid: number };
    project.write('opta.yaml', layer('    min_containers: 3\n'));
    await project.isUp();
    expect(await services()).toEqual(['bad/web 3']);
    project.write('opta.yaml', layer('    min_containers: 1\n'));
    await project.isUp();
    await expect.poll(services).toEqual(['bad/web 1']);
    expect(JSON.parse(await project.get())).toMatchObject({ pid });
    project.write('opta.yaml', layer('    env_vars:\n      WORD: changed\n'));
    await project.isUp();
    expect(JSON.parse(await project.get())).toMatchObject({ word: 'changed' });
    expect((await project.up()).events.at(-1)).toMatchObject({ outcome: 'unchanged' });
  });

  test('to one that is wrong: up says so, and what runs goes on', async () => {
    project = await makeBinProject(layer());
    await project.up();
    const before = await project.get();
    project.write('opta.yaml', layer('    min_containrs: 3\n'));
    const { code, stderr } = await project.up();
    expect(code).toBe(1);
    expect(stderr).toContain('error[unknown-field]');
    expect(await project.get()).toBe(before);
    rmSync(`${project.folder}/opta.yaml`);
    expect((await project.up()).stderr).toContain('error[no-definition]');
    expect((await project.opta(['dev', 'status'])).code).toBe(0);
    expect((await project.down()).code).toBe(0);
    expect(await project.leftovers()).toEqual([]);
  });

  test('to other ports of the ingress', async () => {
    project = await makeBinProject(layer());
    await project.up();
    const [https, http] = [await freePort(), await freePort()];
    const { code, stdout } = await project.opta([
      'dev',
      'up',
      '--detach',
      '--json',
      '--https-port',
      `${https}`,
      '--http-port',
      `${http}`,
    ]);
    expect(code, stdout).toBe(0);
    await expect(project.get()).rejects.toThrow('ECONNREFUSED');
    expect((await project.opta(['dev', 'open', '--print'])).stdout).toBe(`https://bad.localhost:${https}/\n`);
    expect((await project.down()).code).toBe(0);
    expect(await project.leftovers()).toEqual([]);
  });
});
