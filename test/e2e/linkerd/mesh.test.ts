/**
 * The shop in the real mesh. Needs a mirror with Linkerd's charts and images: `OPTA_E2E_MIRROR=DIR`, a folder that
 * `opta mirror sync DIR` has filled.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1Pod, V1PodList, V1Secret } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { tlsSecret } from '../../../src/platform/components/keys.ts';
import { isMeshed } from '../../../src/platform/components/meshed.ts';
import { makeCertificate } from '../../../src/platform/x509.ts';
import { nodeSystem } from '../../../src/system/node.ts';
import { type KindProject, makeKindProject, versionsIn } from '../../support/kind-project.ts';

const mirror = process.env['OPTA_E2E_MIRROR'];

function whyNot(): string | undefined {
  if (mirror === undefined) return 'OPTA_E2E_MIRROR names no mirror';
  const index = parse(readFileSync(join(mirror, 'index.yaml'), 'utf8')) as {
    readonly charts?: Record<string, unknown>;
  };
  return index.charts?.['linkerd-control-plane'] ? undefined : `the mirror ${mirror} has no charts of Linkerd`;
}

const reason = whyNot();
if (reason !== undefined) process.stderr.write(`the suite of the real mesh is left out: ${reason}\n`);

const long = 600_000;
const day = 86_400_000;

/** Prints the status of a request, or why there was no answer in five seconds. */
const asking = (url: string) =>
  `fetch('${url}', { signal: AbortSignal.timeout(5000) }).then((r) => console.log(r.status), (e) => console.log(e.name))`;

describe.skipIf(reason !== undefined)('the shop in the mesh', () => {
  let shop: KindProject;
  beforeAll(async () => {
    shop = await makeKindProject();
  }, long);
  afterAll(async () => {
    await shop?.remove();
  }, long);

  const pods = (namespace: string): readonly V1Pod[] =>
    (JSON.parse(shop.kubectl('get', 'pods', '-n', namespace, '-o', 'json')) as V1PodList).items;
  const podOf = (name: string): string =>
    pods('shop').find(({ metadata }) => metadata?.labels?.['app.kubernetes.io/name'] === name)?.metadata?.name ?? '';
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

  test('refuses a service without a link', { timeout: long }, () => {
    const said = shop.kubectl(
      'exec',
      '-n',
      'shop',
      podOf('web'),
      '-c',
      'web',
      '--',
      'node',
      '-e',
      asking('http://data.shop/'),
    );
    // By the mesh, or before it by the network policy, whichever the cluster's network enforces.
    expect(said.trim()).toMatch(/^(403|TimeoutError|TypeError)$/);
    const linked = shop.kubectl(
      'exec',
      '-n',
      'shop',
      podOf('web'),
      '-c',
      'web',
      '--',
      'node',
      '-e',
      asking('http://api.shop/live'),
    );
    expect(linked.trim()).toBe('200');
  });

  test('refuses a pod outside the mesh', { timeout: long }, () => {
    const image = shop.kubectl('get', 'deploy', 'api', '-n', 'shop', '-o', 'jsonpath={..containers[0].image}');
    const argv = ['run', 'stranger', '-n', 'default', '--rm', '-i', '--quiet', '--restart=Never', `--image=${image}`];
    const said = shop.kubectl(...argv, '--', 'node', '-e', asking('http://api.shop/live'));
    expect(said.trim()).toMatch(/^(403|TimeoutError|TypeError)/);
  });

  test('changes nothing the second time', { timeout: long }, async () => {
    const before = versionsIn(shop);
    const { code, stderr, events, ms } = await shop.up();
    expect(code, stderr).toBe(0);
    expect(events.at(-1)).toMatchObject({ type: 'end', outcome: 'unchanged' });
    expect(versionsIn(shop)).toBe(before);
    process.stderr.write(`second dev up in the mesh: ${(ms / 1000).toFixed(1)} s\n`);
  });

  test('gets over an issuer that has expired', { timeout: long }, async () => {
    const now = nodeSystem().clock.now();
    const profile = { commonName: 'identity.linkerd.cluster.local', days: 30, authority: { pathLength: 0 } };
    const old = await makeCertificate(profile, now - 60 * day);
    const file = join(mkdtempSync(join(tmpdir(), 'opta-issuer-')), 'issuer.json');
    const secret = tlsSecret('linkerd-identity-issuer', 'linkerd', old, { 'ca.crt': old.certificate });
    writeFileSync(file, JSON.stringify(secret));
    shop.kubectl('apply', '--server-side', '--force-conflicts', '--field-manager=opta', '-f', file);
    const { code, stderr } = await shop.up();
    expect(code, stderr).toBe(0);
    const found = JSON.parse(
      shop.kubectl('get', 'secret', 'linkerd-identity-issuer', '-n', 'linkerd', '-o', 'json'),
    ) as V1Secret;
    expect(Buffer.from(found.data?.['tls.crt'] ?? '', 'base64').toString()).not.toBe(old.certificate);
    expect(await rows()).not.toHaveLength(0);
  });

  test('leaves nothing behind', { timeout: long }, async () => {
    const { code, stderr } = await shop.opta(['dev', 'down', '--volumes', '--plain']);
    expect(code, stderr).toBe(0);
    expect(shop.leftovers()).toEqual([]);
  });
});
