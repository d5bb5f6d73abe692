/** Bad days on a real cluster: each is told by a code of its own, with what, where, why and what to do, within a minute. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KindProject, makeKindProject, noKind } from '../../support/kind-project.ts';

const long = 420_000;

const server = `
import { createServer } from 'node:http';
const { MODE = 'good' } = process.env;
if (MODE === 'crash') {
  console.error('the door is locked');
  process.exit(3);
}
createServer((_, response) => response.end('fine')).listen(MODE === 'deaf' ? 9999 : 8080, () => console.log('listening', MODE));
process.on('SIGTERM', () => process.exit(0));
`;

const dockerfile = `FROM node:24-slim
COPY server.mjs /app/server.mjs
USER 1000:1000
CMD ["node", "/app/server.mjs"]
`;

interface Layer {
  readonly image?: string;
  readonly mode?: string;
  readonly more?: string;
}

const layer = ({ image = 'AUTO', mode = 'good', more = '' }: Layer = {}) => `name: bad
authorization: open
modules:
  - name: web
    type: k8s-service
    image: ${image}
${image === 'AUTO' ? '    build: { context: code }\n' : ''}    port:
      http: 8080
    max_containers: 1
    public_uri: /
    env_vars:
      MODE: ${mode}
${more}`;

/** A webhook that is asked about every Deployment, of something that is gone. */
const webhook = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'left-behind' },
  webhooks: [
    {
      name: 'check.left.behind',
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Fail',
      timeoutSeconds: 2,
      clientConfig: { service: { name: 'gone', namespace: 'elsewhere' } },
      rules: [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['*'], resources: ['deployments'] }],
    },
  ],
};

const quota = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'tight', namespace: 'bad' },
  spec: { hard: { pods: '1' } },
};

describe.skipIf(noKind !== undefined)('on a bad day', { timeout: long }, () => {
  let project: KindProject;
  let limited: Server;

  const write = (name: string, text: string) => {
    mkdirSync(join(project.folder, 'code'), { recursive: true });
    writeFileSync(join(project.folder, name), text);
  };
  const file = (name: string, content: object) => {
    const path = join(project.folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(content));
    return path;
  };

  beforeAll(async () => {
    project = await makeKindProject();
    write('opta.yaml', layer());
    write('code/server.mjs', server);
    write('code/Dockerfile', dockerfile);
    const { code, stderr } = await project.up();
    expect(code, stderr).toBe(0);
    limited = createServer((_, response) => {
      response.writeHead(429, { 'content-type': 'application/json' });
      response.end('{"errors":[{"code":"TOOMANYREQUESTS","message":"You have reached your pull rate limit."}]}');
    });
    await new Promise<void>((resolve) => limited.listen(0, '0.0.0.0', resolve));
  }, long);

  afterAll(async () => {
    await project.remove();
    limited.close();
  }, long);

  /** What `up` says of the definition; it must fail, and soon. */
  async function failure(definition: string, env: Record<string, string> = {}) {
    write('opta.yaml', definition);
    const { code, events, ms, stderr } = await project.up([], { env });
    const failed = events.flatMap((event) =>
      event.type === 'step' && event.state === 'failed' && event.failure ? [event.failure] : [],
    );
    expect(code, stderr).toBe(1);
    expect(ms).toBeLessThan(60_000);
    const [first] = failed;
    if (first === undefined)
      return { code: /error\[([\w-]+)\]/.exec(stderr)?.[1], message: stderr, hints: [], detail: [] };
    expect(first.hints).not.toHaveLength(0);
    return first;
  }

  const registryPort = () =>
    project
      .kubectl('get', 'cm', '-n', 'kube-public', 'local-registry-hosting', '-o', 'yaml')
      .match(/localhost:(\d+)/)?.[1];

  test('an engine that is stopped', async () => {
    const told = await failure(layer(), { DOCKER_HOST: 'unix:///nowhere/docker.sock' });
    expect(told).toMatchObject({ code: 'engine-silent', message: expect.stringContaining('docker does not answer') });
  });

  test('a disk that is full while an image is built', async () => {
    write(
      'code/Dockerfile',
      `${dockerfile}RUN --mount=type=tmpfs,target=/small,size=1m head -c 4000000 /dev/zero > /small/big\n`,
    );
    const told = await failure(layer());
    write('code/Dockerfile', dockerfile);
    expect(told).toMatchObject({ code: 'disk-full', message: expect.stringContaining('docker') });
  });

  test('a base image that is not there', async () => {
    write('code/Dockerfile', dockerfile.replace('node:24-slim', `localhost:${registryPort()}/no/base:1`));
    const told = await failure(layer());
    write('code/Dockerfile', dockerfile);
    expect(told).toMatchObject({ code: 'image-missing', message: expect.stringContaining('bad/web') });
  });

  test('an image that is not there', async () => {
    const told = await failure(layer({ image: `localhost:${registryPort()}/no/such:1` }));
    expect(told).toMatchObject({ code: 'image-missing', message: expect.stringContaining('no/such:1') });
  });

  test('a registry that cannot be reached', async () => {
    const told = await failure(layer({ image: '127.0.0.1:9/no/way:1' }));
    expect(told).toMatchObject({ code: 'registry-unreachable', message: expect.stringContaining('127.0.0.1:9') });
  });

  test('a registry that limits pulls', async () => {
    const { port } = limited.address() as AddressInfo;
    const address = `${project.gateway()}:${port}`;
    mkdirSync(join(project.kind.registries, address), { recursive: true });
    writeFileSync(join(project.kind.registries, address, 'hosts.toml'), `[host."http://${address}"]\n`);
    const told = await failure(layer({ image: `${address}/popular:1` }));
    expect(told).toMatchObject({ code: 'registry-rate-limited', message: expect.stringContaining('popular:1') });
  });

  test('a crash loop, with its last lines', async () => {
    const told = await failure(layer({ mode: 'crash' }));
    expect(told).toMatchObject({ code: 'crash-loop', detail: ['the door is locked'] });
    expect(told.message).toContain('exit code 3');
  });

  test('a probe that fails, with what it heard and the last lines', async () => {
    const told = await failure(layer({ mode: 'deaf', more: '    initial_readiness_delay: 8\n' }));
    expect(told).toMatchObject({ code: 'readiness-failing', detail: ['listening deaf'] });
    expect(told.message).toMatch(/not ready after 8 s: .*connection refused/);
  });

  test('a quota without room', async () => {
    project.kubectl('apply', '-f', file('quota', quota));
    const told = await failure(layer({ mode: 'other' }));
    project.kubectl('delete', 'quota', '-n', 'bad', 'tight');
    expect(told).toMatchObject({ code: 'quota-exceeded', message: expect.stringContaining('tight') });
  });

  test('a webhook of something that is gone, which is not ours to delete', async () => {
    project.kubectl('apply', '-f', file('webhook', webhook));
    const told = await failure(layer({ mode: 'another' }));
    project.kubectl('delete', 'validatingwebhookconfiguration', 'left-behind');
    expect(told).toMatchObject({ code: 'webhook-unreachable', message: expect.stringContaining('check.left.behind') });
    expect(told.hints[0]).toContain('kubectl delete validatingwebhookconfiguration left-behind');
  });

  test('another cluster on the ports', async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'opta-second-')));
    writeFileSync(join(folder, 'opta.yaml'), layer({ image: 'node:24-slim' }));
    const args = ['dev', 'up', '--detach', '--plain', '--https-port', String(project.httpsPort)];
    const { code, stderr } = await project.opta(args, { cwd: folder });
    rmSync(folder, { recursive: true });
    expect(code).toBe(1);
    expect(stderr).toContain('error[port-taken]');
    expect(stderr).toContain(`${project.kind.name}-control-plane`);
  });

  test('is over when what was wrong is mended', async () => {
    write('opta.yaml', layer());
    const { code, stderr } = await project.up();
    expect(code, stderr).toBe(0);
    expect(await project.get('/', 'bad.localhost')).toEqual({ status: 200, body: 'fine' });
  });
});
