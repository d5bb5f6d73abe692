/** Values of charts and objects of components, from the choices of an environment. Pure. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { V1Pod } from '@kubernetes/client-node';
import { afterAll, describe, expect, test } from 'vitest';
import { type Artifacts, openArtifacts } from '../../../src/platform/artifacts.ts';
import type { PlatformChoices } from '../../../src/platform/choices.ts';
import { traefikObjects } from '../../../src/platform/components/gateway.ts';
import { meshOf, type PlatformSettings, planPlatform, platformImages } from '../../../src/platform/components/index.ts';
import { nginxValues } from '../../../src/platform/components/ingress-nginx.ts';
import { keptKey } from '../../../src/platform/components/keys.ts';
import { linkerdValues } from '../../../src/platform/components/linkerd.ts';
import { linkerdKeys } from '../../../src/platform/components/linkerd-keys.ts';
import { misfits } from '../../../src/platform/components/meshed.ts';
import { merged } from '../../../src/platform/values.ts';
import { nodeSystem } from '../../../src/system/node.ts';
import { all, find } from '../../support/manifests.ts';

const system = nodeSystem();
const folder = mkdtempSync(join(tmpdir(), 'opta-components-'));
afterAll(() => rmSync(folder, { recursive: true }));
const artifacts = await openArtifacts(system, { dataFolder: 'kind', settings: { mirror: undefined, offline: true } });

const never = (): never => {
  throw new Error('asked while planning');
};

function settings(given: Partial<PlatformSettings> = {}, choices: Partial<PlatformChoices> = {}): PlatformSettings {
  return {
    target: 'kind',
    choices: {
      mesh: true,
      meshHighAvailability: false,
      ingress: 'nginx',
      ingressEnabled: true,
      ingressHighAvailability: false,
      ...choices,
    },
    mesh: true,
    metrics: true,
    artifacts,
    dataFolder: 'kind',
    keysFolder: folder,
    httpsPort: 8443,
    nodes: 1,
    kubernetes: '1.35.8',
    client: never,
    helm: never,
    certificate: never,
    needs: { cluster: ['cluster'], certificate: ['certificates'] },
    ...given,
  };
}

describe('the plan', () => {
  const ids = (given: Partial<PlatformSettings>, choices: Partial<PlatformChoices> = {}) =>
    planPlatform(settings(given, choices)).steps.map(({ id }) => id);

  test('asks nothing of the world', () => {
    expect(ids({})).toMatchInlineSnapshot(`
      [
        "platform-clean",
        "render:gateway-api",
        "platform:gateway-api",
        "render:linkerd",
        "platform:linkerd",
        "platform-ready:linkerd",
        "render:ingress-nginx",
        "platform:ingress-nginx",
        "platform-ready:ingress-nginx",
        "render:metrics-server",
        "platform:metrics-server",
        "platform-register:metrics-server",
        "platform-ready:metrics-server",
      ]
    `);
  });

  test('has only what is asked for', () => {
    expect(ids({ mesh: false, metrics: false }, { ingressEnabled: false })).toEqual(['platform-clean']);
    expect(ids({ mesh: false, metrics: false }, { ingress: 'gateway' })).toContain('platform:gateway-api');
  });

  test('renders without a cluster, and starts the ingress when its pods get their proxies', () => {
    const { steps } = planPlatform(settings());
    const needsOf = (id: string) => steps.find((step) => step.id === id)?.needs ?? [];
    for (const { id, needs } of steps) if (id.startsWith('render:')) expect(needs).toEqual([]);
    expect(needsOf('platform:linkerd')).toEqual(['cluster', 'render:linkerd', 'platform:gateway-api']);
    expect(needsOf('platform:ingress-nginx')).toContain('platform-ready:linkerd');
  });

  test('registers metrics after its pod went in', () => {
    const { steps } = planPlatform(settings());
    const needsOf = (id: string) => steps.find((step) => step.id === id)?.needs;
    expect(needsOf('platform-register:metrics-server')).toEqual(['platform:metrics-server']);
    expect(needsOf('platform-ready:metrics-server')).toEqual(['platform-register:metrics-server']);
  });

  test('says once that ingress-nginx is retired', () => {
    expect(planPlatform(settings()).notices.map(({ code }) => code)).toEqual(['ingress-retired']);
    expect(planPlatform(settings({}, { ingress: 'gateway' })).notices).toEqual([]);
  });

  test('names the images that its pods need', () => {
    expect(platformImages(settings())).toEqual([
      'linkerd-controller',
      'linkerd-proxy',
      'ingress-nginx',
      'metrics-server',
    ]);
    expect(platformImages(settings({ mesh: false, metrics: false }, { ingress: 'gateway' }))).toEqual(['traefik']);
  });
});

test('the mesh is off, and says why, when a mirror lacks its charts', () => {
  const lacking = { ...artifacts, mirror: '/srv/mirror', has: () => false } as Artifacts;
  const { choices } = settings();
  expect(meshOf(choices, artifacts)).toEqual({ on: true, notices: [] });
  expect(meshOf(choices, lacking)).toMatchObject({ on: false, notices: [{ code: 'mesh-off' }] });
  expect(meshOf({ ...choices, mesh: false }, lacking)).toEqual({ on: false, notices: [] });
});

describe('high availability of the ingress', () => {
  const high = { ingressHighAvailability: true };
  const facts = { clusterName: 'c', region: 'r', vpcId: 'v', addressRange: '10.1.0.0/16' };
  const cloud = () => ({ ...facts, zones: ['z'], endpointGroup: 'g', volumeKey: 'k' });

  test('is three controllers over the zones with a budget, in a cloud', () => {
    expect(nginxValues(settings({ target: 'aws', cloud }, high), 'CA')).toMatchObject({
      controller: {
        replicaCount: 3,
        minAvailable: 2,
        topologySpreadConstraints: [{ topologyKey: 'topology.kubernetes.io/zone' }],
      },
    });
    const objects = traefikObjects(settings({ target: 'aws', cloud }, high));
    expect(find(objects, 'Deployment', 'traefik').spec.replicas).toBe(3);
    expect(find(objects, 'PodDisruptionBudget', 'traefik').spec.minAvailable).toBe(2);
  });

  test('is one on a single node of kind, where the ports of this machine lead', () => {
    expect(nginxValues(settings({}, high), 'CA')).toMatchObject({
      controller: { replicaCount: 1, nodeSelector: { 'opta.dev/ingress': 'true' } },
    });
    expect(all(traefikObjects(settings({}, high)), 'PodDisruptionBudget')).toEqual([]);
  });

  test('hands a semicolon of a query on as a part of the value, not as the next value', () => {
    const { args } = find(traefikObjects(settings()), 'Deployment', 'traefik').spec.template.spec.containers[0];
    expect(args).toContain('--entryPoints.websecure.http.encodeQuerySemicolons=true');
  });

  test('is one a node on kind, three at most, with one where the ports of this machine lead', () => {
    const controllers = [2, 3, 5].map((nodes) => nginxValues(settings({ nodes }, high), 'CA')['controller']);
    expect(controllers).toMatchObject([
      { replicaCount: 2, minAvailable: 1 },
      { replicaCount: 3, minAvailable: 2 },
      { replicaCount: 3, minAvailable: 2 },
    ]);
    const { affinity, nodeSelector } = find(traefikObjects(settings({ nodes: 3 }, high)), 'Deployment', 'traefik').spec
      .template.spec;
    expect(nodeSelector).toEqual({ 'kubernetes.io/os': 'linux' });
    expect(JSON.stringify(affinity)).toContain('opta.dev/ingress');
    expect(nginxValues(settings({ nodes: 3 }), 'CA')).toMatchObject({ controller: { replicaCount: 1 } });
  });
});

describe('Linkerd', () => {
  test('takes our certificates, and makes none of its own', async () => {
    const keys = await linkerdKeys(system, folder);
    const values = linkerdValues(settings(), keys);
    expect(values).toMatchObject({
      identityTrustAnchorsPEM: keys.root.certificate,
      proxyInjector: { externalSecret: true },
      profileValidator: { externalSecret: true },
      policyValidator: { externalSecret: true },
      linkerdVersion: 'edge-26.6.3',
      proxy: { image: { name: 'cr.l5d.io/linkerd/proxy', version: 'edge-26.6.3' } },
    });
    expect(JSON.stringify(values)).not.toContain('PRIVATE KEY');
    expect(statSync(join(folder, 'mesh-root-key.pem')).mode & 0o777).toBe(0o600);
  });

  test('has three replicas where there are nodes for them', async () => {
    const keys = await linkerdKeys(system, folder);
    const replicas = (given: Partial<PlatformSettings>) =>
      linkerdValues(settings(given, { meshHighAvailability: true }), keys)['controllerReplicas'];
    expect([replicas({}), replicas({ nodes: 3 }), replicas({ target: 'gcp' })]).toEqual([undefined, 3, 3]);
  });
});

describe('a kept key', () => {
  const profile = { commonName: 'root', days: 100, authority: {} };

  test('is the same until 30 days before its end', async () => {
    const at = (days: number) => ({
      ...system,
      clock: { ...system.clock, now: () => system.clock.now() + days * 86_400_000 },
    });
    const first = await keptKey(system, folder, 'root', profile);
    expect(first.renewed).toBe(true);
    expect(await keptKey(at(69), folder, 'root', profile)).toEqual({ ...first, renewed: false });
    expect((await keptKey(at(71), folder, 'root', profile)).renewed).toBe(true);
  });

  test('is made anew for another issuer', async () => {
    const one = await keptKey(system, folder, 'one', profile);
    const other = await keptKey(system, folder, 'other', profile);
    const leaf = { commonName: 'leaf', days: 90 };
    await keptKey(system, folder, 'leaf', leaf, one);
    expect((await keptKey(system, folder, 'leaf', leaf, one)).renewed).toBe(false);
    expect((await keptKey(system, folder, 'leaf', leaf, other)).renewed).toBe(true);
  });
});

test('values are laid over values: maps by key, lists whole', () => {
  expect(merged({ a: { b: 1, c: [1, 2] } }, { a: { c: [3] } }, { d: 4 })).toEqual({ a: { b: 1, c: [3] }, d: 4 });
});

describe('a pod that was made before the mesh was switched', () => {
  const pod = (name: string, containers: readonly string[], inject?: string): V1Pod => ({
    metadata: { name, ...(inject !== undefined && { annotations: { 'linkerd.io/inject': inject } }) },
    spec: { containers: [{ name: 'main' }], initContainers: containers.map((one) => ({ name: one })) },
    status: { phase: 'Running' },
  });
  const pods = [pod('in', ['linkerd-proxy']), pod('out', []), pod('never', [], 'disabled')];
  const names = (mesh: boolean) => misfits(pods, mesh).map(({ metadata }) => metadata?.name);

  test('is made anew, unless it wants none', () => {
    expect(names(true)).toEqual(['out']);
    expect(names(false)).toEqual(['in']);
  });

  test('is left alone when it has ended or is going', () => {
    const ended: V1Pod = { ...pod('ended', []), status: { phase: 'Succeeded' } };
    const going = pod('going', []);
    const marked: V1Pod = { ...going, metadata: { ...going.metadata, deletionTimestamp: new Date(0) } };
    expect(misfits([ended, marked], true)).toEqual([]);
  });
});
