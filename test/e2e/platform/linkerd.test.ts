/** Linkerd's place in the platform, with a double of its charts in a real cluster: order, waiting, certificates, failures. */
import { X509Certificate } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { V1Pod, V1Secret } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apply } from '../../../src/platform/apply.ts';
import type { ClusterClient } from '../../../src/platform/cluster.ts';
import { tlsSecret } from '../../../src/platform/components/keys.ts';
import { isMeshed } from '../../../src/platform/components/meshed.ts';
import { makeCertificate } from '../../../src/platform/x509.ts';
import { inNamespace, loadImage, noCluster, system, testCluster } from '../../support/cluster.ts';
import { doubledMirror, doubleImage } from '../../support/mirror.ts';
import { install, newKeysFolder, notesOf } from '../../support/platform.ts';

const namespace = 'linkerd';
const day = 86_400_000;

describe.skipIf(noCluster !== undefined)('Linkerd, by its double', { timeout: 240_000 }, () => {
  let client: ClusterClient;
  const keysFolder = newKeysFolder();
  const choices = { mesh: true, ingressEnabled: false };
  const up = (mirror: string) => install({ client, mirror, choices, keysFolder });
  let mirror: string;
  beforeAll(async () => {
    client = await testCluster();
    expect(loadImage(doubleImage)).toBe(true);
    mirror = doubledMirror();
  });
  afterAll(async () => {
    await install({ client, mirror, choices: { mesh: false, ingressEnabled: false } });
    client.close();
  });

  const pods = async (component: string) =>
    (await client.list({
      apiVersion: 'v1',
      kind: 'Pod',
      namespace,
      labels: `linkerd.io/control-plane-component=${component}`,
    })) as readonly V1Pod[];
  const issuer = async () => {
    const found = await client.get({ apiVersion: 'v1', kind: 'Secret', name: 'linkerd-identity-issuer', namespace });
    return new X509Certificate(Buffer.from((found as V1Secret).data?.['tls.crt'] ?? '', 'base64'));
  };

  test('comes up in order: what looks for identity starts when it can be found', async () => {
    const result = await up(mirror);
    expect(result.failures).toEqual([]);
    expect(notesOf(result, 'platform:linkerd')).toContain('waiting for identity');
    const [destination] = await pods('destination');
    expect(destination?.status?.containerStatuses?.[0]?.restartCount).toBe(0);
  });

  test('changes nothing the second time', async () => {
    expect(await up(mirror)).toMatchObject({ outcome: 'unchanged', changed: [] });
  });

  test('has an issuer for leaves only, below a root that its own key never leaves the folder', async () => {
    const found = await issuer();
    expect(found.subject).toBe('CN=identity.linkerd.cluster.local');
    expect(found.issuer).toBe('CN=root.linkerd.cluster.local');
    expect(found.ca).toBe(true);
    const secrets = (await client.list({ apiVersion: 'v1', kind: 'Secret', namespace })) as readonly V1Secret[];
    expect(secrets.length).toBe(4);
    expect(readdirSync(keysFolder)).toContain('mesh-root-key.pem');
  });

  test('gives a new pod its proxy, and only where it is asked for', async () => {
    await inNamespace(client, async (home) => {
      const pod = (name: string, inject: string) => ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: home, annotations: { 'linkerd.io/inject': inject } },
        spec: { containers: [{ name: 'main', image: 'valkey/valkey:8', imagePullPolicy: 'IfNotPresent' }] },
      });
      await apply(client, [pod('in', 'enabled'), pod('out', 'disabled')]);
      const found = async (name: string) =>
        (await client.get({ apiVersion: 'v1', kind: 'Pod', name, namespace: home })) as V1Pod;
      expect([isMeshed(await found('in')), isMeshed(await found('out'))]).toEqual([true, false]);
    });
  });

  test('gets a new issuer when the one in the cluster has expired, and identity starts anew', async () => {
    const [before] = await pods('identity');
    const profile = { commonName: 'identity.linkerd.cluster.local', days: 30, authority: { pathLength: 0 } };
    const old = await makeCertificate(profile, system.clock.now() - 60 * day);
    await apply(client, [tlsSecret('linkerd-identity-issuer', namespace, old, { 'ca.crt': old.certificate })]);
    expect((await issuer()).validToDate.getTime()).toBeLessThan(system.clock.now());
    const result = await up(mirror);
    expect(result.failures).toEqual([]);
    expect(notesOf(result, 'platform:linkerd')).toContain('its issuer had expired: starting identity anew');
    expect((await issuer()).validToDate.getTime()).toBeGreaterThan(system.clock.now() + 300 * day);
    const after = (await pods('identity')).filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
    expect(after.map(({ metadata }) => metadata?.uid)).not.toContain(before?.metadata?.uid);
  });

  test('is explained when its image cannot be had; what comes after it does not start', async () => {
    const broken = doubledMirror('registry.invalid/linkerd/controller:edge-26.6.3');
    const result = await install({ client, mirror: broken, choices: { mesh: true, ingress: 'gateway' }, keysFolder });
    expect(result.failures).toMatchObject([{ step: 'platform:linkerd', failure: { code: 'registry-unreachable' } }]);
    expect(result.failures[0]?.failure.message).toContain('registry.invalid/linkerd/controller:edge-26.6.3');
    expect(result.states['platform:gateway']).toBe('skipped');
    rmSync(broken, { recursive: true });
  });

  test('is explained when the mirror has lost its chart', async () => {
    const other = doubledMirror();
    rmSync(join(other, 'charts/linkerd-crds.tgz'));
    const result = await up(other);
    expect(result.failures[0]?.failure).toMatchObject({ code: 'mirror-unreadable' });
    rmSync(other, { recursive: true });
  });
});
