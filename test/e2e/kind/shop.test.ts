/** `opta dev up` of the shop on a real cluster, from nothing to nothing; one cluster for all of it. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seeded } from '../../../scripts/support/random.ts';
import { type KindProject, makeKindProject, noKind, versionsIn } from '../../support/kind-project.ts';

/** A cluster takes 20 s on a quiet machine; several times that where tests share two cores. */
const long = 420_000;

/** Someone else's cluster is current, under the names that ours have. */
const hostile = (name: string) => `apiVersion: v1
kind: Config
current-context: kind-${name}
clusters: [{ name: kind-${name}, cluster: { server: "https://127.0.0.1:1" } }]
contexts: [{ name: kind-${name}, context: { cluster: kind-${name}, user: kind-${name} } }]
users: [{ name: kind-${name}, user: { token: theirs } }]
`;

interface Metric {
  readonly containerResource?: { readonly current: { readonly averageUtilization?: number } };
}

describe.skipIf(noKind !== undefined)('the shop on kind', () => {
  let shop: KindProject;
  let theirs: string;
  let seen: readonly unknown[] = [];
  const elsewhere = mkdtempSync(join(tmpdir(), 'opta-theirs-'));

  beforeAll(async () => {
    shop = await makeKindProject();
    theirs = join(elsewhere, 'config');
    writeFileSync(theirs, hostile(shop.kind.name));
  }, long);

  afterAll(async () => {
    await shop.remove();
    rmSync(elsewhere, { recursive: true, force: true });
  }, long);

  const rows = async () => {
    const { status, body } = await shop.get('/api');
    expect(status, body).toBe(200);
    return (JSON.parse(body) as { products: readonly unknown[] }).products;
  };

  /** Ends `up` that many milliseconds after its start: as a terminal's Ctrl-C, or as nothing can be held against. */
  const strike = async (signal: 'SIGINT' | 'SIGKILL', after: number) => {
    const ports = ['--https-port', String(shop.httpsPort), '--http-port', String(shop.httpPort)];
    const args = ['dev', 'up', '--detach', '--json', ...(existsSync(shop.kind.record) ? [] : ports)];
    const { child, ended } = shop.start(args, { env: { KUBECONFIG: theirs } });
    await Promise.race([new Promise((resolve) => setTimeout(resolve, after)), ended]);
    if (child.exitCode === null) process.kill(signal === 'SIGINT' ? -(child.pid ?? 0) : (child.pid ?? 0), signal);
    await ended;
    process.stderr.write(`dev up on kind: ${signal} after ${Math.round(after)} ms\n`);
  };

  test('comes up whatever became of the runs before, and answers through the ingress with rows of the database', {
    timeout: long,
  }, async () => {
    // Two of the moments that scripts/kill-kind.ts takes: the same in each run, within a first `up`.
    const random = seeded(18);
    await strike('SIGINT', random() * 40_000);
    await strike('SIGKILL', random() * 40_000);
    const { code, stderr, ms, events } = await shop.up([], { env: { KUBECONFIG: theirs } });
    expect(code, stderr).toBe(0);
    expect(events.at(-1)).toMatchObject({ type: 'end', outcome: 'done' });
    seen = await rows();
    expect(seen).not.toHaveLength(0);
    const { status, body } = await shop.get('/');
    expect(status).toBe(200);
    expect(body).toContain('<html');
    process.stderr.write(`dev up on kind: ${(ms / 1000).toFixed(1)} s\n`);
  });

  test('writes nothing into the kubeconfig of the user, and keeps its own to itself', () => {
    expect(readFileSync(theirs, 'utf8')).toBe(hostile(shop.kind.name));
    expect(readFileSync(shop.kind.kubeconfig, 'utf8')).toContain(shop.kind.context);
  });

  test('changes nothing the second time', { timeout: long }, async () => {
    const before = versionsIn(shop);
    const { code, stderr, ms, events } = await shop.up();
    expect(code, stderr).toBe(0);
    const changed = events.filter((event) => event.type === 'step' && event.state === 'done');
    const plan = events.find((event) => event.type === 'plan');
    const changes = plan?.steps.filter(({ kind }) => kind === 'change').map(({ id }) => id) ?? [];
    expect(changed.filter((event) => 'id' in event && changes.includes(event.id))).toEqual([]);
    expect(events.at(-1)).toMatchObject({ type: 'end', outcome: 'unchanged' });
    expect(versionsIn(shop)).toBe(before);
    process.stderr.write(`second dev up on kind: ${(ms / 1000).toFixed(1)} s\n`);
  });

  test('runs images by digest from the local registry', () => {
    const images = shop.kubectl('get', 'deploy', '-n', 'shop', '-o', 'jsonpath={..image}').split(' ');
    expect(images).toHaveLength(3);
    for (const image of images) expect(image).toMatch(/^localhost:\d+\/shop\/\w+@sha256:[0-9a-f]{64}$/);
  });

  test('tells status, addresses, logs and environment', { timeout: long }, async () => {
    const status = await shop.opta(['dev', 'status', '--json']);
    expect(status.code, status.stderr).toBe(0);
    const { services } = JSON.parse(status.stdout) as { services: readonly { service: string; state: string }[] };
    expect(services.map(({ service, state }) => `${service} ${state}`)).toEqual(
      ['api', 'data', 'db', 'web'].map((name) => `shop/${name} ready`),
    );
    const open = await shop.opta(['dev', 'open', '--print']);
    expect(open.stdout).toBe(`https://shop.localhost:${shop.httpsPort}/\n`);
    const logs = await shop.opta(['dev', 'logs', 'api']);
    expect(logs.stdout).toContain('"message":"listening"');
    const env = await shop.opta(['dev', 'env', 'data', '--json']);
    expect(JSON.parse(env.stdout)).toMatchObject({ DB_HOST: 'db.shop', DB_NAME: 'app' });
    const own = await shop.opta(['dev', 'env']);
    expect(own.stdout).toBe(`export KUBECONFIG=${shop.kind.kubeconfig}\n`);
  });

  test('runs a command in a container, with its environment and exit code', { timeout: long }, async () => {
    const said = await shop.opta(['dev', 'exec', 'api', '--', 'sh', '-c', 'echo $OPTA_SERVICE; exit 3']);
    expect(said.stdout).toBe('api\n');
    expect(said.code).toBe(3);
  });

  test('rolls only what was edited', { timeout: long }, async () => {
    const digests = () => JSON.parse(readFileSync(shop.kind.images, 'utf8')) as Record<string, { digest: string }>;
    const before = digests();
    const page = join(shop.folder, 'services/web/public/page.css');
    writeFileSync(page, `${readFileSync(page, 'utf8')}\n/* edited */\n`);
    const { code, stderr, events } = await shop.up();
    expect(code, stderr).toBe(0);
    const built = events.flatMap((event) =>
      event.type === 'step' && event.id.startsWith('build:') && event.state === 'done' ? [event.id] : [],
    );
    expect(built).toEqual(['build:shop/web']);
    expect(digests()['shop/web']).not.toEqual(before['shop/web']);
    expect(digests()['shop/api']).toEqual(before['shop/api']);
  });

  test('lets the API server ask pods themselves: what kind made of the patch of kubeadm', () => {
    const command = ['get', 'pod', '-n', 'kube-system', '-l', 'component=kube-apiserver', '-o', 'jsonpath={..command}'];
    expect(shop.kubectl(...command)).toContain('--enable-aggregator-routing=true');
  });

  test('measures what its autoscalers go by', { timeout: long }, async () => {
    const api = () => {
      const found = shop.kubectl('get', 'hpa', 'api', '-n', 'shop', '-o', 'json');
      const { status } = JSON.parse(found) as { status: { currentMetrics?: readonly Metric[] | null } };
      return (status.currentMetrics ?? []).map(
        ({ containerResource }) => containerResource?.current.averageUtilization,
      );
    };
    await expect.poll(api, { timeout: 120_000, interval: 1000 }).toEqual([expect.any(Number), expect.any(Number)]);
  });

  const isSilent = async () => {
    const { code, stderr } = await shop.opta(['dev', 'status']);
    expect(stderr).toContain('error[no-cluster]');
    expect(code).toBe(1);
  };

  // Two minutes of stopping and starting a node, more than the usual run has left; known to fail in one run of three.
  const resumes = process.env['OPTA_E2E_RESUME'] === '1';
  if (!resumes) process.stderr.write('left out, stopping and going on: OPTA_E2E_RESUME=1 runs it\n');

  test.skipIf(!resumes)(
    'stands still, goes on in the foreground with edits, and stands still when interrupted',
    {
      timeout: long,
    },
    async () => {
      const stop = await shop.opta(['dev', 'stop', '--plain']);
      expect(stop.code, stop.stderr).toBe(0);
      await isSilent();
      const file = join(shop.folder, 'opta.yaml');
      const sync = 'sync: [{ from: src, to: /app/src }]';
      writeFileSync(file, readFileSync(file, 'utf8').replace('"public/**"]', `"public/**"]\n      ${sync}`));
      const up = shop.start(['dev', 'up', '--plain']);
      await up.says(/^Up in/m);
      const image = () => shop.kubectl('get', 'deploy', 'web', '-n', 'shop', '-o', 'jsonpath={..image}');
      const before = image();
      const page = join(shop.folder, 'services/web/src/page.ts');
      writeFileSync(page, readFileSync(page, 'utf8').replace('<title>', '<title>Edited: '));
      await up.says(/page\.ts copied into 2 replicas, started again/);
      await expect.poll(async () => (await shop.get('/')).body, { timeout: 60_000 }).toContain('<title>Edited: ');
      expect(image()).toBe(before);
      await up.says(/^shop\/web\/\d+ .*"message":"request"/m);
      up.child.kill('SIGINT');
      const { code, stderr } = await up.ended;
      expect(code, stderr).toBe(0);
      await isSilent();
    },
  );

  test.skipIf(!resumes)('goes on with its data', { timeout: long }, async () => {
    const resume = await shop.opta(['dev', 'resume', '--plain']);
    expect(resume.code, resume.stderr).toBe(0);
    await expect.poll(rows, { timeout: 60_000 }).toEqual(seen);
  });

  /** As a node that is ended while it starts pods: one of them frozen. Nothing where there are no groups of version 1. */
  const freezePod = () => {
    const script =
      'one=$(find /sys/fs/cgroup/freezer/ -path "*kubepods*cri-containerd*" -name freezer.state 2>/dev/null | head -1); ' +
      '[ -z "$one" ] || echo FROZEN > "$one"';
    const { status, stderr } = spawnSync('docker', ['exec', `${shop.kind.name}-control-plane`, 'sh', '-c', script]);
    expect(status, String(stderr)).toBe(0);
  };

  test('leaves nothing behind, not even what cannot be killed', { timeout: long }, async () => {
    freezePod();
    const { code, stderr } = await shop.opta(['dev', 'down', '--volumes', '--plain']);
    expect(code, stderr).toBe(0);
    expect(shop.leftovers()).toEqual([]);
    expect(readFileSync(theirs, 'utf8')).toBe(hostile(shop.kind.name));
  });
});
