/** What pods say of themselves, in words: each state as the API server shows it. */
import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { containerKey, troubleOf, whyWaiting } from '../../../src/platform/ready/troubles.ts';
import { creationTrouble, newestPods, progressOf } from '../../../src/platform/ready/workload.ts';

function pod(status: Partial<V1ContainerStatus>, more: Partial<V1Pod> = {}): V1Pod {
  const whole = { name: 'main', image: 'shop:1', imageID: '', ready: false, restartCount: 0, ...status };
  return {
    metadata: { name: 'web-1' },
    spec: { nodeName: 'n', containers: [] },
    status: { containerStatuses: [whole] },
    ...more,
  };
}

const pulling = (message: string, reason = 'ErrImagePull') => pod({ state: { waiting: { reason, message } } });

describe('a pull that fails', () => {
  test.each([
    ['image-missing', 'failed to resolve reference "docker.io/library/x:1": docker.io/library/x:1: not found'],
    ['registry-rate-limited', '429 Too Many Requests - toomanyrequests: You have reached your pull rate limit'],
    ['registry-denied', 'pull access denied, repository does not exist or may require authorization'],
    ['registry-unreachable', 'dial tcp: lookup registry.test on 10.0.0.1:53: no such host'],
    ['registry-unreachable', 'dial tcp 127.0.0.1:5001: connect: connection refused'],
    ['disk-full', 'failed to extract layer: write /var/lib/containerd/x: no space left on device'],
    ['image-pull-failed', 'unexpected media type text/html'],
  ])('is %s for %j', (code, message) => {
    expect(troubleOf(pulling(message))).toMatchObject({ code, message: expect.stringContaining(message) });
  });

  test('stays the same trouble while the kubelet backs off', () => {
    const [one, other] = [pulling('x: not found'), pulling('Back-off pulling image', 'ImagePullBackOff')];
    expect(troubleOf(one)?.key).toBe(troubleOf(other)?.key);
  });
});

describe('a container that ends', () => {
  const ended = (restartCount: number, reason = 'Error', exitCode = 3) =>
    pod({
      restartCount,
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { reason, exitCode } },
    });

  test('is given some tries', () => {
    expect(troubleOf(ended(2))).toBeUndefined();
    expect(whyWaiting(ended(2))).toBe('main ended with exit code 3, starting again');
    expect(troubleOf(ended(3))).toMatchObject({
      code: 'crash-loop',
      message: 'main ends with exit code 3, restarted 3 times',
    });
  });

  test('counts from when the wait began: a node that stood still restarts everything on it', () => {
    const one = ended(4);
    const key = containerKey(one, one.status?.containerStatuses?.[0] as V1ContainerStatus);
    const before = (count: number) => ({ restarts: new Map([[key, count]]) });
    expect(troubleOf(one, before(4))).toBeUndefined();
    // Once more, and held back by now.
    expect(troubleOf(one, before(3))).toMatchObject({ code: 'crash-loop' });
  });

  test('for want of memory is told apart', () => {
    expect(troubleOf(ended(3, 'OOMKilled', 137))).toMatchObject({ code: 'out-of-memory' });
  });

  test('and runs again and is ready is no trouble', () => {
    expect(
      troubleOf(pod({ restartCount: 9, ready: true, lastState: { terminated: { exitCode: 1 } } })),
    ).toBeUndefined();
  });
});

describe('a container that runs unready', () => {
  const started = new Date(0);
  const running = pod({ started: false, state: { running: { startedAt: started } } });

  test('is a trouble when it may run no longer, and only where a time is given', () => {
    expect(troubleOf(running)).toBeUndefined();
    expect(troubleOf(running, { startMs: 30_000 })).toMatchObject({ code: 'readiness-failing', graceMs: 30_000 });
  });

  test('is one at once when its startup probe has ended it', () => {
    const ended = (seconds: number, reason = 'Error') =>
      pod({
        restartCount: 1,
        state: { running: { startedAt: new Date(31_000) } },
        lastState: { terminated: { exitCode: 137, reason, startedAt: started, finishedAt: new Date(seconds * 1000) } },
      });
    expect(troubleOf(ended(29), { startMs: 30_000 })).toMatchObject({ graceMs: 0, log: { previous: true } });
    expect(troubleOf(ended(3), { startMs: 30_000 })).toMatchObject({ graceMs: 30_000 });
    expect(troubleOf(ended(29, 'OOMKilled'), { startMs: 30_000 })).toMatchObject({ graceMs: 30_000 });
  });

  test('and was ended before the wait began is given its time', () => {
    const lastState = {
      terminated: { exitCode: 137, containerID: 'a', startedAt: started, finishedAt: new Date(29_000) },
    };
    const again = pod({ restartCount: 1, state: { running: { startedAt: new Date(31_000) } }, lastState });
    const allowance = { startMs: 30_000, forgiven: new Set(['a']) };
    expect(troubleOf(again, allowance)).toMatchObject({ graceMs: 30_000, log: { previous: false } });
    expect(troubleOf(again, { ...allowance, forgiven: new Set() })).toMatchObject({ graceMs: 0 });
  });

  test('is none when it is ready', () => {
    expect(
      troubleOf(pod({ ready: true, state: { running: { startedAt: started } } }), { startMs: 1000 }),
    ).toBeUndefined();
  });
});

test('a node whose disk is full is told, for pods that it takes not and for pods that it ends', () => {
  const message = '0/1 nodes are available: 1 node(s) had untolerated taint {node.kubernetes.io/disk-pressure: }.';
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
  expect(troubleOf({ metadata: { name: 'web-1' }, status: { conditions } })).toMatchObject({ code: 'disk-full' });
  const evicted = { reason: 'Evicted', message: 'The node was low on resource: ephemeral-storage.' };
  expect(troubleOf({ metadata: { name: 'web-1' }, status: evicted })).toMatchObject({ code: 'disk-full' });
});

test('a pod that goes is no trouble', () => {
  const going = { ...pulling('not found'), metadata: { name: 'web-1', deletionTimestamp: new Date(0) } };
  expect(troubleOf(going)).toBeUndefined();
});

test('a pod without a node says why', () => {
  const message = '0/1 nodes are available: 1 Insufficient memory.';
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }];
  const trouble = troubleOf({ metadata: { name: 'web-1' }, status: { conditions } });
  expect(trouble).toMatchObject({ code: 'pod-unschedulable', message: expect.stringContaining(message) });
  expect(trouble?.hints[0]).toContain('more CPU or memory');
});

describe('a Deployment', () => {
  const deployment = (status: object, generation = 2) => ({
    kind: 'Deployment',
    metadata: { generation },
    spec: { replicas: 2 },
    status: { observedGeneration: 2, ...status },
  });
  const whole = { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 };

  test.each([
    ['all new pods are available', whole, 2, true],
    ['its controller has not seen the newest spec', whole, 3, false],
    ['an old pod is still there', { ...whole, replicas: 3 }, 2, false],
    ['one is missing', { ...whole, availableReplicas: 1, readyReplicas: 1 }, 2, false],
  ])('when %s', (_, status, generation, done) => {
    expect(progressOf(deployment(status, generation)).done).toBe(done);
  });

  test('whose pods are refused by a quota says so', () => {
    const message = 'pods "web-1" is forbidden: exceeded quota: none, requested: pods=1';
    const failed = deployment({ conditions: [{ type: 'ReplicaFailure', status: 'True', message }] });
    expect(creationTrouble(failed)).toMatchObject({
      code: 'quota-exceeded',
      message: expect.stringContaining(message),
    });
  });

  test('whose pods are refused for a webhook that nobody serves says so', () => {
    const message = 'Internal error occurred: failed calling webhook "inject.test": no endpoints available';
    const failed = deployment({ conditions: [{ type: 'ReplicaFailure', status: 'True', message }] });
    expect(creationTrouble(failed)).toMatchObject({ code: 'webhook-unreachable' });
  });
});

describe('pods that count', () => {
  const of = (name: string, label: string, revision: string): V1Pod => ({
    metadata: { name, labels: { [label]: revision }, creationTimestamp: new Date(Number(name.at(-1)) * 1000) },
  });
  const names = (pods: readonly V1Pod[]) => pods.map(({ metadata }) => metadata?.name);
  const annotations = (revision: string) => ({ 'deployment.kubernetes.io/revision': revision });
  const replicaSet = (hash: string, revision: string, owner = 'u') => ({
    kind: 'ReplicaSet',
    metadata: {
      labels: { 'pod-template-hash': hash },
      annotations: annotations(revision),
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: owner }],
    },
  });
  const web = (generation: number, revision: string) => ({
    kind: 'Deployment',
    metadata: { name: 'web', uid: 'u', generation, annotations: annotations(revision) },
    status: { observedGeneration: 2 },
  });
  const pods = [
    of('old-1', 'pod-template-hash', 'a'),
    of('new-2', 'pod-template-hash', 'b'),
    of('new-3', 'pod-template-hash', 'b'),
  ];
  const both = [replicaSet('a', '1'), replicaSet('b', '2')];

  test('are those of the newest revision of a Deployment', () => {
    expect(names(newestPods(web(2, '2'), pods, both))).toEqual(['new-2', 'new-3']);
  });

  test('are the older ones when those are asked for again', () => {
    expect(names(newestPods(web(2, '3'), pods, [replicaSet('a', '3'), replicaSet('b', '2')]))).toEqual(['old-1']);
  });

  test('are none before its controller has seen the newest spec, made its ReplicaSet and a pod', () => {
    expect(newestPods(web(3, '2'), pods, both)).toEqual([]);
    expect(newestPods(web(2, '3'), pods, both)).toEqual([]);
    expect(newestPods(web(2, '3'), pods, [...both, replicaSet('c', '3')])).toEqual([]);
  });

  test("are not those of another Deployment's ReplicaSet with the same labels", () => {
    expect(newestPods(web(2, '2'), pods, [replicaSet('a', '1'), replicaSet('b', '2', 'other')])).toEqual([]);
  });

  test('are those of the revision that a StatefulSet goes to', () => {
    const status = { observedGeneration: 2, updateRevision: 'b', currentRevision: 'a' };
    const db = { kind: 'StatefulSet', metadata: { name: 'db', generation: 2 }, status };
    const its = [of('db-0', 'controller-revision-hash', 'b'), of('db-1', 'controller-revision-hash', 'a')];
    expect(names(newestPods(db, its, []))).toEqual(['db-0']);
  });

  test('are the youngest and its like of a DaemonSet', () => {
    const agent = { kind: 'DaemonSet', metadata: { name: 'agent', generation: 2 }, status: { observedGeneration: 2 } };
    const its = [1, 2, 3].map((at) => of(`agent-${at}`, 'controller-revision-hash', at === 1 ? 'a' : 'b'));
    expect(names(newestPods(agent, its, []))).toEqual(['agent-2', 'agent-3']);
  });
});
