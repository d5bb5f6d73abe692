import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { App, Service } from '../../../../src/app/app.ts';
import { manifests } from '../../../../src/platform/manifests.ts';
import { printManifests } from '../../../../src/platform/print-manifests.ts';
import { resourceNames } from '../../../../src/resources/names.ts';
import { app, layer, link, port, resource, service } from '../../../support/app.ts';
import { all, type Loose, options, templateOf } from '../../../support/manifests.ts';

/** As long as a name may be, so that derived names are tried at their worst. */
const name = fc.stringMatching(/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/);
const protocol = fc.constantFrom('http', 'grpc', 'websocket', 'tcp');
const ports = fc.uniqueArray(
  fc.tuple(protocol, fc.integer({ min: 1, max: 65535 }), fc.stringMatching(/^[a-z][a-z0-9]{0,14}$/)),
  {
    maxLength: 4,
    selector: ([, , portName]) => portName,
  },
);
const storage = fc.array(
  fc.record({ path: fc.constantFrom('/data', '/cache'), gigabytes: fc.integer({ min: 1, max: 9 }) }),
  { maxLength: 2 },
);
const path = fc.constantFrom('/', '/api', '/a/b');
const host = fc.constantFrom('*', 'shop.localhost', 'other.localhost');

const shape = fc.record({
  ports,
  storage,
  min: fc.integer({ min: 0, max: 4 }),
  more: fc.integer({ min: 0, max: 3 }),
  routes: fc.array(fc.tuple(host, path, fc.boolean()), { maxLength: 3 }),
  cron: fc.boolean(),
  sticky: fc.boolean(),
  health: fc.constantFrom(undefined, { path: '/health' }, { command: ['true'] }),
});

const apps: fc.Arbitrary<App> = fc
  .record({
    names: fc.uniqueArray(name, { minLength: 2, maxLength: 5 }),
    shapes: fc.array(shape, { minLength: 3, maxLength: 3 }),
    open: fc.boolean(),
    types: fc.array(fc.constantFrom(...resourceNames), { minLength: 2, maxLength: 2 }),
  })
  .map(({ names: [layerName = 'shop', ...modules], shapes, open, types }) => {
    const resources = modules
      .slice(3)
      .map((module, index) =>
        resource({ layer: layerName, name: module, type: types[index] ?? 'postgres', settings: { hash_key: 'id' } }),
      );
    const ids = modules.slice(0, 3).map((module) => `${layerName}/${module}`);
    const services = modules.slice(0, 3).map((module, index): Service => {
      const given = shapes[index] as NonNullable<(typeof shapes)[number]>;
      const made = given.ports.map(([kind, number, portName], at) => port(kind, number, portName, 1000 + at));
      const target = ids[index - 1];
      return service({
        layer: layerName,
        name: module,
        ports: made,
        storage: given.storage,
        replicas: { min: given.min, max: given.min + given.more, cpuPercent: 80, memoryPercent: 80 },
        cronJobs: given.cron ? [{ schedule: '1 * * * *', command: ['x'], args: [] }] : [],
        stickySession: given.sticky ? { maxAgeSeconds: 9 } : undefined,
        readiness: given.health,
        liveness: given.health,
        routes:
          made.length === 0
            ? []
            : given.routes.map(([one, at, strip]) => ({
                service: `${layerName}/${module}`,
                port: made[0]?.name ?? '',
                host: one,
                path: at,
                strip,
              })),
        links:
          target === undefined || shapes[index - 1]?.ports.length === 0 ? [] : [link(`${layerName}/${module}`, target)],
      });
    });
    return app({ layers: [layer(layerName, open ? 'open' : 'links')], services, resources });
  });

const choices = fc.record({
  target: fc.constantFrom('kind', 'aws', 'gcp'),
  ingress: fc.constantFrom('nginx', 'gateway'),
  mesh: fc.boolean(),
});

function always(judge: (objects: ReturnType<typeof manifests>, given: App) => void): void {
  fc.assert(
    fc.property(apps, choices, (given, chosen) => judge(manifests(given, options(chosen)), given)),
    { numRuns: 40 },
  );
}

describe('whatever the App', () => {
  test('every object bears our labels and a name that Kubernetes takes, once', () => {
    always((objects) => {
      const seen = new Set<string>();
      for (const { apiVersion, kind, metadata } of objects) {
        const key = `${apiVersion} ${kind} ${metadata?.namespace} ${metadata?.name}`;
        expect(seen.has(key), key).toBe(false);
        seen.add(key);
        expect(metadata?.name, key).toMatch(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/);
        expect(metadata?.labels, key).toMatchObject({
          'app.kubernetes.io/managed-by': 'opta',
          'app.kubernetes.io/part-of': expect.any(String),
        });
        if (kind === 'CronJob') expect(metadata?.name?.length, key).toBeLessThanOrEqual(52);
        if (kind === 'Service') expect(metadata?.name, key).not.toContain('.');
      }
    });
  });

  test('every declared port leads to a container, and no Service is headless alone', () => {
    always((objects) => {
      const workloads = [...all(objects, 'Deployment'), ...all(objects, 'StatefulSet')];
      const services = all(objects, 'Service');
      for (const one of services) {
        const owner = workloads.find(
          ({ spec }) => JSON.stringify(spec.selector.matchLabels) === JSON.stringify(one.spec.selector),
        );
        const open = templateOf(owner).spec.containers[0].ports.map((each: Loose) => each.containerPort);
        expect(one.spec.ports.length).toBeGreaterThan(0);
        for (const { targetPort } of one.spec.ports) expect(open).toContain(targetPort);
        if (one.spec.clusterIP === 'None')
          expect(services.some(({ metadata }) => `${metadata.name}-headless` === one.metadata.name)).toBe(true);
      }
    });
  });

  test('every service of the App declares all its ports', () => {
    always((objects, given) => {
      for (const { name: module, ports: wanted, replicas } of given.services) {
        const found = all(objects, 'Service').find(({ metadata }) => metadata.name === module);
        expect(found?.spec.ports.length ?? 0).toBe(replicas.max === 0 ? 0 : wanted.length);
      }
    });
  });

  test('no network policy lists ports or egress, and no budget guards fewer than two replicas', () => {
    always((objects, given) => {
      for (const { spec } of all(objects, 'NetworkPolicy')) {
        expect(spec.policyTypes).toEqual(['Ingress']);
        for (const rule of spec.ingress) expect(rule.ports).toBeUndefined();
      }
      for (const { metadata } of all(objects, 'PodDisruptionBudget')) {
        expect(
          given.services.find(({ name: module }) => module === metadata.name)?.replicas.min,
        ).toBeGreaterThanOrEqual(2);
      }
    });
  });

  test('selectors select the pods of their own workload', () => {
    always((objects) => {
      for (const workload of [...all(objects, 'Deployment'), ...all(objects, 'StatefulSet')]) {
        expect(templateOf(workload).metadata.labels).toMatchObject(workload.spec.selector.matchLabels);
      }
    });
  });

  test('no container has a CPU limit, and each has a memory limit and requests', () => {
    always((objects) => {
      for (const workload of [
        ...all(objects, 'Deployment'),
        ...all(objects, 'StatefulSet'),
        ...all(objects, 'CronJob'),
      ]) {
        for (const { resources } of templateOf(workload).spec.containers) {
          expect(Object.keys(resources.limits)).toEqual(['memory']);
          expect(Object.keys(resources.requests)).toEqual(['cpu', 'memory']);
        }
      }
    });
  });

  test('the same App gives the same text, in an order that can be applied', () => {
    fc.assert(
      fc.property(apps, choices, (given, chosen) => {
        const text = printManifests(given, options(chosen));
        expect(printManifests(structuredClone(given), options(chosen))).toBe(text);
        expect(text.indexOf('kind: Namespace')).toBe(text.indexOf('kind: '));
      }),
      { numRuns: 8 },
    );
  });
});
