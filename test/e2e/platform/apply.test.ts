/** Applying to a real API server: strict, in order, known to have changed or not, and never to another cluster. */
import { copyFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apply, nameOf } from '../../../src/platform/apply.ts';
import { openArtifacts } from '../../../src/platform/artifacts.ts';
import { type ClusterClient, openCluster } from '../../../src/platform/cluster.ts';
import { readManifests } from '../../../src/platform/helm.ts';
import { manifests } from '../../../src/platform/manifests.ts';
import { prune } from '../../../src/platform/prune.ts';
import { app, service, shop } from '../../support/app.ts';
import { context, inNamespace, kubeconfigFile, noCluster, system, testCluster } from '../../support/cluster.ts';
import { options } from '../../support/manifests.ts';
import { testMirror } from '../../support/mirror.ts';

const map = (namespace: string, name: string, data: Record<string, string>, more: object = {}) =>
  ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace },
    data,
    ...more,
  }) as KubernetesObject;

describe.skipIf(noCluster !== undefined)('on a real API server', () => {
  let client: ClusterClient;
  beforeAll(async () => {
    client = await testCluster();
  });
  afterAll(() => client.close());

  describe('the shop', () => {
    const kinds = ['gateway-api', 'traefik-crds'] as const;
    let definitions: readonly KubernetesObject[];
    beforeAll(async () => {
      const settings = { mirror: testMirror(), offline: true };
      const artifacts = await openArtifacts(system, { dataFolder: 'kind', settings });
      const read = async (name: (typeof kinds)[number]) => readManifests(system, await artifacts.manifest(name));
      definitions = (await Promise.all(kinds.map(read))).flat();
    });

    test.each(['nginx', 'gateway'] as const)(
      'passes strict validation behind %s, definitions and all',
      async (ingress) => {
        const objects = manifests(shop(), options({ mesh: false, ingress }));
        const first = await apply(client, [...objects, ...definitions]);
        expect(first.length).toBe(objects.length + definitions.length);
        const again = await apply(client, objects);
        expect(again.filter(({ change }) => change !== 'unchanged')).toEqual([]);
      },
    );

    test('is pruned of what the definition no longer has, and of nothing else', async () => {
      const stranger = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'stranger', namespace: 'shop' } };
      await apply(client, [stranger]);
      const rest = manifests(app({ services: [service({ name: 'web' })] }), options({ mesh: false }));
      const gone = await prune(client, rest, { namespaces: ['shop'] });
      expect(gone.map(({ kind, name }) => `${kind} ${name}`)).toContain('StatefulSet db');
      expect(gone.map(({ name }) => name)).not.toContain('stranger');
      expect(await client.get(nameOf(stranger))).toBeDefined();
      expect(await prune(client, rest, { namespaces: ['shop'] })).toEqual([]);
      await client.remove({ apiVersion: 'v1', kind: 'Namespace', name: 'shop' });
    });
  });

  test('tells created, changed and unchanged apart, by the resource version', async () => {
    await inNamespace(client, async (namespace) => {
      const change = async (data: Record<string, string>) =>
        (await apply(client, [map(namespace, 'one', data)]))[0]?.change;
      expect(await change({ a: '1' })).toBe('created');
      const before = await client.get(nameOf(map(namespace, 'one', {})));
      expect(await change({ a: '1' })).toBe('unchanged');
      expect((await client.get(nameOf(map(namespace, 'one', {}))))?.metadata?.resourceVersion).toBe(
        before?.metadata?.resourceVersion,
      );
      expect(await change({ a: '2' })).toBe('changed');
      // A key that we no longer say is given back.
      expect(await change({ b: '3' })).toBe('changed');
      expect(await client.get(nameOf(map(namespace, 'one', {})))).toMatchObject({ data: { b: '3' } });
      expect(((await client.get(nameOf(map(namespace, 'one', {})))) as { data?: object }).data).not.toHaveProperty('a');
    });
  });

  test('refuses a misspelt field, and says which', async () => {
    await inNamespace(client, async (namespace) => {
      const wrong = map(namespace, 'wrong', {}, { dta: { a: '1' } });
      await expect(apply(client, [wrong])).rejects.toMatchObject({
        code: 'cluster-refused',
        message: expect.stringContaining('dta'),
      });
      expect(await client.get(nameOf(wrong))).toBeUndefined();
    });
  });

  test('changes nothing in a dry run', async () => {
    await inNamespace(client, async (namespace) => {
      expect(await apply(client, [map(namespace, 'dry', {})], { dryRun: true })).toMatchObject([{ change: 'created' }]);
      expect(await client.get(nameOf(map(namespace, 'dry', {})))).toBeUndefined();
    });
  });

  test('waits for a definition before the objects of its kind', async () => {
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'lamps.test.opta.dev' },
      spec: {
        group: 'test.opta.dev',
        scope: 'Cluster',
        names: { plural: 'lamps', singular: 'lamp', kind: 'Lamp' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
      },
    } as KubernetesObject;
    const lamp = { apiVersion: 'test.opta.dev/v1', kind: 'Lamp', metadata: { name: 'hall' } };
    const fresh = await openCluster(system, kubeconfigFile, context);
    try {
      expect((await apply(fresh, [lamp, definition])).map(({ change }) => change)).toEqual(['created', 'created']);
    } finally {
      await fresh.remove(nameOf(definition));
      fresh.close();
    }
  });

  test('makes a StatefulSet anew that cannot gain a volume, and keeps its data, when told to', async () => {
    const kept = (...paths: readonly string[]) => {
      const storage = paths.map((path) => ({ path, gigabytes: 1 }));
      return manifests(app({ services: [service({ name: 'kept', storage })] }), options({ mesh: false }));
    };
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', name: 'data-0-kept-0', namespace: 'shop' };
    const act = async () => {
      await apply(client, kept('/a'));
      const claims = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace: 'shop' };
      await client.watch(claims, (found) => found.length > 0, AbortSignal.timeout(60_000));
      const before = (await client.get(claim))?.metadata?.uid;
      await expect(apply(client, kept('/a', '/b'))).rejects.toMatchObject({ code: 'field-immutable' });
      const changes = await apply(client, kept('/a', '/b'), { anew: true });
      expect(changes.find(({ name }) => name.kind === 'StatefulSet')?.change).toBe('created');
      expect((await client.get(claim))?.metadata?.uid).toBe(before);
    };
    await inNamespace(client, act, 'shop');
  });

  test('begins with as many replicas as the autoscaler would, and leaves the number to it from then on', async () => {
    const two = { min: 2, max: 5, cpuPercent: 80, memoryPercent: 80 };
    const objects = manifests(app({ services: [service({ name: 'web', replicas: two })] }), options({ mesh: false }));
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', namespace: 'shop' };
    const replicas = async () =>
      ((await client.get(deployment)) as { spec?: { replicas?: number } } | undefined)?.spec?.replicas;
    const act = async () => {
      await apply(client, objects);
      expect(await replicas()).toBe(2);
      await client.write('PATCH', `${await client.pathOf(deployment)}/scale`, {
        body: { spec: { replicas: 4 } },
        contentType: 'application/merge-patch+json',
      });
      await apply(client, objects);
      expect(await replicas()).toBe(4);
    };
    await inNamespace(client, act, 'shop');
  });

  test('writes to no cluster but the one that was made, whatever the file or its current context says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'opta-hostile-'));
    const file = join(folder, 'kubeconfig');
    copyFileSync(kubeconfigFile, file);
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^current-context: .*$/m, 'current-context: production'));
    const other = await openCluster(system, file, context, client.cluster.uid);
    other.close();
    await expect(openCluster(system, file, context, 'of-another-cluster')).rejects.toMatchObject({
      code: 'cluster-not-ours',
    });
    await expect(openCluster(system, file, 'production')).rejects.toMatchObject({ code: 'kubeconfig-invalid' });
  });

  test('says which address does not answer', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'opta-gone-'));
    const file = join(folder, 'kubeconfig');
    const port = await system.network.freePort();
    writeFileSync(
      file,
      readFileSync(kubeconfigFile, 'utf8').replace(/server: .*$/m, `server: https://127.0.0.1:${port}`),
    );
    await expect(openCluster(system, file, context)).rejects.toMatchObject({
      code: 'cluster-unreachable',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
  });
});
