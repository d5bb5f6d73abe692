/** Two layers with every kind of port, storage, schedules and a database, run by the real bin: what users and services see. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { Status } from '../../../src/targets/process/status.ts';
import { type BinProject, makeBinProject } from '../../support/bin-project.ts';
import { ask } from '../../support/clients.ts';
import { EchoClient } from '../../support/echo-grpc.ts';

const libraries = { ws: import.meta.resolve('ws'), grpc: import.meta.resolve('@grpc/grpc-js') };

const back = `
name: back
authorization: open
modules:
  - name: echo
    type: k8s-service
    image: AUTO
    port: {grpc: 50051}
    public_uri: "grpc.localhost/"
    min_containers: 2
    dev: {directory: code, command: [node, echo.mjs]}
  - name: chat
    type: k8s-service
    image: AUTO
    port: {websocket: 8080}
    public_uri: /chat
    dev: {directory: code, command: [node, chat.mjs]}
  - name: mixed
    type: k8s-service
    image: AUTO
    ports:
      - {name: web, type: http, port: 8080}
      - {name: line, type: tcp, port: 7000}
      - {name: admin, type: tcp, port: 7001, service_port: 70}
    public_uri: /mixed
    min_containers: 2
    persistent_storage: [{size: 1, path: /var/data}, {size: 1, path: /cache}]
    links: [db]
    dev: {directory: code, command: [node, mixed.mjs]}
  - name: stuck
    type: k8s-service
    image: AUTO
    port: {http: 8080}
    public_uri: /stuck
    min_containers: 2
    sticky_session: true
    dev: {directory: code, command: [node, server.mjs]}
  - name: hashed
    type: k8s-service
    image: AUTO
    port: {http: 8080}
    public_uri: /hashed
    min_containers: 3
    consistent_hash: $http_x_user
    dev: {directory: code, command: [node, server.mjs]}
  - name: reports
    type: k8s-service
    image: AUTO
    min_containers: 0
    max_containers: 0
    cron_jobs:
      - {schedule: "* * * * *", commands: [node, report.mjs], args: [now]}
    dev: {directory: code}
  - name: db
    type: postgres
`;

const front = `
name: front
modules:
  - name: page
    type: k8s-service
    image: AUTO
    port: {http: 8080}
    public_uri: /
    links: [back/echo, back/chat, back/mixed]
    dev: {directory: code, command: [node, page.mjs]}
`;

const echo = `
import grpc from '${libraries.grpc}';
const pass = (bytes) => bytes;
const shape = { requestSerialize: pass, requestDeserialize: pass, responseSerialize: pass, responseDeserialize: pass };
const server = new grpc.Server();
server.addService({ unary: { path: '/echo.Echo/Unary', requestStream: false, responseStream: false, ...shape } }, {
  unary(call, done) {
    const metadata = new grpc.Metadata();
    metadata.set('x-replica', process.env.OPTA_REPLICA);
    call.sendMetadata(metadata);
    done(null, call.request);
  },
});
server.bindAsync('127.0.0.1:' + process.env.PORT, grpc.ServerCredentials.createInsecure(), () => {});
process.on('SIGTERM', () => server.tryShutdown(() => process.exit(0)));
`;

const chat = `
import { WebSocketServer } from '${libraries.ws}';
const sockets = new WebSocketServer({ port: Number(process.env.PORT), host: '127.0.0.1' });
sockets.on('connection', (socket) => socket.on('message', (data) => socket.send('heard ' + data)));
`;

const mixed = `
import { appendFileSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as listen } from 'node:net';
const { PORT, PORT_LINE, PORT_ADMIN, OPTA_STORAGE, OPTA_STORAGE_VAR_DATA, OPTA_STORAGE_CACHE, OPTA_REPLICA } = process.env;
appendFileSync(OPTA_STORAGE + '/starts', OPTA_REPLICA);
const starts = () => readFileSync(OPTA_STORAGE + '/starts', 'utf8');
const answer = () => ({ replica: OPTA_REPLICA, starts: starts(), storage: [OPTA_STORAGE, OPTA_STORAGE_VAR_DATA, OPTA_STORAGE_CACHE] });
createServer((request, response) => response.end(JSON.stringify(answer()))).listen(PORT, '127.0.0.1');
for (const [name, port] of [['line', PORT_LINE], ['admin', PORT_ADMIN]]) {
  listen((socket) => socket.on('error', () => {}).on('data', (data) => socket.end(name + ' ' + data))).listen(port, '127.0.0.1');
}
console.log('ready with a password of', (process.env.db_db_password ?? process.env.db_password ?? '').length, 'characters');
console.log(JSON.stringify(process.env));
`;

const page = `
import { connect } from 'node:net';
import { createServer } from 'node:http';
import grpc from '${libraries.grpc}';
const { env } = process;
const over = (address, text) => new Promise((resolve, reject) => {
  const [host, port] = address.split(':');
  const socket = connect(Number(port), host, () => socket.write(text));
  socket.on('data', (data) => resolve(String(data))).on('error', reject);
});
const say = (url) => new Promise((resolve, reject) => {
  const socket = new WebSocket(url.replace('http', 'ws'));
  socket.onopen = () => socket.send('hello');
  socket.onmessage = ({ data }) => { resolve(data); socket.close(); };
  socket.onerror = (event) => reject(new Error(event.message));
});
const call = (address) => new Promise((resolve, reject) => {
  const pass = (bytes) => bytes;
  const client = new grpc.Client(address, grpc.credentials.createInsecure());
  client.makeUnaryRequest('/echo.Echo/Unary', pass, pass, Buffer.from('hi'), (error, bytes) => {
    client.close();
    if (error) reject(error); else resolve(String(bytes));
  });
});
const asked = {
  '/': () => Object.fromEntries(Object.entries(env).filter(([name]) => /^(echo|chat|mixed)_/.test(name))),
  '/http': async () => (await fetch(env.mixed_url)).json(),
  '/name': async () => (await fetch('http://mixed.back/')).json(),
  '/line': () => over(env.mixed_line_addr, 'one'),
  '/admin': () => over(env.mixed_admin_addr, 'two'),
  '/socket': () => say(env.chat_url),
  '/grpc': () => call(env.echo_url.replace('http://', '')),
  '/grpc-name': () => call('echo.back:80'),
};
createServer(async (request, response) => {
  const found = await Promise.resolve(asked[request.url]?.()).catch((error) => { response.statusCode = 500; return String(error); });
  response.end(JSON.stringify(found ?? null));
}).listen(env.PORT, '127.0.0.1');
`;

const report = `import { appendFileSync } from 'node:fs'; appendFileSync('reports.txt', process.argv[2] + ' ' + process.env.OPTA_SERVICE + '\\n');`;

const files = ['-c', 'opta.yaml', '-c', 'front.yaml', '--timeout', '300'];
let project: BinProject;
let ca: string;
let streamed: string;

const opta = (...args: string[]) => project.opta(args);
const json = async (path: string, host = 'front.localhost') => JSON.parse(await project.get(path, host)) as unknown;
const status = async () => JSON.parse((await opta('dev', 'status', '--json')).stdout) as Status;

async function up(...more: string[]): Promise<void> {
  const ended = await project.up([...files, ...more]);
  expect(ended.code, ended.stdout + ended.stderr).toBe(0);
  streamed = ended.stdout + ended.stderr;
}

beforeAll(async () => {
  project = await makeBinProject(back);
  project.write('front.yaml', front);
  for (const [name, text] of Object.entries({ echo, chat, mixed, page, report }))
    project.write(`code/${name}.mjs`, text);
  await up();
  ca = readFileSync(project.authority, 'utf8');
});

afterAll(() => project.remove());

describe('between the services of two layers', () => {
  test('the linked variables are those of the definition', async () => {
    expect(await json('/')).toEqual({
      echo_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      chat_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      mixed_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      mixed_line_addr: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      mixed_admin_addr: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    });
  });

  test.each([
    ['/http', expect.objectContaining({ replica: expect.any(String) })],
    ['/name', expect.objectContaining({ replica: expect.any(String) })],
    ['/line', 'line one'],
    ['/admin', 'admin two'],
    ['/socket', 'heard hello'],
    ['/grpc', 'hi'],
    ['/grpc-name', 'hi'],
  ])('%s', async (path, answer) => {
    expect(await json(path)).toEqual(answer);
  });
});

describe('through the ingress', () => {
  const edge = () => ({ httpsPort: project.httpsPort, ca });

  test('websocket', async () => {
    const socket = new WebSocket(`wss://127.0.0.1:${project.httpsPort}/chat`, {
      ca,
      headers: { host: 'back.localhost' },
    });
    socket.on('open', () => socket.send('from outside'));
    const heard = await new Promise((resolve, reject) =>
      socket.on('message', (data) => resolve(String(data))).on('error', reject),
    );
    socket.close();
    expect(heard).toBe('heard from outside');
  });

  test('gRPC, to both replicas', async () => {
    const { credentials } = await import('@grpc/grpc-js');
    const client = new EchoClient(`127.0.0.1:${project.httpsPort}`, credentials.createSsl(Buffer.from(ca)), {
      'grpc.ssl_target_name_override': 'grpc.localhost',
      'grpc.default_authority': 'grpc.localhost',
    });
    const seen = new Set<string>();
    const many = async () => {
      for (const { text, replica } of await Promise.all(Array.from({ length: 30 }, () => client.unaryOf('out'))))
        seen.add(`${text} ${replica}`);
      return [...seen].sort();
    };
    await expect.poll(many).toEqual(['out 0', 'out 1']);
    client.close();
  });

  test('a sticky session keeps its replica', async () => {
    const first = await ask(edge(), '/stuck', { host: 'back.localhost' });
    const cookie = String(first.headers['set-cookie']?.[0]).split(';')[0] ?? '';
    expect(cookie).toMatch(/=/);
    const answers = [];
    for (let n = 0; n < 12; n++)
      answers.push((await ask(edge(), '/stuck', { host: 'back.localhost', headers: { cookie } })).body);
    expect(new Set(answers)).toEqual(new Set([first.body]));
    // Many at once and again: one that was slow with its first answer is left alone for a while.
    const seen = new Set<string>();
    const others = async () => {
      const many = Array.from({ length: 60 }, () => ask(edge(), '/stuck', { host: 'back.localhost' }));
      for (const { body } of await Promise.all(many)) seen.add(body);
      return seen.size;
    };
    await expect.poll(others).toBe(2);
  });

  test('a consistent hash sends one user to one replica, and many to all', async () => {
    const of = async (user: string) =>
      (await ask(edge(), '/hashed', { host: 'back.localhost', headers: { 'x-user': user } })).body;
    for (const user of ['ada', 'bob', 'eve'])
      expect(new Set([await of(user), await of(user), await of(user)]).size).toBe(1);
    const all = await Promise.all(Array.from({ length: 40 }, (_, n) => of(`user ${n}`)));
    expect(new Set(all).size).toBe(3);
  });
});

describe('persistent storage', () => {
  const folders = async () => {
    const found = new Map<string, { starts: string; storage: string[] }>();
    const many = async () => {
      const answers = await Promise.all(Array.from({ length: 60 }, () => project.get('/mixed')));
      for (const answer of answers) {
        const { replica, ...rest } = JSON.parse(answer) as { replica: string; starts: string; storage: string[] };
        found.set(replica, rest);
      }
      return found.size;
    };
    await expect.poll(many).toBe(2);
    return found;
  };

  test('is a folder of each replica and path', async () => {
    const found = await folders();
    const [zero, one] = [found.get('0'), found.get('1')];
    expect(zero?.storage).toEqual([
      project.state('storage', 'back.mixed', '0', 'var_data'),
      project.state('storage', 'back.mixed', '0', 'var_data'),
      project.state('storage', 'back.mixed', '0', 'cache'),
    ]);
    expect(one?.storage[0]).toBe(project.state('storage', 'back.mixed', '1', 'var_data'));
    expect([zero?.starts, one?.starts]).toEqual(['0', '1']);
    expect(statSync(project.state('storage', 'back.mixed', '0')).mode & 0o077).toBe(0);
  });
});

describe('commands', () => {
  test('status tells all of it, --wait is at once, and its exit code is 0', async () => {
    const { services } = await status();
    expect(services.map(({ service, kind, state, wanted }) => [service, kind, state, wanted])).toEqual(
      expect.arrayContaining([
        ['back/echo', 'service', 'ready', 2],
        ['back/hashed', 'service', 'ready', 3],
        ['front/page', 'service', 'ready', 1],
        ['back/db', 'resource', 'ready', 1],
        ['back/reports#cron1', 'cron', 'ready', 1],
      ]),
    );
    expect(services.find(({ service }) => service === 'back/mixed')).toMatchObject({
      urls: [`https://back.localhost:${project.httpsPort}/mixed`],
      name: 'mixed.back',
    });
    expect((await opta('dev', 'status', '--wait', '--timeout', '60')).code).toBe(0);
  });

  test('open --print', async () => {
    expect((await opta('dev', 'open', '--print', 'mixed')).stdout).toBe(
      `https://back.localhost:${project.httpsPort}/mixed\n`,
    );
    expect((await opta('dev', 'open', '--print', 'page')).stdout).toBe(
      `https://front.localhost:${project.httpsPort}/\n`,
    );
    const { code, stderr } = await opta('dev', 'open', '--print', 'reports#cron1');
    expect(code).toBe(1);
    expect(stderr).toContain('error[no-public-service]');
  });

  test('exec runs in the folder with the environment of the service, from below too, and passes its exit code', async () => {
    const shown = await project.opta(
      [
        'dev',
        'exec',
        'mixed',
        '--',
        'sh',
        '-c',
        'pwd; echo $OPTA_SERVICE $OPTA_STORAGE; curl --version >/dev/null; exit 7',
      ],
      { cwd: join(project.folder, 'code') },
    );
    expect(shown.stdout).toBe(
      `${project.folder}/code\nmixed ${project.state('storage', 'back.mixed', '0', 'var_data')}\n`,
    );
    expect(shown.code).toBe(7);
    expect((await opta('dev', 'exec', 'nobody', '--', 'true')).stderr).toContain('error[unknown-service]');
    expect((await opta('dev', 'exec', 'mixed', '--', 'no-such-tool')).stderr).toContain('error[command-not-found]');
  });

  test('env can be evaluated by a shell', async () => {
    const script = 'eval "$("$@")" && echo "$OPTA_LAYER $OPTA_SERVICE $mixed_url"';
    const shown = await project.opta(['dev', 'env', 'page'], {
      through: (argv) => ['sh', '-c', script, 'sh', ...argv],
    });
    expect(shown.stdout).toMatch(/^front page http:\/\/127\.0\.0\.1:\d+\n$/);
    const env = JSON.parse((await opta('dev', 'env', 'page', '--json')).stdout) as Record<string, string>;
    expect(env['mixed_url']).toBe(shown.stdout.trim().split(' ')[2]);
  });

  test('logs of one service, since a moment, and following', async () => {
    expect((await opta('dev', 'logs', 'mixed')).stdout).toMatch(/back\/mixed\/0 ready with a password/);
    expect((await opta('dev', 'logs', 'mixed')).stdout).not.toContain('back/page');
    expect((await opta('dev', 'logs', 'mixed', '--since', '1970-01-01T00:00:00Z')).stdout).toContain('ready');
    expect((await opta('dev', 'logs', 'mixed', '--since', '0.1s')).stdout).toBe('');
    expect((await opta('dev', 'logs', '--since', 'never')).code).toBe(2);
    expect((await opta('dev', 'logs', 'nobody')).stderr).toContain('error[unknown-service]');
    const following = project.start(['dev', 'logs', '-f', 'stuck', '--since', '1h']);
    await following.says('back/stuck/0 listening');
    const before = (await status()).services.find(({ service }) => service === 'back/stuck');
    process.kill(before?.replicas[0]?.pid ?? 0, 'SIGKILL');
    await following.says(/(back\/stuck\/0 listening[\s\S]*){2}/);
    following.child.kill('SIGINT');
    expect((await following.ended).code).toBe(0);
  });
});

test('no secret is in events, logs or arguments, and files that hold them are private', async () => {
  const passwords = Object.values(
    JSON.parse(readFileSync(project.state('secrets.json'), 'utf8')) as Record<string, string>,
  );
  expect(passwords.length).toBeGreaterThan(0);
  const logs = readdirSync(project.state('logs')).map((name) => readFileSync(project.state('logs', name), 'utf8'));
  const lines = project.commandLines();
  const again = await project.up([...files]);
  const shown = [
    streamed,
    again.stdout,
    ...logs,
    ...lines,
    (await opta('dev', 'logs')).stdout,
    (await opta('dev', 'status', '--json')).stdout,
  ];
  const text =
    shown.join('\n') +
    readFileSync(project.state('run.json'), 'utf8') +
    readFileSync(project.state('supervisor.log'), 'utf8');
  for (const password of passwords) {
    expect(text.includes(password)).toBe(false);
    expect(text.includes(encodeURIComponent(password))).toBe(false);
  }
  // What was left out was there to be seen: the service prints its whole environment.
  expect(logs.join('')).toContain('db_');
  expect(statSync(project.state('secrets.json')).mode & 0o777).toBe(0o600);
});

test('--only runs a service and what it links to, and leaves the rest alone', async () => {
  expect((await opta('dev', 'down')).code).toBe(0);
  expect(await project.leftovers()).toEqual([]);
  await up('--only', 'page');
  const ids = (await status()).services.map(({ service }) => service).filter((id) => !id.startsWith('opta/'));
  expect(ids.sort()).toEqual(['back/chat', 'back/db', 'back/echo', 'back/mixed', 'front/page']);
  expect(await json('/line')).toBe('line one');
  await up();
  expect((await status()).services.some(({ service }) => service === 'back/hashed')).toBe(true);
  await up('--only', 'chat');
  expect((await status()).services.some(({ service }) => service === 'back/hashed')).toBe(true);
  expect(await json('/line')).toBe('line one');
});

// Last of those that need everything up: a minute has nearly passed by now.
test('a schedule runs its command each minute, in the folder and with the environment of its service', async () => {
  const written = () =>
    existsSync(join(project.folder, 'code', 'reports.txt'))
      ? readFileSync(join(project.folder, 'code', 'reports.txt'), 'utf8')
      : '';
  await expect.poll(written, { timeout: 180_000, interval: 250 }).toContain('now reports\n');
});

test('storage and data survive down, and end with down --volumes', async () => {
  const storage = project.state('storage', 'back.mixed', '1', 'var_data', 'starts');
  // Started once in the beginning and once after the `down` above.
  expect(readFileSync(storage, 'utf8')).toBe('11');
  expect((await opta('dev', 'down')).code).toBe(0);
  expect(existsSync(storage)).toBe(true);
  expect(existsSync(project.state('data', 'back.db'))).toBe(true);
  expect((await opta('dev', 'down', '--volumes')).code).toBe(0);
  expect(existsSync(project.state('storage'))).toBe(false);
  expect(existsSync(project.state('data'))).toBe(false);
  expect(await project.leftovers()).toEqual([]);
});
