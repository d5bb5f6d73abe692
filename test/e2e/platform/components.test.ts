/** The platform in a real cluster, from a mirror: ingress-nginx, Traefik, metrics-server, and going from one to the other. */
import type { KubernetesObject } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apply } from '../../../src/platform/apply.ts';
import type { ClusterClient } from '../../../src/platform/cluster.ts';
import { noCluster, testCluster } from '../../support/cluster.ts';
import { testMirror } from '../../support/mirror.ts';
import { askIngress, install, newKeysFolder, notesOf } from '../../support/platform.ts';

const stale = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: 'ingress-nginx-admission' },
  webhooks: [
    {
      name: 'ingress.left.behind',
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Fail',
      clientConfig: { service: { name: 'gone', namespace: 'gone' } },
      rules: [
        { apiGroups: ['networking.k8s.io'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['ingresses'] },
      ],
    },
  ],
} as KubernetesObject;

describe.skipIf(noCluster !== undefined)('the platform', { timeout: 240_000 }, () => {
  let client: ClusterClient;
  const keysFolder = newKeysFolder();
  const up = (ingress: 'nginx' | 'gateway', metrics = false) =>
    install({ client, mirror: testMirror(), choices: { ingress }, metrics, keysFolder });
  /** A controller that is ready takes up what it serves within a moment. */
  const answers = () =>
    expect
      .poll(() => askIngress(client, 'shop.localhost'), { timeout: 30_000, interval: 100 })
      .toEqual({ status: 404, commonName: 'shop.localhost' });
  beforeAll(async () => {
    client = await testCluster();
  });
  afterAll(() => client.close());

  test('brings ingress-nginx with our certificate, past a webhook that was left behind', async () => {
    await apply(client, [stale]);
    const result = await up('nginx');
    expect(result.failures).toEqual([]);
    expect(notesOf(result, 'platform-clean').join()).toContain('webhook ingress-nginx-admission');
    await answers();
  });

  test('changes nothing the second time, in a moment', async () => {
    const result = await up('nginx');
    expect(result).toMatchObject({ outcome: 'unchanged', changed: [] });
  });

  test('goes over to the gateway: what was there before is gone', async () => {
    const result = await up('gateway');
    expect(result.failures).toEqual([]);
    await answers();
    const webhooks = { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration' };
    expect((await client.list(webhooks)).map(({ metadata }) => metadata?.name)).toEqual([]);
    expect(await up('gateway')).toMatchObject({ outcome: 'unchanged', changed: [] });
  });

  test('brings metrics when something scales', async () => {
    const result = await up('gateway', true);
    expect(result.failures).toEqual([]);
    const nodes = () =>
      client.read('/apis/metrics.k8s.io/v1beta1/nodes').then(
        (found) => (found as { readonly items: readonly object[] }).items.length,
        () => 0,
      );
    // Figures come with the second or third measurement; nobody who starts a cluster waits for them.
    await expect.poll(nodes, { timeout: 90_000, interval: 500 }).toBe(1);
  });

  test('is plain about a mirror without Linkerd', async () => {
    const result = await install({
      client,
      mirror: testMirror(),
      choices: { mesh: true, ingress: 'gateway' },
      keysFolder,
    });
    expect(Object.keys(result.states)).not.toContain('platform:linkerd');
    expect(result.failures).toEqual([]);
  });
});
