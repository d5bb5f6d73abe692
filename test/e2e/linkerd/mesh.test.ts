/**
 * The shop in the real mesh. Needs a mirror with Linkerd's charts and images: `OPTA_E2E_MIRROR=DIR`, a folder that
 * `opta mirror sync DIR` has filled.
 */
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1Deployment, V1Pod, V1PodList, V1Secret } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { identityOf } from '../../../src/app/identity.ts';
import type { Edge } from '../../../src/engine/edge.ts';
import type { Trace } from '../../../src/engine/trace.ts';
import { tlsSecret } from '../../../src/platform/components/keys.ts';
import { isMeshed } from '../../../src/platform/components/meshed.ts';
import { makeCertificate } from '../../../src/platform/x509.ts';
import { nodeSystem } from '../../../src/system/node.ts';
import { type KindProject, makeKindProject, versionsIn } from '../../support/kind-project.ts';
import { noLinkerd } from '../../support/linkerd-mirror.ts';
import { startLoad } from '../../support/load.ts';

const long = 600_000;
const day = 86_400_000;
const threshold = '/spec/metrics/0/containerResource/target/averageUtilization';
const injector = 'linkerd.io/control-plane-component=proxy-injector';

const refused = /^(403|TimeoutError|TypeError)$/;

/** Prints whether a server closed the connection that PostgreSQL's clients begin with, or said nothing for five seconds. */
const connecting = (host: string, port: number) =>
  `const s = require('net').connect(${port}, '${host}', () => s.write(Buffer.from([0, 0, 0, 8, 4, 210, 22, 47])));
  const end = (why) => { console.log(why); process.exit(); };
  s.on('data', () => end('answered')).on('close', () => end('closed')).on('error', (e) => end(e.code));
  setTimeout(() => end('silent'), 5000)`;

/** True when a Deployment's pods are all of its newest kind. */
function rolled({ kubectl }: KindProject, name: string): boolean {
  const { metadata, spec, status } = JSON.parse(
    kubectl('get', 'deploy', name, '-n', 'shop', '-o', 'json'),
  ) as V1Deployment;
  const wanted = spec?.replicas ?? 0;
  const counts = [status?.updatedReplicas, status?.replicas, status?.availableReplicas];
  return (status?.observedGeneration ?? 0) >= (metadata?.generation ?? 0) && counts.every((one) => one === wanted);
}

/** Prints what the cache behind CACHE_URL says to a client with its token: TLS, its certificate checked. */
const pinging = `const { hostname: host, port, password } = new URL(process.env.CACHE_URL);
  const s = require('tls').connect({ host, port, servername: host }, () => s.write('AUTH ' + decodeURIComponent(password) + '\\r\\nPING\\r\\n'));
  let said = '';
  s.on('error', (e) => console.log(e.message)).on('data', (d) => {
    said += d;
    if (!/PONG|ERR/.test(said)) return;
    console.log(said.replaceAll('\\r\\n', ' ').trim());
    process.exit();
  });`;

/** Prints the status of a request, or why there was no answer in five seconds. */
const asking = (url: string) =>
  `fetch('${url}', { signal: AbortSignal.timeout(5000) }).then((r) => console.log(r.status), (e) => console.log(e.name))`;

describe.skipIf(noLinkerd !== undefined)('the shop in the mesh', () => {
  let shop: KindProject;
  beforeAll(async () => {
    shop = await makeKindProject();
  }, long);
  afterAll(async () => {
    await shop?.remove();
  }, long);

  const pods = (namespace: string): readonly V1Pod[] =>
    (JSON.parse(shop.kubectl('get', 'pods', '-n', namespace, '-o', 'json')) as V1PodList).items;
  const isOf = (name: string, { metadata }: V1Pod) =>
    metadata?.labels?.['app.kubernetes.io/name'] === name && metadata.deletionTimestamp === undefined;
  const podOf = (name: string): string => pods('shop').find((pod) => isOf(name, pod))?.metadata?.name ?? '';
  const rows = async () => {
    const { status, body } = await shop.get('/api');
    expect(status, body).toBe(200);
    return (JSON.parse(body) as { products: readonly unknown[] }).products;
  };
  const metricsOf = (name: string): string =>
    shop.kubectl('get', '--raw', `/api/v1/namespaces/shop/pods/${podOf(name)}:4191/proxy/metrics`);

  test('comes up, every pod with its proxy and ready', { timeout: long }, async () => {
    const { code, stderr, events, ms } = await shop.up();
    expect(code, stderr).toBe(0);
    expect(
      events.filter((event) => event.type === 'diagnostic').map(({ diagnostic }) => diagnostic.code),
    ).not.toContain('mesh-off');
    for (const pod of [...pods('shop'), ...pods('ingress-nginx')]) {
      expect(isMeshed(pod), pod.metadata?.name).toBe(true);
      expect(
        pod.spec?.initContainers?.map(({ name }) => name),
        pod.metadata?.name,
      ).toContain('linkerd-proxy');
      const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
      expect(ready, pod.metadata?.name).toBe('True');
    }
    process.stderr.write(`dev up in the mesh: ${(ms / 1000).toFixed(1)} s\n`);
  });

  test('answers through the ingress with rows of the database', { timeout: long }, async () => {
    expect(await rows()).not.toHaveLength(0);
  });

  test.each(['api', 'data', 'db'])('speaks mutual TLS with %s', { timeout: long }, async (name) => {
    await rows();
    const inbound = metricsOf(name)
      .split('\n')
      .filter((line) => /^(request_total|tcp_open_total)\{/.test(line) && line.includes('direction="inbound"'));
    expect(inbound.some((line) => line.includes('tls="true"'))).toBe(true);
  });

  test('changes nothing the second time', { timeout: long }, async () => {
    const before = versionsIn(shop);
    const { code, stderr, events, ms } = await shop.up();
    expect(code, stderr).toBe(0);
    expect(events.at(-1)).toMatchObject({ type: 'end', outcome: 'unchanged' });
    expect(versionsIn(shop)).toBe(before);
    process.stderr.write(`second dev up in the mesh: ${(ms / 1000).toFixed(1)} s\n`);
  });

  /** Runs JavaScript in a container of a service. */
  const inside = (name: string, code: string): string =>
    shop.kubectl('exec', '-n', 'shop', podOf(name), '-c', name, '--', 'node', '-e', code).trim();
  const wide = async () => {
    const { code, stdout, stderr } = await shop.opta(['dev', 'status', '--wide', '--json']);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as { edges: readonly Edge[]; refused: readonly string[]; unseen: readonly string[] };
  };

  // Not a probe's path: those are open to everybody.
  test('refuses a service without a link, and says which one is missing', { timeout: long }, async () => {
    // By the mesh, or before it by the network policy, whichever the cluster's network enforces.
    expect(inside('data', asking('http://api.shop/'))).toMatch(refused);
    expect(inside('web', asking('http://api.shop/'))).toBe('200');
    expect(inside('web', connecting('db.shop', 5432))).toMatch(/^(closed|ECONNRESET|silent)$/);
    const { refused: told, unseen } = await wide();
    expect(unseen).toEqual([]);
    expect(told).toContainEqual(expect.stringMatching(/shop\/data may not call shop\/api: the link is missing/));
    expect(told).toContainEqual(expect.stringMatching(/shop\/web may not call shop\/db: .* links: \[shop\/db\]/));
  });

  test('refuses a pod outside the mesh, and says so', { timeout: long }, async () => {
    const image = shop.kubectl('get', 'deploy', 'api', '-n', 'shop', '-o', 'jsonpath={..containers[0].image}');
    const argv = ['run', 'stranger', '-n', 'default', '--rm', '-i', '--quiet', '--restart=Never', `--image=${image}`];
    const said = shop.kubectl(...argv, '--command', '--', 'node', '-e', asking('http://api.shop/'));
    expect(said.trim()).toMatch(refused);
    if (said.trim() === '403')
      expect((await wide()).refused).toContainEqual(expect.stringContaining('outside the mesh may not call shop/api'));
  });

  test('tells who calls whom, over mutual TLS', { timeout: long }, async () => {
    await rows();
    const { edges } = await wide();
    for (const [caller, callee] of [
      ['opta/ingress', 'shop/api'],
      ['shop/api', 'shop/data'],
      ['shop/data', 'shop/db'],
    ])
      expect(edges.find((edge) => edge.caller === caller && edge.callee === callee)).toMatchObject({ mtls: true });
  });

  const traced = async () => {
    const url = `https://shop.localhost:${shop.httpsPort}/api`;
    const { code, stdout, stderr } = await shop.opta(['trace', url, '--json']);
    expect(code, stderr).toBe(0);
    return (JSON.parse(stdout) as { readonly trace: Trace }).trace;
  };

  test('shows the life of a request, each hop with its identity and pod', { timeout: long }, async () => {
    const { hops } = await traced();
    expect(hops.map(({ kind, service }) => `${kind} ${service}`)).toEqual([
      'edge opta/ingress',
      'route opta/ingress',
      'inbound shop/api',
      'inbound shop/data',
    ]);
    expect(hops[2]).toMatchObject({ peer: { service: 'opta/ingress', mtls: true } });
    expect(hops[3]).toMatchObject({ peer: { service: 'shop/api', identity: identityOf('shop/api'), mtls: true } });
    expect(pods('shop').map(({ metadata }) => metadata?.name)).toContain(hops[3]?.replica);
  });

  const roll = async (...names: readonly string[]) => {
    const load = startLoad(shop.httpsPort, 'shop.localhost', '/api', 4);
    for (const name of names) {
      shop.kubectl('rollout', 'restart', `deploy/${name}`, '-n', 'shop');
      await expect.poll(() => rolled(shop, name), { timeout: 180_000, interval: 1000 }).toBe(true);
    }
    return load.stop();
  };

  test('loses no request when services are rolled under load', { timeout: long }, async () => {
    const { answered, failures } = await roll('api', 'data');
    expect(failures).toEqual([]);
    process.stderr.write(`rolled api and data: ${answered} requests, none lost\n`);
  });

  test('has more replicas under load, and fewer when it is over', { timeout: long }, async () => {
    const replicas = () =>
      Number(shop.kubectl('get', 'deploy', 'api', '-n', 'shop', '-o', 'jsonpath={.status.readyReplicas}'));
    // A machine that is busy with other things may never give it 80 percent of what it asks for.
    const own = ['-n', 'shop', '--type=json', '-p', `[{"op":"replace","path":"${threshold}","value":20}]`];
    shop.kubectl('patch', 'hpa', 'api', ...own);
    const load = startLoad(shop.httpsPort, 'shop.localhost', '/api', 24);
    await expect.poll(replicas, { timeout: 300_000, interval: 2000 }).toBeGreaterThan(2);
    expect((await load.stop()).failures).toEqual([]);
    await expect.poll(replicas, { timeout: 300_000, interval: 2000 }).toBe(2);
  });

  test('gets over an issuer that has expired', { timeout: long }, async () => {
    const now = nodeSystem().clock.now();
    const profile = { commonName: 'identity.linkerd.cluster.local', days: 30, authority: { pathLength: 0 } };
    const old = await makeCertificate(profile, now - 60 * day);
    const file = join(mkdtempSync(join(tmpdir(), 'opta-issuer-')), 'issuer.json');
    const secret = tlsSecret('linkerd-identity-issuer', 'linkerd', old, { 'ca.crt': old.certificate });
    writeFileSync(file, JSON.stringify(secret));
    shop.kubectl('apply', '--server-side', '--force-conflicts', '--field-manager=opta', '-f', file);
    const status = await shop.opta(['dev', 'status']);
    expect(status.code).toBe(1);
    expect(status.stderr).toContain('error[mesh-issuer-expired]');
    const { code, stderr } = await shop.up();
    expect(code, stderr).toBe(0);
    const found = JSON.parse(
      shop.kubectl('get', 'secret', 'linkerd-identity-issuer', '-n', 'linkerd', '-o', 'json'),
    ) as V1Secret;
    expect(Buffer.from(found.data?.['tls.crt'] ?? '', 'base64').toString()).not.toBe(old.certificate);
    expect(await rows()).not.toHaveLength(0);
  });

  test('renews an issuer that ends in ten days, which doctor tells before', { timeout: long }, async () => {
    const now = nodeSystem().clock.now();
    const kept = (name: string) => join(shop.kind.platform, name);
    const text = (name: string) => readFileSync(kept(name), 'utf8');
    const root = { certificate: text('mesh-root.pem'), key: text('mesh-root-key.pem') };
    const profile = { commonName: 'identity.linkerd.cluster.local', days: 10, authority: { pathLength: 0 } };
    const soon = await makeCertificate(profile, now, root);
    writeFileSync(kept('mesh-issuer.pem'), soon.certificate);
    writeFileSync(kept('mesh-issuer-key.pem'), soon.key);
    const { stdout } = await shop.opta(['doctor', '--json']);
    expect(stdout).toMatch(/it ends in 9 days/);
    const { code, stderr } = await shop.up();
    expect(code, stderr).toBe(0);
    const secret = shop.kubectl('get', 'secret', 'linkerd-identity-issuer', '-n', 'linkerd', '-o', 'json');
    const issuer = new X509Certificate(Buffer.from((JSON.parse(secret) as V1Secret).data?.['tls.crt'] ?? '', 'base64'));
    expect(issuer.validToDate.getTime() - now).toBeGreaterThan(300 * day);
    expect(issuer.verify(new X509Certificate(root.certificate).publicKey)).toBe(true);
    expect(await rows()).not.toHaveLength(0);
  });

  test('reaches a cache, whose port is opaque, from a linked service only', { timeout: long }, async () => {
    const file = join(shop.folder, 'opta.yaml');
    const linked = readFileSync(file, 'utf8').replace(
      /( {6}- data\n)/,
      '$1      - cache: [{ cache_url: CACHE_URL }]\n',
    );
    writeFileSync(file, `${linked}\n  - name: cache\n    type: redis\n`);
    const { code, stderr } = await shop.up();
    expect(code, stderr).toBe(0);
    expect(inside('api', pinging)).toBe('+OK +PONG');
    expect(inside('web', connecting('cache.shop', 6379))).toMatch(/^(closed|ECONNRESET|silent)$/);
    const found = (await wide()).edges.find(({ caller, callee }) => `${caller} ${callee}` === 'shop/api shop/cache');
    expect(found).toMatchObject({ mtls: true });
  });

  test('makes pods anew that a silent injector let pass without a proxy', { timeout: long }, async () => {
    shop.kubectl('scale', 'deploy', 'linkerd-proxy-injector', '-n', 'linkerd', '--replicas=0');
    const silent = () => shop.kubectl('get', 'pods', '-n', 'linkerd', '-l', injector, '-o', 'name');
    await expect.poll(silent, { timeout: 120_000, interval: 1000 }).toBe('');
    shop.kubectl('delete', 'pod', podOf('web'), '-n', 'shop');
    const bare = () => pods('shop').filter((pod) => !isMeshed(pod)).length;
    await expect.poll(bare, { timeout: 60_000, interval: 1000 }).toBe(1);
    const { code, stderr } = await shop.up();
    expect(code, stderr).toBe(0);
    expect(bare()).toBe(0);
  });

  test('serves the same by Gateway API, meshed too', { timeout: long }, async () => {
    const file = join(shop.folder, 'opta.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, `${text}\n  - name: base\n    type: k8s-base\n    ingress: gateway\n`);
    const { code, stderr } = await shop.up();
    expect(code, stderr).toBe(0);
    expect(await rows()).not.toHaveLength(0);
    expect((await traced()).hops[2]).toMatchObject({
      service: 'shop/api',
      peer: { service: 'opta/ingress', mtls: true },
    });
    expect((await roll('api')).failures).toEqual([]);
    const printed = join(mkdtempSync(join(tmpdir(), 'opta-printed-')), 'all.yaml');
    writeFileSync(printed, (await shop.opta(['manifests', '--target', 'kind'])).stdout);
    const strict = ['--server-side', '--dry-run=server', '--validate=strict', '--force-conflicts'];
    shop.kubectl('apply', ...strict, '--field-manager=opta', '-f', printed);
  });

  test('leaves nothing behind', { timeout: long }, async () => {
    const { code, stderr } = await shop.opta(['dev', 'down', '--volumes', '--plain']);
    expect(code, stderr).toBe(0);
    expect(shop.leftovers()).toEqual([]);
  });
});
