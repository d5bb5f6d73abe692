/**
 * The same requests get the same answers as processes, on kind with nginx, and on kind with the gateway; in the mesh where
 * `OPTA_E2E_MIRROR` brings Linkerd.
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KindProject, makeKindProject, noKind } from '../../support/kind-project.ts';
import { noLinkerd } from '../../support/linkerd-mirror.ts';
import { ofProcesses } from '../../support/same/names.ts';
import {
  ask,
  call,
  type Place,
  recorded,
  stream,
  type Told,
  titleOf,
  upgrade,
  withoutPorts,
} from '../../support/same/requests.ts';

const long = 420_000;

const module = (name: string, port: string, more: string) => `  - name: ${name}
    type: k8s-service
    image: AUTO
    build: { context: code }
    port: { ${port} }
    max_containers: 1
    resource_request: { cpu: 10 }
${more}    dev: { command: [node, server.mjs] }
`;

const one = 'max_containers: 1';
const two = 'min_containers: 2\n    max_containers: 2';

const layer = `name: same
authorization: open
environments:
  - name: local
    path: environment.yaml
modules:
${module('web', 'http: 8080', '    public_uri: /\n    links: [api]\n')}${module('api', 'http: 8080', '    public_uri: /api\n    links: [{ db: [{ db_host: DB_HOST, db_port: DB_PORT }] }]\n')}${module('kept', 'http: 8080', '    public_uri: /kept\n    keep_path_prefix: true\n')}${module('own', 'http: 8080', '    public_uri: [own.same.localhost, part.same.localhost/part]\n')}${module('socket', 'websocket: 8080', '    public_uri: /socket\n')}${module('rpc', 'grpc: 50051', '    public_uri: rpc.same.localhost\n    env_vars: { PROTOCOL: grpc }\n')}${module('sticky', 'http: 8080', '    public_uri: /sticky\n    sticky_session: true\n').replace(one, two)}${module('hash', 'http: 8080', '    public_uri: /hash\n    consistent_hash: $remote_addr\n').replace(one, two)}  - name: db
    type: postgres
`;

const environment = (ingress: string) => `name: local
org_name: test
providers:
  local: {}
modules:
  - type: k8s-base
    ingress: ${ingress}
    linkerd_enabled: ${noLinkerd === undefined}
`;

const dockerfile = `FROM node:24-slim
WORKDIR /app
COPY server.mjs ./
ENV BIND_ADDRESS=0.0.0.0
USER 1000:1000
CMD ["node", "server.mjs"]
`;

interface Record {
  readonly answers: Readonly<{ [title: string]: Told }>;
  readonly upgrades: readonly string[];
  readonly calls: readonly object[];
  readonly streams: readonly string[];
  readonly cookie: string;
  /** How many a browser with the cookie, and one address where the address decides, meet of two. */
  readonly replicas: number;
  readonly hashed: number;
}

async function record(place: Place): Promise<Record> {
  const answers = await Promise.all(
    recorded.map(async (asked) => {
      const told = JSON.parse(withoutPorts(place, JSON.stringify(await ask(place, asked)))) as Told;
      // What the ingress says itself is its own; its code and where it sends to are not.
      const own = told.status >= 300 && !told.body.startsWith('status ');
      const { location } = told.headers;
      return [titleOf(asked), own ? { status: told.status, headers: { location }, body: '' } : told] as const;
    }),
  );
  const first = await ask(place, { path: '/sticky/replica' });
  const [cookie = ''] = (first.headers['set-cookie'] ?? []) as readonly string[];
  const again = await Promise.all(
    Array.from({ length: 6 }, () =>
      ask(place, { path: '/sticky/replica', headers: { cookie: cookie.split(';')[0] ?? '' } }),
    ),
  );
  const hashed = await Promise.all(Array.from({ length: 6 }, () => ask(place, { path: '/hash/replica' })));
  return {
    answers: Object.fromEntries(answers),
    upgrades: [await upgrade(place, '/socket/room?x=1'), await upgrade(place, '/socket')],
    streams: await Promise.all([stream(place, '', 'a'), stream(place, '/api', 'b')]),
    calls: [await call(place, '/echo.Echo/Say'), await call(place, '/echo.Echo/Fail')],
    cookie: attributes(cookie),
    replicas: new Set([first, ...again].map(({ body }) => body)).size,
    hashed: new Set(hashed.map(({ body }) => body)).size,
  };
}

/** Name and attributes of a cookie, without value, order, case and the moment that it ends. */
const attributes = (cookie: string): string =>
  cookie
    .split('; ')
    .map((part, at) => (at === 0 ? (part.split('=')[0] ?? '') : part.toLowerCase()))
    .filter((part) => !part.startsWith('expires='))
    .toSorted()
    .join('; ');

describe.skipIf(noKind !== undefined)('the same requests', () => {
  let project: KindProject;
  let processes: Record;
  const names: { [service: string]: { [target: string]: readonly string[] } } = {};
  const services = ['web', 'api', 'kept', 'own', 'socket', 'rpc', 'sticky', 'hash'];

  const write = (ingress: string) => writeFileSync(join(project.folder, 'environment.yaml'), environment(ingress));
  const place = (): Place => project;
  const keepNames = async (target: string) => {
    for (const service of services) {
      const { code, stdout, stderr } = await project.opta(['dev', 'env', service, '--json', '--on', target]);
      expect(code, stderr).toBe(0);
      names[service] = { ...names[service], [target]: Object.keys(JSON.parse(stdout) as object).sort() };
    }
  };

  beforeAll(async () => {
    project = await makeKindProject();
    const code = join(project.folder, 'code');
    mkdirSync(code, { recursive: true });
    copyFileSync(join(import.meta.dirname, '../../support/same/server.mjs'), join(code, 'server.mjs'));
    writeFileSync(join(code, 'Dockerfile'), dockerfile);
    writeFileSync(join(project.folder, 'opta.yaml'), layer);
    write('nginx');
    const ports = ['--https-port', String(project.httpsPort), '--http-port', String(project.httpPort)];
    const up = await project.opta(['dev', 'up', '--on', 'process', '--detach', '--plain', ...ports]);
    expect(up.code, up.stderr).toBe(0);
    processes = await record(place());
    await keepNames('process');
    const down = await project.opta(['dev', 'down', '--on', 'process', '--plain']);
    expect(down.code, down.stderr).toBe(0);
  }, long);

  afterAll(async () => {
    await project.opta(['dev', 'down', '--on', 'process', '--plain']);
    await project.remove();
  }, long);

  test('get an answer from processes', () => {
    expect(processes.answers['GET https /']?.status).toBe(200);
    expect(processes.answers['GET https /linked']?.body).toBe('api saw /from-web?x=1');
    expect(processes.answers['GET https /api/database']?.body).toBe('S');
    expect(processes.answers['GET http /where/to?x=1']).toMatchObject({
      status: 301,
      headers: { location: 'https://same.localhost:HTTPS/where/to?x=1' },
    });
    expect(processes.calls).toEqual([
      { status: 200, body: '\0\0\0\0\u0003abc', grpc: '0', path: '/echo.Echo/Say' },
      expect.objectContaining({ grpc: '7' }),
    ]);
    expect(processes.streams[0]).toBe('200 text/event-stream data: first\n\ndata: second\n\n');
    expect(processes.answers['POST https /count']?.body).toBe('3000000 bytes');
    expect([processes.replicas, processes.hashed]).toEqual([1, 1]);
  });

  for (const ingress of ['nginx', 'gateway']) {
    test(`get the same from kind with ${ingress}`, { timeout: long }, async () => {
      write(ingress);
      const { code, stderr } = await project.up();
      expect(code, stderr).toBe(0);
      const found = await record(place());
      expect(found.answers).toEqual(processes.answers);
      expect({ ...found, answers: {} }).toEqual({ ...processes, answers: {} });
    });

    test(`get a new service's answer from ${ingress} as soon as \`up\` is done`, { timeout: long }, async () => {
      const late = module(`late-${ingress}`, 'http: 8080', `    public_uri: /late-${ingress}\n`);
      writeFileSync(join(project.folder, 'opta.yaml'), layer + late);
      const { code, stderr } = await project.up();
      expect(code, stderr).toBe(0);
      const { body } = await project.get(`/late-${ingress}/thing`, 'same.localhost');
      // And not that of `/`, which covers it.
      expect(JSON.parse(body)).toMatchObject({ service: `late-${ingress}` });
      writeFileSync(join(project.folder, 'opta.yaml'), layer);
    });
  }

  test('find the same variables in every service', { timeout: long }, async () => {
    await keepNames('kind');
    for (const [service, { process = [], kind }] of Object.entries(names)) {
      const shared = process.filter((name) => !ofProcesses.test(name));
      expect(
        kind?.filter((name) => !ofProcesses.test(name)),
        service,
      ).toEqual(shared);
    }
  });
});
