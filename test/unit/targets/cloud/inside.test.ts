/** Inside a real cluster: the order of steps, the way in, and what is moved or made there. Without any cluster. */

import type { KubernetesObject } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import type { Resource } from '../../../../src/app/app.ts';
import type { StepContext } from '../../../../src/engine/step.ts';
import { ApiError, type ClusterClient } from '../../../../src/platform/cluster.ts';
import { mustMove } from '../../../../src/platform/drain.ts';
import {
  type DatabaseUser,
  databaseUserObjects,
  userStatements,
} from '../../../../src/platform/manifests/database-user.ts';
import { readVersions } from '../../../../src/platform/versions.ts';
import { nodeSystem } from '../../../../src/system/node.ts';
import { clusterToken } from '../../../../src/targets/cloud/account/aws/inside.ts';
import { groupsStep, zonesWith } from '../../../../src/targets/cloud/inside/groups.ts';
import { untilAdmitted } from '../../../../src/targets/cloud/inside/inside.ts';

const { pins } = await readVersions('kind/versions.yaml');

test('EKS is shown a signed question to STS about who we are, for this cluster only, for a minute', async () => {
  const environment = { region: 'eu-west-1' } as never;
  const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'not-a-secret', sessionToken: 'session' };
  const token = await clusterToken({ environment, env: {} }, keys, 'opta-staging');
  expect(token).toMatch(/^k8s-aws-v1\.[\w-]+$/);
  const url = new URL(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString());
  expect(url.host).toBe('sts.eu-west-1.amazonaws.com');
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    Action: 'GetCallerIdentity',
    'X-Amz-Expires': '60',
    'X-Amz-Security-Token': 'session',
    'X-Amz-SignedHeaders': expect.stringContaining('x-k8s-aws-id'),
  });
  expect(url.href).not.toContain('not-a-secret');
});

describe('a cluster that does not know yet who asks', () => {
  const asked = (answers: readonly (Error | string)[]) => {
    let [now, index] = [0, 0];
    const notes: string[] = [];
    const clock = {
      ...nodeSystem().clock,
      monotonic: () => now,
      sleep: async (ms: number) => {
        now += ms;
      },
    };
    const open = async () => {
      const answer = answers[Math.min(index, answers.length - 1)] ?? '';
      index += 1;
      if (typeof answer === 'string') return answer;
      throw answer;
    };
    const note = (text: string) => notes.push(text);
    const signal = new AbortController().signal;
    return { notes, opened: untilAdmitted(open, { clock, signal, note, who: 'ada' }) };
  };
  const refused = (status: number) => new ApiError(status, 'Unauthorized', 'Unauthorized', []);

  test('is asked again until it does', async () => {
    const { notes, opened } = asked([refused(401), refused(403), 'open']);
    expect(await opened).toBe('open');
    expect(notes).toEqual(Array(2).fill('waiting until the cluster knows ada'));
  });

  test('is given up after three minutes, and anything else at once', async () => {
    await expect(asked([refused(401)]).opened).rejects.toMatchObject({ code: 'cluster-closed' });
    await expect(asked([refused(500)]).opened).rejects.toMatchObject({ status: 500 });
  });
});

describe('the endpoint groups that a load balancer of Google names', () => {
  const group = 'opta-staging-ingress';
  const record = (zones: readonly string[]) => ({
    kind: 'ServiceNetworkEndpointGroup',
    status: {
      networkEndpointGroups: zones.map((zone) => ({
        selfLink: `https://www.googleapis.com/compute/v1/projects/acme/zones/${zone}/networkEndpointGroups/${group}`,
      })),
    },
  });

  test('are in the zones that GKE has made them in, by its record or by its note on the Service', () => {
    expect(zonesWith(group, record(['b', 'a']))).toEqual(['a', 'b']);
    const status = JSON.stringify({ network_endpoint_groups: { 443: group }, zones: ['c', 'a'] });
    const annotations = { 'cloud.google.com/neg-status': status };
    expect(zonesWith(group, { kind: 'Service', metadata: { annotations } })).toEqual(['a', 'c']);
    expect(zonesWith('another', { kind: 'Service', metadata: { annotations } })).toEqual([]);
    expect(zonesWith(group, undefined)).toEqual([]);
  });

  test.each([true, false])('are waited for until every zone has one (record of GKE: %s)', async (known) => {
    const notes: string[] = [];
    const seen: boolean[] = [];
    const asked: string[] = [];
    const annotated = (zones: readonly string[]) => ({
      kind: 'Service',
      metadata: { annotations: { 'cloud.google.com/neg-status': JSON.stringify({ groups: [group], zones }) } },
    });
    const client = {
      discovery: { find: async () => (known ? { plural: 'x', namespaced: true } : undefined) },
      watch: async ({ kind }: { kind: string }, act: (objects: readonly KubernetesObject[]) => boolean) => {
        asked.push(kind);
        const made = known ? record : annotated;
        for (const objects of [[], [made(['a'])], [made(['a', 'b', 'c'])]]) seen.push(act(objects));
      },
    } as unknown as ClusterClient;
    const service = { namespace: 'ingress-nginx', name: 'controller' };
    const { run } = groupsStep({ client: () => client, group, zones: ['a', 'b', 'c'], service, needs: [] });
    const context = { signal: new AbortController().signal, note: (text: string) => notes.push(text) };
    await run(context as unknown as StepContext);
    expect(asked).toEqual([known ? 'ServiceNetworkEndpointGroup' : 'Service']);
    expect(seen).toEqual([false, false, true]);
    expect(notes[1]).toBe(`waiting for ${group} in b, c`);
  });
});

test('pods of DaemonSets, of the node itself, and those that ended stay when a node is emptied', () => {
  const owned = (kind: string) => ({
    metadata: { ownerReferences: [{ kind, name: 'x', apiVersion: 'v1', uid: '1' }] },
  });
  expect(mustMove(owned('ReplicaSet'))).toBe(true);
  expect(mustMove(owned('DaemonSet'))).toBe(false);
  expect(mustMove({ metadata: { annotations: { 'kubernetes.io/config.mirror': 'x' } } })).toBe(false);
  expect(mustMove({ status: { phase: 'Succeeded' } })).toBe(false);
});

const given = (type: 'postgres' | 'mysql'): DatabaseUser => ({
  resource: { id: 'shop/db', layer: 'shop', name: 'db', type, settings: {} } as unknown as Resource,
  host: 'db.example.com',
  port: '5432',
  database: `ap'p"`,
  master: { name: 'opta_admin', password: 'master-password' },
  user: { name: 'app', password: "it's" },
  authority: 'PEM',
});

test('the user of a database is made once and keeps our password, whatever is in the names', () => {
  expect(userStatements(given('postgres'))).toContain(`ALTER ROLE "app" LOGIN PASSWORD 'it''s';`);
  expect(userStatements(given('postgres'))).toContain(`ON DATABASE "ap'p""" TO "app"`);
  expect(userStatements(given('mysql'))).toContain(`ALTER USER 'app'@'%' IDENTIFIED BY 'it''s' REQUIRE SSL;`);
});

test.each(['postgres', 'mysql'] as const)(
  'its Job on %s verifies the server, and no password is among its words',
  (type) => {
    const [secret, job] = databaseUserObjects(given(type), pins);
    const text = JSON.stringify(job);
    expect(text).toMatch(/verify-full|VERIFY_IDENTITY/);
    expect(text).not.toMatch(/master-password|it's/);
    expect(job.metadata?.name).toBe(secret.metadata?.name);
    const another = databaseUserObjects({ ...given(type), user: { name: 'app', password: 'another' } }, pins)[1];
    expect(another.metadata?.name).not.toBe(job.metadata?.name);
  },
);
