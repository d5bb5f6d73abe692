/** Waiting for workloads in a real cluster: what keeps them is told with its code, in time. */
import type { KubernetesObject } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { apply, nameOf } from '../../../src/platform/apply.ts';
import type { ClusterClient } from '../../../src/platform/cluster.ts';
import { waitForWorkload } from '../../../src/platform/ready.ts';
import { inNamespace, noCluster, testCluster } from '../../support/cluster.ts';

/** Puts an object into a namespace. */
const within = (object: KubernetesObject, namespace: string): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, namespace },
});

/** A Deployment of an image that every node has; `more` is laid over its container. */
function deployment(name: string, more: object = {}, pod: object = {}): KubernetesObject {
  const container = { name: 'main', image: 'valkey/valkey:8', imagePullPolicy: 'IfNotPresent', ...more };
  const labels = { app: name };
  const spec = { terminationGracePeriodSeconds: 0, containers: [container], ...pod };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  } as KubernetesObject;
}

interface Case {
  readonly title: string;
  readonly code: string;
  readonly object: KubernetesObject;
  readonly says: RegExp;
  readonly detail?: readonly string[];
  readonly before?: readonly KubernetesObject[];
}

const quota = {
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { name: 'none' },
  spec: { hard: { 'count/pods': '0', pods: '0' }, scopes: ['NotBestEffort'] },
} as unknown as KubernetesObject;

/** Crash loops and registries that do not answer are among the bad days of kind: each takes half a minute. */
const cases: readonly Case[] = [
  {
    title: 'an image name that cannot be',
    code: 'image-missing',
    object: deployment('name', { image: 'NO:SUCH:NAME' }),
    says: /there is no such image/,
  },
  {
    title: 'no room on any node',
    code: 'pod-unschedulable',
    object: deployment('huge', { resources: { requests: { cpu: '900' } } }),
    says: /Insufficient cpu/,
  },
  {
    title: 'a quota that leaves no room',
    code: 'quota-exceeded',
    before: [quota],
    object: deployment('quota', {
      resources: { requests: { cpu: '10m', memory: '8Mi' }, limits: { cpu: '10m', memory: '8Mi' } },
    }),
    says: /exceeded quota: none/,
  },
  {
    title: 'a Secret that is not there',
    code: 'container-not-created',
    object: deployment('secret', { envFrom: [{ secretRef: { name: 'nowhere' } }] }),
    says: /secret "nowhere" not found/,
  },
  {
    title: 'a probe that is never answered, with what it heard and the last lines',
    code: 'pods-never-ready',
    object: deployment('probe', {
      command: ['sh', '-c', 'echo listening nowhere; sleep 1000'],
      readinessProbe: { tcpSocket: { port: 7 }, periodSeconds: 1 },
    }),
    says: /is not ready after 12 s: Readiness probe failed: dial tcp/,
    detail: ['listening nowhere'],
  },
];

describe.skipIf(noCluster !== undefined)('a workload', () => {
  let client: ClusterClient;
  beforeAll(async () => {
    client = await testCluster();
  });
  afterAll(() => client.close());

  const wait = (object: KubernetesObject, deadlineMs: number, notes: string[] = []) =>
    waitForWorkload(client, nameOf(object), {
      signal: new AbortController().signal,
      deadlineMs,
      note: (why) => notes.push(why),
    });

  test('that becomes ready is waited for, with why', async () => {
    await inNamespace(client, async (namespace) => {
      const probe = { readinessProbe: { tcpSocket: { port: 6379 }, periodSeconds: 1 } };
      const good = within(deployment('good', probe), namespace);
      await apply(client, [good]);
      const notes: string[] = [];
      await wait(good, 60_000, notes);
      expect(notes[0]).toMatch(/^0 of 1 ready: /);
      // At once the second time.
      await wait(good, 1000);
    });
  });

  test('is given its time anew when what it needs is there, whatever its probes did until then', async () => {
    await inNamespace(client, async (namespace) => {
      const probe = { tcpSocket: { port: 6379 }, periodSeconds: 1, failureThreshold: 3 };
      // Its startup probe ends it after 3 s; from its second start on it is fast enough.
      const command = ['sh', '-c', 'test -e /kept/once || { touch /kept/once; sleep 60; }; exec valkey-server'];
      const volumeMounts = [{ name: 'kept', mountPath: '/kept' }];
      const slow = deployment(
        'slow',
        { command, startupProbe: probe, volumeMounts },
        { volumes: [{ name: 'kept', emptyDir: {} }] },
      );
      const object = within(slow, namespace);
      await apply(client, [object]);
      const needed = Promise.withResolvers<void>();
      const notes: string[] = [];
      const waiting = waitForWorkload(client, nameOf(object), {
        signal: new AbortController().signal,
        deadlineMs: 60_000,
        startMs: 3_000,
        after: { what: 'shop/data', settled: needed.promise },
        note: (why) => {
          notes.push(why);
          if (/ended with exit code/.test(why)) needed.resolve();
        },
      });
      await waiting;
      expect(notes.join()).toContain('it needs shop/data');
    });
  });

  test('is not told what pods of its spec before suffer', async () => {
    await inNamespace(client, async (namespace) => {
      const of = (image: string) => within(deployment('mended', { image }), namespace);
      for (const at of [1, 2, 3]) {
        await apply(client, [of(`NO:SUCH:${at}`)]);
        await expect(wait(of(''), 60_000)).rejects.toMatchObject({ code: 'image-missing' });
        await apply(client, [of('valkey/valkey:8')]);
        await wait(of(''), 60_000);
      }
    });
  });

  // Together, so that the file takes as long as the slowest.
  test('that does not is explained with a code of its own, within a minute', { timeout: 120_000 }, async () => {
    type Failure = Error & { code: string; detail: readonly string[]; hints: readonly string[] };
    const fail = ({ object, code, before = [] }: Case): Promise<Failure | undefined> =>
      inNamespace(client, async (namespace) => {
        const own = within(object, namespace);
        await apply(client, [...before.map((one) => within(one, namespace)), own]);
        return wait(own, code === 'pods-never-ready' ? 12_000 : 60_000).then(
          () => undefined,
          (error: unknown) => error as Failure,
        );
      });
    const held = await Promise.all(cases.map(fail));
    const seen = cases.map(({ title }, at) => ({ title, code: held[at]?.code }));
    expect(seen).toEqual(cases.map(({ title, code }) => ({ title, code })));
    for (const [at, { title, says, detail }] of cases.entries()) {
      expect(held[at]?.message, title).toMatch(says);
      expect(held[at]?.hints.length, title).toBeGreaterThan(0);
      if (detail !== undefined) expect(held[at]?.detail, title).toEqual(detail);
    }
  });

  test('that is not there says so', async () => {
    await expect(wait(within(deployment('nobody'), 'default'), 1000)).rejects.toMatchObject({
      code: 'workload-missing',
    });
  });
});
