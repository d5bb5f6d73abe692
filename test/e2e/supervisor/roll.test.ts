/** Rolls: edits reach the users in a moment, and nobody's request is lost. */
import { rmSync, utimesSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DataPlaneConfig } from '../../../src/targets/process/data-plane.ts';
import type { SupervisorClient } from '../../../src/targets/process/supervisor/index.ts';
import { freePort } from '../../support/ports.ts';
import { serverCertificates } from '../../support/server-certificates.ts';
import { makeProject, type Project, patience } from '../../support/supervised-project.ts';

let project: Project;
beforeEach(() => {
  project = makeProject();
});
afterEach(() => project.remove());

function config(httpPort: number): DataPlaneConfig {
  const upstream = {
    key: 'back/api:http',
    service: 'back/api',
    protocol: 'http',
    hosts: [],
    servicePort: 80,
    timeouts: {},
    endpoints: [],
  } as const;
  const ingress = { httpsPort: 0, httpPort, certificateFile: '', keyFile: '', routes: [] };
  const mesh = { rootFile: '', issuerFile: '', issuerKeyFile: '' };
  return { ingress, mesh, upstreams: [upstream], outbound: [] };
}

async function startDataPlane(client: SupervisorClient, slowMs = 0): Promise<number> {
  const port = await freePort();
  const stub = join(import.meta.dirname, '../../support/stub-data-plane.ts');
  const argv = [project.system.node, stub, `${slowMs}`];
  await client.put([{ ...project.script('opta/mesh', ''), kind: 'data-plane', argv, rank: 0 }]);
  await client.configure(config(port));
  return port;
}

/** Sends 50 requests a second until stopped; tells every answer that is not 200 and when each text was first seen. */
function load(port: number) {
  const failures: string[] = [];
  const seen = new Map<string, number>();
  let count = 0;
  const timer = setInterval(async () => {
    try {
      const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
      const [text = ''] = (await response.text()).split(' ');
      count += 1;
      if (response.status !== 200) failures.push(`${response.status} ${text}`);
      else if (!seen.has(text)) seen.set(text, performance.now());
    } catch (error) {
      failures.push(String(error));
    }
  }, 20);
  return { failures, seen, count: () => count, stop: () => clearInterval(timer) };
}

const pids = async (client: SupervisorClient) => (await client.list())[0]?.replicas.map(({ pid }) => pid);

describe('an edit', () => {
  test('is served soon, at 50 requests a second without an error', async () => {
    const client = await project.start();
    const port = await startDataPlane(client);
    await client.put([project.server('back/api', { replicas: 2 })]);
    await client.waitReady('back/api', patience);
    const users = load(port);
    await expect.poll(() => users.count()).toBeGreaterThan(10);
    const edited = performance.now();
    project.file('src/answer.txt', 'second');
    await expect.poll(() => users.seen.get('second')).toBeDefined();
    console.log(`an edit is served after ${Math.round((users.seen.get('second') ?? 0) - edited)} ms`);
    await client.waitReady('back/api', patience);
    const rolled = users.count();
    await expect.poll(() => users.count()).toBeGreaterThan(rolled + 20);
    users.stop();
    expect(users.failures).toEqual([]);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toMatch(/^second/);
    await expect.poll(() => project.processes()).toHaveLength(3);
  });

  test('that only touches a file rolls too, and one outside the globs does not', async () => {
    const client = await project.start();
    await client.put([project.server('back/api')]);
    await client.waitReady('back/api', patience);
    const before = await pids(client);
    project.file('notes.md', 'outside');
    await project.system.clock.sleep(400);
    expect(await pids(client)).toEqual(before);
    utimesSync(join(project.folder, 'src/answer.txt'), new Date(), new Date());
    await expect.poll(() => pids(client)).not.toEqual(before);
    await client.waitReady('back/api', patience);
  });

  test('that does not start leaves the version before in service, says why, and the next one is taken', async () => {
    const client = await project.start();
    const port = await startDataPlane(client);
    const spec = project.server('back/api', { replicas: 2, rank: 2 });
    const source = spec.argv[1] ?? '';
    await client.put([spec]);
    await client.waitReady('back/api', patience);
    const users = load(port);
    project.file('src/server.mjs', 'throw new Error("broken edit");');
    await expect
      .poll(async () => client.waitReady('back/api', patience).catch((error) => error))
      .toMatchObject({ code: 'service-exited', detail: expect.arrayContaining(['Error: broken edit']) });
    expect((await client.list()).find(({ id }) => id === 'back/api')).toMatchObject({
      ready: 2,
      why: 'an edit is not served: ended before it was ready: exit code 1',
    });
    project.server('back/api');
    project.file('src/answer.txt', 'third');
    expect(source).toContain('server.mjs');
    await expect.poll(() => users.seen.get('third')).toBeDefined();
    await client.waitReady('back/api', patience);
    users.stop();
    expect(users.failures).toEqual([]);
  });

  test('that does not start stops at the first replica of an exclusive program, and the next one is taken', async () => {
    const client = await project.start();
    const port = await startDataPlane(client);
    await client.put([project.server('back/api', { replicas: 2, exclusive: true })]);
    const before = (await client.waitReady('back/api', patience)).replicas[1]?.pid;
    const users = load(port);
    const status = async () => (await client.list()).find(({ id }) => id === 'back/api');
    project.file('src/server.mjs', 'throw new Error("broken edit");');
    const why = 'an edit is not served: ended before it was ready: exit code 1';
    await expect.poll(status).toMatchObject({ why, ready: 1 });
    await project.system.clock.sleep(1500);
    expect(await status()).toMatchObject({ why, ready: 1 });
    expect((await status())?.replicas[1]?.pid).toBe(before);
    project.server('back/api');
    project.file('src/answer.txt', 'third');
    await expect.poll(() => users.seen.get('third')).toBeDefined();
    const mended = await client.waitReady('back/api', patience);
    users.stop();
    expect(mended).toMatchObject({ ready: 2 });
    expect(mended).not.toHaveProperty('why');
    expect(mended.replicas[1]?.pid).not.toBe(before);
    expect(users.failures).toEqual([]);
  });

  test('that fails at first goes on to the other replicas of an exclusive program once it starts', async () => {
    const client = await project.start();
    const fails = `import { existsSync } from 'node:fs'; import { createServer } from 'node:net';
      if (existsSync('fails')) process.exit(1); createServer().listen(process.env.PORT, '127.0.0.1');`;
    const ready = { port: 'free', readiness: { kind: 'tcp' } } as const;
    const spec = project.script('back/api', fails, { replicas: 2, exclusive: true, watch: ['*.mjs'], ...ready });
    await client.put([spec]);
    const before = (await client.waitReady('back/api', patience)).replicas.map(({ pid }) => pid);
    const marker = project.file('fails', '');
    project.file('back-api.mjs', `${fails} // edited`);
    await expect.poll(async () => (await client.list())[0]).toMatchObject({ ready: 1 });
    await expect.poll(async () => (await client.list())[0]?.why).toBeDefined();
    rmSync(marker);
    await expect
      .poll(async () => (await pids(client))?.some((pid) => pid === undefined || before.includes(pid)))
      .toBe(false);
    expect(await client.waitReady('back/api', patience)).not.toHaveProperty('why');
  });

  test('during a roll begins it again with the newest code', async () => {
    const client = await project.start();
    const port = await startDataPlane(client);
    await client.put([project.server('back/api', { replicas: 2 })]);
    await client.waitReady('back/api', patience);
    const users = load(port);
    for (const text of ['a', 'b', 'c', 'd']) {
      project.file('src/answer.txt', text);
      await project.system.clock.sleep(120);
    }
    await expect.poll(() => users.seen.get('d')).toBeDefined();
    await client.waitReady('back/api', patience);
    users.stop();
    for (let i = 0; i < 4; i++) expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toMatch(/^d/);
    expect(users.failures).toEqual([]);
    await expect.poll(() => project.processes().length).toBe(3);
  });
});

/** GET through the ingress, over one kept connection of many users. */
function ingressGet(port: number, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, agent, rejectUnauthorized: false }, async (response) => {
      let text = `${response.statusCode} `;
      for await (const chunk of response) text += chunk;
      resolve(text);
    });
    asked.on('error', reject);
    asked.end();
  });
}

test('through the real data plane no request is lost either', async () => {
  const client = await project.start();
  const { clock, node } = project.system;
  const [httpsPort, httpPort] = [await freePort(), await freePort()];
  const { certificateFile, keyFile, mesh } = await serverCertificates(join(project.folder, 'certificates'));
  const routes = [{ upstream: 'back/api:http', host: '*', path: '/', strip: false }];
  const argv = [node, join(import.meta.dirname, '../../support/data-plane-process.ts')];
  await client.put([{ ...project.script('opta/data-plane', ''), kind: 'data-plane', argv, rank: 0 }]);
  const ingress = { httpsPort, httpPort, certificateFile, keyFile, routes };
  await client.configure({ ...config(httpPort), mesh, ingress });
  await client.put([project.server('back/api', { replicas: 2 })]);
  await client.waitReady('back/api', patience);
  const agent = new Agent({ keepAlive: true });
  const answers: string[] = [];
  let sent = 0;
  const end = clock.every(20, () => {
    sent += 1;
    return ingressGet(httpsPort, agent).then(
      (text) => answers.push(text),
      (error) => answers.push(String(error)),
    );
  });
  await expect.poll(() => answers.length).toBeGreaterThan(5);
  for (const text of ['second', 'third']) {
    project.file('src/answer.txt', text);
    await expect.poll(() => answers.at(-1)).toContain(text);
    await client.waitReady('back/api', patience);
    const rolled = answers.length;
    await expect.poll(() => answers.length).toBeGreaterThan(rolled + 20);
  }
  end();
  await expect.poll(() => answers.length).toBe(sent);
  expect(answers.filter((text) => !text.startsWith('200 '))).toEqual([]);
  expect(sent).toBeGreaterThan(20);
  // A request counts once both ends of it are done, which may be after its user has read the answer.
  const edge = async () => (await client.metrics())?.edges[0];
  await expect.poll(async () => (await edge())?.requests).toBe(sent);
  expect(await edge()).toMatchObject({ caller: 'opta/ingress', callee: 'back/api', refused: 0, mtls: true });
  expect((await edge())?.succeeded).toBe(sent);
  const sidecars = async () =>
    (await client.metrics())?.sidecars.map(({ upstream, replica }) => `${upstream} ${replica}`).sort();
  await expect.poll(sidecars).toEqual(['back/api:http 0', 'back/api:http 1']);
  agent.destroy();
});

describe('a roll', () => {
  test('follows a changed spec and a restart', async () => {
    const client = await project.start();
    const port = await startDataPlane(client);
    const spec = project.server('back/api', { replicas: 2 });
    await client.put([spec]);
    await client.waitReady('back/api', patience);
    const users = load(port);
    const before = await client.waitReady('back/api', patience);
    expect(await client.put([{ ...spec, env: { ...spec.env, MODE: 'x' } }])).toEqual({ 'back/api': 'rolling' });
    const rolled = await client.waitReady('back/api', patience);
    const restarted = await client.restart('back/api', patience);
    users.stop();
    const all = [before, rolled, restarted].flatMap(({ replicas }) => replicas.map(({ pid }) => pid));
    expect(new Set(all).size).toBe(6);
    expect(users.failures).toEqual([]);
  });

  test('of an exclusive program never has two of it', async () => {
    const client = await project.start();
    const text = `import { mkdirSync, rmdirSync } from 'node:fs'; process.on('SIGTERM', () => { rmdirSync('held'); process.exit(0); });
      mkdirSync('held'); setInterval(() => {}, 1000); console.log('held');`;
    await client.put([project.script('back/db', text, { exclusive: true })]);
    await project.says('back/db', 'held');
    const before = await client.waitReady('back/db', patience);
    const after = await client.restart('back/db', patience);
    expect(after.replicas[0]).toMatchObject({ state: 'ready', restarts: 0 });
    expect(after.replicas[0]?.pid).not.toBe(before.replicas[0]?.pid);
  });
});

describe('the data plane', () => {
  test('knows a service before it counts as ready', async () => {
    const client = await project.start();
    const port = await startDataPlane(client, 500);
    await client.put([project.server('back/api', { replicas: 2 })]);
    await client.waitReady('back/api', patience);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
    await client.restart('back/api', patience);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
  });

  test('gets its config and endpoints again after a crash', async () => {
    const client = await project.start();
    const port = await startDataPlane(client);
    await client.put([project.server('back/api')]);
    await client.waitReady('back/api', patience);
    const mesh = (await client.list()).find(({ id }) => id === 'opta/mesh');
    project.system.processes.signal(mesh?.replicas[0]?.pid ?? 0, 'SIGKILL');
    await expect.poll(async () => (await fetch(`http://127.0.0.1:${port}/`).catch(() => undefined))?.status).toBe(200);
  });

  test('that cannot listen says which port is taken', async () => {
    const client = await project.start();
    const port = await startDataPlane(client);
    const argv = [project.system.node, join(import.meta.dirname, '../../support/stub-data-plane.ts')];
    await client.remove(['opta/mesh']);
    const holder = `import { createServer } from 'node:http'; createServer().listen(${port}, '127.0.0.1');`;
    await client.put([project.script('back/holder', holder, { port, readiness: { kind: 'tcp' } })]);
    await client.waitReady('back/holder', patience);
    await client.put([{ ...project.script('opta/mesh', ''), kind: 'data-plane', argv, rank: 0 }]);
    await client.waitReady('opta/mesh', patience);
    await expect(client.configure(config(port))).rejects.toMatchObject({ code: 'port-taken' });
  });
});
