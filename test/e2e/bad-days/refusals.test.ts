/** Days on which `dev up` cannot succeed: each ends soon with its own code, says what to do, and leaves nothing half-made. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Failure } from '../../../src/engine/event.ts';
import { type BinProject, type Ended, failuresOf, layer, makeBinProject } from '../../support/bin-project.ts';
import { freePort } from '../../support/ports.ts';

let project: BinProject;
let other: Server | undefined;

afterEach(async () => {
  other?.close();
  other = undefined;
  await project.remove();
});

/** Another program on a port; 0 is any. */
async function take(port: number): Promise<number> {
  const server = createServer();
  other = server;
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** Milliseconds: before anybody would take it for hanging, on a machine that is ten times as slow. */
const soon = 60_000;

/** The one failure of an `up` that ended with 1 in time and left nothing. */
async function refusal(more: readonly string[] = []): Promise<Failure> {
  const { code, events, ms, stderr } = await project.up(more);
  console.log(expect.getState().currentTestName, Math.round(ms));
  const failures = failuresOf(events);
  expect({ code, failures: failures.length, stderr }).toEqual({ code: 1, failures: 1, stderr: '' });
  expect(ms).toBeLessThan(soon);
  expect(await project.leftovers()).toEqual([]);
  return failures[0] as Failure;
}

/** Of a service that has said `serving` and is not ready all the same: with as much time as it takes to say so here. */
async function neverReady(): Promise<Failure> {
  for (let seconds = 1.5; ; seconds *= 4) {
    const failure = await refusal(['--timeout', `${seconds}`]);
    if (failure.detail?.includes('serving') || seconds > 20) return failure;
  }
}

/** A refusal before anything is drawn: it stands on standard error, with its code. */
async function refusedAtOnce(ended: Promise<Ended>, exitCode = 1): Promise<string> {
  const { code, stdout, stderr, ms } = await ended;
  console.log(expect.getState().currentTestName, Math.round(ms));
  expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
  expect(ms).toBeLessThan(soon);
  expect(await project.leftovers()).toEqual([]);
  return stderr;
}

test('the HTTPS port that was asked for is taken', async () => {
  project = await makeBinProject(layer());
  await take(project.httpsPort);
  const said = await project.up();
  expect(said.code).toBe(1);
  expect(said.stderr).toContain('error[port-taken]');
  expect(said.stderr).toContain(`port ${project.httpsPort} of the HTTPS ingress is taken by another program`);
  expect(said.stderr).toContain('--https-port');
  expect(existsSync(project.state())).toBe(false);
});

test('the HTTP port that was kept is taken', async () => {
  project = await makeBinProject(layer());
  await project.isUp();
  await project.down();
  const kept = JSON.parse(readFileSync(project.state('ports.json'), 'utf8')) as { http: number };
  await take(kept.http);
  const { code, stderr, ms } = await project.opta(['dev', 'up', '--detach', '--plain']);
  expect(code).toBe(1);
  expect(stderr).toContain('error[port-taken]');
  expect(stderr).toContain(`port ${kept.http} of the HTTP ingress`);
  expect(stderr).toContain('--http-port');
  expect(ms).toBeLessThan(soon);
});

test('a service that ignores PORT collides with another program', async () => {
  project = await makeBinProject(layer(), '');
  const taken = await take(0);
  project.write(
    'code/server.mjs',
    `import { createServer } from 'node:http'; createServer(() => {}).listen(${taken}, '127.0.0.1');`,
  );
  const { code, message, hints, detail } = await refusal();
  expect(code).toBe('port-taken');
  expect(message).toContain(`bad/web ended (exit code 1): port ${taken} is taken`);
  expect(hints.join(' ')).toContain('PORT');
  expect(detail.join('\n')).toContain('EADDRINUSE');
});

test('two replicas that ignore PORT collide with each other', async () => {
  project = await makeBinProject(layer('    min_containers: 2\n'), '');
  const port = await freePort();
  project.write(
    'code/server.mjs',
    `import { createServer } from 'node:http'; createServer(() => {}).listen(${port}, '127.0.0.1');`,
  );
  const { code, hints, message } = await refusal();
  expect(code).toBe('port-taken');
  expect(message).toContain('bad/web');
  expect(hints.join(' ')).toContain('PORT');
});

test('a service listens on another port than PORT', async () => {
  project = await makeBinProject(
    layer(),
    `import { createServer } from 'node:http'; createServer(() => {}).listen(0, '127.0.0.1', () => console.log('serving'));`,
  );
  const { code, message, hints } = await neverReady();
  expect(code).toBe('service-never-ready');
  expect(message).toMatch(/bad\/web was not ready within [\d.]+ s.*it listens on port \d+ instead/);
  expect(hints.join(' ')).toContain('PORT');
});

test('a service whose readiness path is wrong', async () => {
  project = await makeBinProject(
    layer('    readiness_probe_path: /nowhere\n'),
    `import { createServer } from 'node:http';
     createServer((q, r) => { r.statusCode = 404; r.end(); }).listen(process.env.PORT, '127.0.0.1', () => console.log('serving'));`,
  );
  const { code, message, hints, place, detail } = await neverReady();
  expect(code).toBe('service-never-ready');
  expect(message).toMatch(/\/nowhere.* gave .*404/);
  expect(hints.join(' ')).toContain('/nowhere');
  expect(place).toMatchObject({ line: 4 });
  expect(detail).toContain('serving');
});

test('a service that never answers', async () => {
  project = await makeBinProject(layer(), 'setInterval(() => {}, 1000); process.on("SIGTERM", () => process.exit(0));');
  const { code, message, hints } = await refusal(['--timeout', '1.5']);
  expect(code).toBe('service-never-ready');
  expect(message).toContain('connection refused');
  expect(hints.join(' ')).toContain('PORT');
});

test('a service whose health is asked on a port of its own', async () => {
  const ports = `    ports:
      - {name: web, type: http, port: 8080}
      - {name: health, type: tcp, port: 9000}
    probe_port: health
    readiness_probe_path: /up
`;
  const definition = layer(ports).replace(/ {4}port:\n.*\n/, '');
  const script = (health: string) => `
    import { createServer } from 'node:http';
    const { env } = process;
    createServer((q, r) => r.end('main')).listen(env.PORT, '127.0.0.1');
    createServer((q, r) => r.end('up')).listen(${health}, '127.0.0.1');`;
  project = await makeBinProject(definition, script('0'));
  const { code, message, hints } = await refusal(['--timeout', '1.5']);
  expect(code).toBe('service-never-ready');
  expect(message).toContain('/up gave connection refused');
  expect(hints.join(' ')).toContain('PORT_HEALTH');
  project.write('code/server.mjs', script('env.PORT_HEALTH'));
  await project.isUp();
  expect(await project.get()).toBe('main');
});

test('a service that listens on every address is fine', async () => {
  project = await makeBinProject(
    layer(),
    `import { createServer } from 'node:http'; createServer((q, r) => r.end('all')).listen(process.env.PORT);`,
  );
  await project.isUp();
  expect(await project.get()).toBe('all');
});

test('a service that exits at once shows its code and its last lines', async () => {
  project = await makeBinProject(layer(), `console.log('one'); console.error('no database for me'); process.exit(3);`);
  const { code, message, hints, detail, place } = await refusal();
  expect(code).toBe('service-exited');
  expect(message).toContain('bad/web ended before it was ready: exit code 3');
  expect(detail).toEqual(expect.arrayContaining(['one', 'no database for me']));
  expect(hints.join(' ')).toContain('opta dev logs web');
  expect(place).toMatchObject({ line: 4 });
});

test('a service whose program is not there', async () => {
  project = await makeBinProject(layer('', '[no-such-program, --now]'));
  const { code, message, hints } = await refusal();
  expect(code).toBe('service-exited');
  expect(message).toContain('no-such-program --now');
  expect(hints.join(' ')).toContain('PATH');
});

test('nothing says how a service starts', async () => {
  project = await makeBinProject(layer().replace(/ +command: .*\n/, ''));
  const said = await refusedAtOnce(project.opta(['dev', 'up', '--detach']));
  expect(said).toContain('error[start-command-missing]');
  expect(said).toMatch(/opta\.yaml:4:/);
  expect(said).toContain('dev: {command:');
  expect(existsSync(project.state())).toBe(false);
});

test('a service that is only an image', async () => {
  project = await makeBinProject(
    layer()
      .replace('AUTO', 'nginx:1.29')
      .replace(/ +dev:\n(.*\n){2}/, ''),
  );
  const said = await refusedAtOnce(project.opta(['dev', 'up', '--detach']));
  expect(said).toContain('error[start-command-missing]');
  expect(said).toContain('nginx:1.29');
  expect(said).toMatch(/opta\.yaml:4:/);
});

test('the folder of the code is not there', async () => {
  project = await makeBinProject(layer());
  rmSync(`${project.folder}/code`, { recursive: true });
  const said = await refusedAtOnce(project.opta(['dev', 'up', '--detach']));
  expect(said).toContain('error[code-folder-missing]');
  expect(said).toContain(`${project.folder}/code`);
  expect(said).toMatch(/opta\.yaml:4:/);
});

test('a file stands where the code should be', async () => {
  project = await makeBinProject(layer());
  rmSync(`${project.folder}/code`, { recursive: true });
  project.write('code', 'not a folder');
  const said = await refusedAtOnce(project.opta(['dev', 'up', '--detach']));
  expect(said).toContain('error[code-folder-missing]');
});

test('a file stands where the state folder should be', async () => {
  project = await makeBinProject(layer());
  writeFileSync(project.state(), '');
  const { code, stdout, stderr } = await project.up();
  expect(code).toBe(1);
  expect(`${stdout}${stderr}`).toContain('folder-not-writable');
  expect(`${stdout}${stderr}`).toContain(project.state());
  expect(project.pids()).toEqual([]);
});

test('the certificates cannot be written', async () => {
  project = await makeBinProject(layer());
  mkdirSync(project.state(), { recursive: true });
  writeFileSync(project.state('certificates'), '');
  const { code, message } = await refusal();
  expect(code).toBe('folder-not-writable');
  expect(message).toContain(project.state('certificates'));
});

test('no definition', async () => {
  project = await makeBinProject(layer());
  rmSync(`${project.folder}/opta.yaml`);
  const said = await refusedAtOnce(project.opta(['dev', 'up']));
  expect(said).toContain('error[no-definition]');
});

test('a flag that is none and a port that is none are usage', async () => {
  project = await makeBinProject(layer());
  expect(await refusedAtOnce(project.opta(['dev', 'up', '--detatch']), 2)).toContain('--detach');
  expect(await refusedAtOnce(project.opta(['dev', 'up', '--https-port', '70000']), 2)).toContain('error[bad-value]');
  expect(await refusedAtOnce(project.opta(['dev', 'up', '--only', 'wbe']), 2)).toContain('bad/web');
});

test('commands about what runs, when nothing does', async () => {
  project = await makeBinProject(layer());
  for (const args of [
    ['status'],
    ['status', '--wait'],
    ['env'],
    ['open', '--print'],
    ['exec', 'web', '--', 'true'],
    ['logs'],
  ]) {
    expect(await refusedAtOnce(project.opta(['dev', ...args]))).toContain('error[nothing-runs]');
  }
  for (const args of [['down'], ['down', '--volumes'], ['prune']]) {
    expect((await project.opta(['dev', ...args])).code).toBe(0);
  }
  expect(existsSync(project.state())).toBe(false);
});
