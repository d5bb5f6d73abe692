import { describe, expect, test } from 'vitest';
import { manifests } from '../../../../src/platform/manifests.ts';
import { app, layer, link, port, resource, service, shop } from '../../../support/app.ts';
import { all, find, type Loose, options } from '../../../support/manifests.ts';

const refsOf = (objects: ReturnType<typeof manifests>, name: string): string[] =>
  (find(objects, 'MeshTLSAuthentication', `${name}.callers`)?.spec.identityRefs ?? []).map((one: Loose) =>
    [one.kind, one.namespace, one.name].filter(Boolean).join(' '),
  );

const peersOf = (objects: ReturnType<typeof manifests>, name: string): Loose[] =>
  find(objects, 'NetworkPolicy', name).spec.ingress[0].from;

const meshDoor = {
  namespaceSelector: {
    matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['linkerd', 'linkerd-viz'] }],
  },
};
const metricsDoor = { namespaceSelector: { matchLabels: { 'opta.dev/may-read-metrics': 'true' } } };
const nginxDoor = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' } } };

describe('in a layer with `authorization: links`', () => {
  const objects = manifests(shop(), options());

  test('a service takes calls from those that link to it, and from the ingress when it is public', () => {
    expect(refsOf(objects, 'api')).toEqual(['ServiceAccount shop web', 'ServiceAccount ingress-nginx ingress-nginx']);
    expect(refsOf(objects, 'data')).toEqual(['ServiceAccount shop api']);
    expect(refsOf(objects, 'db')).toEqual(['ServiceAccount shop data']);
  });

  test('each port has a Server that denies the rest, and no route, which would take the probes away', () => {
    expect(find(objects, 'Server', 'api.main').spec).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/name': 'api', 'app.kubernetes.io/component': 'service' } },
      port: 8080,
      proxyProtocol: 'unknown',
    });
    expect(find(objects, 'Server', 'db.main').spec.proxyProtocol).toBe('opaque');
    expect(find(objects, 'AuthorizationPolicy', 'api.main').spec).toEqual({
      targetRef: { group: 'policy.linkerd.io', kind: 'Server', name: 'api.main' },
      requiredAuthenticationRefs: [{ group: 'policy.linkerd.io', kind: 'MeshTLSAuthentication', name: 'api.callers' }],
    });
    expect(all(objects, 'HTTPRoute')).toEqual([]);
  });

  test('a service that nobody calls has a Server and no one to let in', () => {
    const alone = manifests(app({ services: [service({ name: 'alone' })] }), options());
    expect(all(alone, 'Server').map(({ metadata }) => metadata?.name)).toEqual(['alone.main', 'shop.proxy-metrics']);
    expect(all(alone, 'AuthorizationPolicy')).toEqual([]);
    expect(all(alone, 'MeshTLSAuthentication')).toEqual([]);
  });

  test('what proxies count may be read by who has no identity, as the API server and Prometheus', () => {
    expect(find(objects, 'Server', 'shop.proxy-metrics').spec).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/managed-by': 'opta' } },
      port: 4191,
      proxyProtocol: 'HTTP/1',
      accessPolicy: 'all-unauthenticated',
    });
    expect(all(manifests(shop(), options({ mesh: false })), 'Server')).toEqual([]);
  });

  test('a variable that holds an output of a database counts as a link to it', () => {
    const env = [{ name: 'HOST', value: [{ resource: 'shop/db', output: 'db_host' }] }];
    const made = manifests(
      app({ services: [service({ name: 'api', env })], resources: [resource({ name: 'db', type: 'postgres' })] }),
      options(),
    );
    expect(refsOf(made, 'db')).toEqual(['ServiceAccount shop api']);
  });
});

test('in an open layer any meshed pod of the environment may call, and no other', () => {
  const layers = [layer('shop', 'open'), layer('back')];
  const objects = manifests(app({ layers, services: [service({ name: 'api' })] }), options());
  expect(refsOf(objects, 'api')).toEqual(['Namespace shop', 'Namespace back']);
  expect(peersOf(objects, 'api')[0]).toEqual({
    namespaceSelector: { matchLabels: { 'opta.dev/environment': 'local' } },
  });
});

describe('network policies', () => {
  const objects = manifests(shop(), options());

  test('name peers and never ports: meshed traffic arrives on the port of the proxy', () => {
    for (const { metadata, spec } of all(objects, 'NetworkPolicy')) {
      expect(spec.policyTypes, metadata.name).toEqual(['Ingress']);
      expect(spec.egress, metadata.name).toBeUndefined();
      for (const rule of spec.ingress) expect(Object.keys(rule), metadata.name).toEqual(['from']);
    }
  });

  test('leave the doors open for the mesh and for metrics everywhere', () => {
    for (const { metadata } of all(objects, 'NetworkPolicy')) {
      expect(peersOf(objects, metadata.name), metadata.name).toEqual(expect.arrayContaining([meshDoor, metricsDoor]));
    }
  });

  test('leave the door open for the chosen ingress where there is a public route', () => {
    expect(peersOf(objects, 'web')).toContainEqual(nginxDoor);
    expect(peersOf(objects, 'data')).not.toContainEqual(nginxDoor);
    const behindGateway = manifests(shop(), options({ ingress: 'gateway' }));
    expect(peersOf(behindGateway, 'web')).toContainEqual({
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'traefik' } },
    });
  });

  test('let in callers of other layers, cron jobs of a caller too', () => {
    const layers = [layer('shop'), layer('back')];
    const api = service({
      name: 'api',
      cronJobs: [{ schedule: '1 * * * *', command: ['x'], args: [] }],
      links: [link('shop/api', 'back/data')],
    });
    const made = manifests(
      app({ layers, services: [service({ name: 'data', layer: 'back', ports: [port('grpc', 1)] }), api] }),
      options(),
    );
    const [peer] = peersOf(made, 'data');
    expect(peer.namespaceSelector.matchLabels).toEqual({ 'kubernetes.io/metadata.name': 'shop' });
    const { labels } = find(made, 'CronJob', 'api-cron-0').spec.jobTemplate.spec.template.metadata;
    for (const [key, value] of Object.entries(peer.podSelector.matchLabels)) expect(labels[key]).toBe(value);
  });
});
