import { describe, expect, test } from 'vitest';
import { graphOf } from '../../../../src/engine/graph.ts';
import type { Step } from '../../../../src/engine/step.ts';
import type { Artifacts } from '../../../../src/platform/artifacts.ts';
import { choicesOf } from '../../../../src/platform/choices.ts';
import type { System } from '../../../../src/system/system.ts';
import { kindFolder } from '../../../../src/targets/kind/folder.ts';
import { planDown } from '../../../../src/targets/kind/plan/down.ts';
import { isLeftOver, planPrune } from '../../../../src/targets/kind/plan/prune.ts';
import { planResume, planStop } from '../../../../src/targets/kind/plan/stop.ts';
import { planUp } from '../../../../src/targets/kind/plan/up.ts';
import type { Situation } from '../../../../src/targets/kind/survey.ts';
import { app as appOf, link, resource, service } from '../../../support/app.ts';
import { versions } from '../../../support/manifests.ts';

const refuse = (): never => {
  throw new Error('planning asked the world');
};
/** Every call of it fails: planning asks nothing. */
const system = new Proxy({} as System, { get: refuse });

const artifacts: Artifacts = {
  pins: versions.pins,
  replaced: [],
  notices: [],
  mirror: undefined,
  has: () => true,
  image: refuse,
  chart: refuse,
  manifest: refuse,
  binary: refuse,
  binaryPlace: refuse,
  binaryFile: refuse,
};

const build = { context: '/shop/api', dockerfile: '/shop/api/Dockerfile', args: {}, platforms: [] };

const app = appOf({
  resources: [resource({ name: 'db', type: 'postgres' })],
  services: [
    service({ name: 'api', image: { kind: 'build', build }, links: [link('shop/api', 'shop/db', 'resource')] }),
    service({
      name: 'web',
      links: [link('shop/web', 'shop/api')],
      routes: [{ service: 'shop/web', port: 'main', host: 'shop.localhost', path: '/', strip: false }],
    }),
    service({ name: 'alone' }),
  ],
});

const ports = { https: 443, http: 80, registry: 5001, spare: [1, 2, 3, 4] };
const folder = kindFolder('/projects/shop');
const engine = { name: 'docker', program: '/usr/bin/docker', version: '26.1.5' } as const;
const record = { engine: 'docker', state: 'created', ports, nodeImage: 'n', workers: 0, uid: 'u' } as const;

function situationOf(given: Partial<Situation> = {}): Situation {
  return {
    projectFolder: '/projects/shop',
    packageRoot: '/opta',
    only: [],
    reason: 'asked for',
    detach: true,
    folder,
    engine,
    record: undefined,
    network: false,
    containers: [],
    cluster: 'absent',
    anew: undefined,
    ports,
    workerCount: 0,
    allowCgroupV1: false,
    artifacts,
    choices: choicesOf(app),
    mesh: false,
    diagnostics: [],
    system,
    ...given,
  };
}

const stepsOf = (given: Partial<Situation> = {}): readonly Step[] => planUp(app, situationOf(given)).steps;

/** Ids of everything that ends before the step begins. */
function before(steps: readonly Step[], id: string): ReadonlySet<string> {
  const found = new Set<string>();
  const follow = (one: string) => {
    for (const need of steps.find((step) => step.id === one)?.needs ?? []) {
      if (found.has(need)) continue;
      found.add(need);
      follow(need);
    }
  };
  follow(id);
  return found;
}

describe('the plan of up', () => {
  test('is made without asking the world, and hangs together', () => {
    for (const cluster of ['absent', 'half', 'stopped', 'running'] as const)
      for (const mesh of [true, false])
        expect(() => graphOf(planUp(app, situationOf({ cluster, mesh, record })))).not.toThrow();
  });

  test('builds images and issues certificates while the cluster boots', () => {
    const steps = stepsOf();
    for (const id of ['build:shop/api', 'certificates', 'registry', 'node-image'])
      expect(before(steps, id), id).not.toContain('nodes');
  });

  test('builds without waiting for the registry, and pushes one image after the other', () => {
    const two = appOf({
      services: ['api', 'web'].map((name) => service({ name, image: { kind: 'build', build } })),
    });
    const { steps } = planUp(two, situationOf());
    for (const id of ['build:shop/api', 'build:shop/web']) expect(before(steps, id), id).not.toContain('registry');
    expect(before(steps, 'push:shop/web')).toContain('push:shop/api');
  });

  test('begins to create nothing before the network, the tools and the image of the nodes are there', () => {
    const first = before(stepsOf(), 'nodes');
    for (const id of ['state', 'network', 'tools', 'node-image']) expect(first).toContain(id);
  });

  test('starts a service after its image and the databases behind it', () => {
    const steps = stepsOf();
    expect(before(steps, 'apply:shop/api')).toContain('push:shop/api');
    expect(before(steps, 'push:shop/api')).toContain('build:shop/api');
    expect(before(steps, 'apply:shop/api')).toContain('ready:shop/db');
    expect(before(steps, 'apply:shop/web')).toContain('ready:shop/db');
    expect(before(steps, 'apply:shop/alone')).not.toContain('ready:shop/db');
  });

  test('starts what calls others when names can be looked up, and not before: clients ask again late', () => {
    const steps = stepsOf();
    for (const id of ['apply:shop/web', 'apply:shop/api']) expect(before(steps, id), id).toContain('names');
    expect(before(steps, 'apply:shop/alone')).not.toContain('names');
  });

  test('publishes addresses when the controller answers, and asks them at last', () => {
    const steps = stepsOf();
    expect(before(steps, 'routes')).toContain('platform-ready:ingress-nginx');
    for (const id of ['routes', 'ready:shop/web', 'ready:shop/api']) expect(before(steps, 'verify')).toContain(id);
  });

  test('lets no pod start before the mesh can give it a proxy', () => {
    const steps = stepsOf({ mesh: true });
    for (const id of ['apply', 'apply:shop/alone', 'platform:ingress-nginx'])
      expect(before(steps, id), id).toContain('platform-ready:linkerd');
  });

  test('measures where something scales, and lets nothing wait for figures', () => {
    const steps = stepsOf();
    const metrics = ['platform-register:metrics-server', 'platform-ready:metrics-server'];
    const wait = steps.filter(({ id, needs }) => !metrics.includes(id) && needs.some((need) => metrics.includes(need)));
    expect(steps.map(({ id }) => id)).toEqual(expect.arrayContaining(metrics));
    expect(wait).toEqual([]);
    const fixed = service({ name: 'one', replicas: { min: 1, max: 1, cpuPercent: 80, memoryPercent: 80 } });
    const none = planUp(appOf({ services: [fixed] }), situationOf()).steps;
    expect(none.filter(({ id }) => id.includes('metrics-server'))).toEqual([]);
  });

  test('needs no tool and no image of nodes where the cluster is there', () => {
    const ids = stepsOf({ cluster: 'running', record }).map(({ id }) => id);
    for (const id of ['tools', 'node-image', 'fetch:shop/api']) expect(ids).not.toContain(id);
  });

  test('takes nothing away when only some services were asked for', () => {
    expect(stepsOf({ only: ['web'] }).map(({ id }) => id)).not.toContain('remove');
  });
});

describe('the plans that end a cluster', () => {
  const node = { name: `${folder.name}-control-plane`, isNode: true, running: true };
  const standing = { folder, engine, record, network: true, containers: [node] };

  test('down keeps data unless it is asked to delete it', () => {
    const ids = (volumes: boolean) => planDown({ ...standing, volumes }).steps.map(({ id }) => id);
    expect(ids(false)).not.toContain('volumes');
    expect(ids(true)).toContain('volumes');
    for (const volumes of [true, false]) graphOf(planDown({ ...standing, volumes }));
  });

  test('prune takes what no run finished, and leaves a cluster that is whole', () => {
    const others = { ...standing, containers: [{ name: 'r', isNode: false, running: true }] };
    expect(isLeftOver(standing)).toBe(false);
    expect(isLeftOver({ ...standing, record: { ...record, state: 'creating' } })).toBe(true);
    expect(isLeftOver(others)).toBe(true);
    expect(isLeftOver({ ...standing, record: { ...record, state: 'none' }, containers: [], network: false })).toBe(
      false,
    );
    expect(planPrune(standing).steps.map(({ id }) => id)).toEqual(['cluster-leftovers']);
  });

  test('stop and resume are refused where there is no cluster', () => {
    for (const plan of [planStop, planResume]) {
      expect(() => plan({ ...standing, containers: [] })).toThrow(/no cluster/);
      expect(() => plan({ ...standing, record: undefined })).toThrow(/no cluster/);
      expect(() => graphOf(plan(standing))).not.toThrow();
    }
  });
});
