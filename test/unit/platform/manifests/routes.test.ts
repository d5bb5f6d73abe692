import { describe, expect, test } from 'vitest';
import type { Route, Service } from '../../../../src/app/app.ts';
import { hiddenFields } from '../../../../src/app/hidden-fields.ts';
import { gatewayObjects, manifests } from '../../../../src/platform/manifests.ts';
import { app, port, service } from '../../../support/app.ts';
import { all, find, type Loose, options } from '../../../support/manifests.ts';

const route = (to: string, host: string, path: string, more: Partial<Route> = {}): Route => ({
  service: `shop/${to}`,
  port: 'main',
  host,
  path,
  strip: path !== '/',
  ...more,
});

const made = (ingress: 'nginx' | 'gateway', ...services: Service[]) =>
  manifests(app({ services }), options({ ingress }));

const annotationsOf = (object: Loose): Record<string, string> =>
  Object.fromEntries(
    Object.entries<string>(object.metadata.annotations).map(([key, value]) => [
      key.replace('nginx.ingress.kubernetes.io/', ''),
      value,
    ]),
  );

const pathsOf = (objects: ReturnType<typeof manifests>): string[] =>
  all(objects, 'Ingress').flatMap(({ spec }) =>
    spec.rules.flatMap(({ host = '*', http }: Loose) =>
      http.paths.map(({ path, backend }: Loose) => `${host} ${path} ${backend.service.name}`),
    ),
  );

describe('nginx', () => {
  test('strips a prefix by a whole path segment, and leaves balancing to the mesh', () => {
    const [ingress] = all(
      made('nginx', service({ name: 'api', routes: [route('api', 'x.localhost', '/v1.0')] })),
      'Ingress',
    );
    expect(ingress.spec).toMatchObject({ ingressClassName: 'nginx', tls: [{ hosts: ['x.localhost'] }] });
    expect(ingress.spec.rules[0].http.paths[0]).toEqual({
      path: '/(?-i:v1\\.0)(/|$)(.*)',
      pathType: 'ImplementationSpecific',
      backend: { service: { name: 'api', port: { number: 80 } } },
    });
    expect(annotationsOf(ingress)).toEqual({
      'force-ssl-redirect': 'true',
      'preserve-trailing-slash': 'true',
      'proxy-body-size': '0',
      'proxy-read-timeout': '60',
      'proxy-send-timeout': '60',
      'rewrite-target': '/$2',
      'service-upstream': 'true',
      'use-regex': 'true',
    });
  });

  test('keeps a prefix when told to, and matches it by the same segments', () => {
    const keep = service({ name: 'api', routes: [route('api', '*', '/p', { strip: false })] });
    const [ingress] = all(made('nginx', keep), 'Ingress');
    expect(ingress.spec.rules[0].http.paths[0].path).toBe('/(?-i:p)(/|$)(.*)');
    expect(annotationsOf(ingress)).not.toHaveProperty('rewrite-target');
    expect(ingress.spec.tls).toBeUndefined();
  });

  test('picks the pod itself where a cookie or a hash decides', () => {
    const sticky = service({
      name: 'cart',
      stickySession: { maxAgeSeconds: 60 },
      routes: [route('cart', '*', '/cart')],
    });
    const hashed = service({ name: 'feed', consistentHash: 'X-User', routes: [route('feed', '*', '/feed')] });
    const [cart, feed] = all(made('nginx', sticky, hashed), 'Ingress').map(annotationsOf);
    expect(cart).toMatchObject({
      affinity: 'cookie',
      'session-cookie-name': 'OPTA_AFFINITY',
      'session-cookie-path': '/cart',
      'session-cookie-max-age': '60',
    });
    expect(feed).toMatchObject({ 'upstream-hash-by': '$http_x_user' });
    expect([cart?.['service-upstream'], feed?.['service-upstream']]).toEqual([undefined, undefined]);
  });

  test('speaks gRPC to gRPC ports and is patient with streams', () => {
    const rpc = service({ name: 'rpc', ports: [port('grpc', 1)], routes: [route('rpc', '*', '/')] });
    const live = service({ name: 'live', ports: [port('websocket', 1)], routes: [route('live', '*', '/live')] });
    const [first, second] = all(made('nginx', rpc, live), 'Ingress').map(annotationsOf);
    expect(second).toMatchObject({ 'backend-protocol': 'GRPC', 'proxy-read-timeout': '3600' });
    expect(first).toMatchObject({ 'proxy-read-timeout': '3600', 'proxy-send-timeout': '3600' });
  });

  test('lets the time-outs of the mesh answer first', () => {
    const slow = service({ name: 'slow', timeouts: { request: 90 }, routes: [route('slow', '*', '/')] });
    expect(annotationsOf(all(made('nginx', slow), 'Ingress')[0])).toMatchObject({ 'proxy-read-timeout': '95' });
  });

  test('repeats a route for any host under each host by name, but where that host has the path itself', () => {
    const web = service({ name: 'web', routes: [route('web', '*', '/')] });
    const api = service({
      name: 'api',
      routes: [route('api', 'a.localhost', '/api'), route('api', 'b.localhost', '/')],
    });
    expect(pathsOf(made('nginx', web, api)).sort()).toEqual([
      '* / web',
      'a.localhost / web',
      'a.localhost /(?-i:api)(/|$)(.*) api',
      'b.localhost / api',
    ]);
  });

  test('takes the annotations of the definition last', () => {
    const settings = { ingress_extra_annotations: { 'nginx.ingress.kubernetes.io/proxy-body-size': '8m' } };
    const api = service({ name: 'api', settings, routes: [route('api', '*', '/')] });
    expect(annotationsOf(all(made('nginx', api), 'Ingress')[0])).toMatchObject({ 'proxy-body-size': '8m' });
  });
});

describe('the gateway', () => {
  test('says the same routes as HTTPRoutes, stripped by segment', () => {
    const api = service({
      name: 'api',
      routes: [route('api', 'x.localhost', '/api'), route('api', 'y.localhost', '/api')],
    });
    const [found] = all(made('gateway', api), 'HTTPRoute');
    expect(found.spec).toEqual({
      parentRefs: [{ name: 'opta', namespace: 'traefik', sectionName: 'https' }],
      hostnames: ['x.localhost', 'y.localhost'],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/api' } }],
          filters: [
            {
              type: 'RequestHeaderModifier',
              requestHeaderModifier: {
                set: [
                  { name: 'X-Scheme', value: 'https' },
                  { name: 'X-Forwarded-Scheme', value: 'https' },
                ],
                remove: ['X-Forwarded-Server'],
              },
            },
            { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } },
            // As nginx, which never hands them on.
            { type: 'ResponseHeaderModifier', responseHeaderModifier: { remove: hiddenFields } },
          ],
          backendRefs: [{ name: 'api', port: 80 }],
        },
      ],
    });
  });

  test('keeps routes for any host apart, so that hosts by name come first', () => {
    const api = service({ name: 'api', routes: [route('api', '*', '/api'), route('api', 'y.localhost', '/api')] });
    const found = all(made('gateway', api), 'HTTPRoute');
    expect(found.map(({ spec }) => spec.hostnames).sort()).toEqual([['y.localhost'], undefined]);
    expect(new Set(found.map(({ metadata }) => metadata.name)).size).toBe(2);
  });

  test('uses GRPCRoute for gRPC, but where a prefix must go', () => {
    const rpc = service({
      name: 'rpc',
      ports: [port('grpc', 1)],
      routes: [route('rpc', 'r.localhost', '/'), route('rpc', 's.localhost', '/rpc')],
    });
    const objects = made('gateway', rpc);
    expect(all(objects, 'GRPCRoute').map(({ spec }) => spec.hostnames)).toEqual([['r.localhost']]);
    expect(all(objects, 'HTTPRoute').map(({ spec }) => spec.rules[0].matches[0].path.value)).toEqual(['/rpc']);
    const web = service({ name: 'web', routes: [route('web', '*', '/assets')] });
    const beside = made('gateway', rpc, web);
    expect(all(beside, 'GRPCRoute')).toEqual([]);
    expect(all(beside, 'HTTPRoute')).toHaveLength(3);
  });

  test('keeps a browser at one pod by the means of the controller', () => {
    const cart = service({ name: 'cart', stickySession: { maxAgeSeconds: 60 }, routes: [route('cart', '*', '/cart')] });
    const objects = made('gateway', cart);
    const [picking] = all(objects, 'TraefikService');
    const [{ spec }] = all(objects, 'HTTPRoute') as [Loose];
    expect(spec.rules[0].backendRefs).toEqual([
      { group: 'traefik.io', kind: 'TraefikService', name: `shop-${picking.metadata.name}@kubernetescrd` },
    ]);
    expect(picking.spec.weighted.services[0]).toMatchObject({
      nativeLB: false,
      sticky: { cookie: { name: 'OPTA_AFFINITY', maxAge: 60, path: '/cart' } },
    });
  });

  test('hashes by the address of the client, and refuses what it cannot do, with the place', () => {
    const by = (consistentHash: string) =>
      made('gateway', service({ name: 'feed', consistentHash, routes: [route('feed', '*', '/')] }));
    expect(all(by('$binary_remote_addr'), 'TraefikService')[0].spec.weighted.services[0].strategy).toBe('hrw');
    expect(() => by('$request_uri')).toThrow(
      expect.objectContaining({ code: 'gateway-cannot-hash', place: { file: '/shop/opta.yaml', line: 1, column: 1 } }),
    );
  });

  test('listens for both schemes, takes routes from every namespace on https only, and sends http there', () => {
    const objects = gatewayObjects('opta-tls', 8443);
    const { listeners } = find(objects, 'Gateway', 'opta').spec;
    expect(listeners.map(({ name, allowedRoutes }: Loose) => [name, allowedRoutes.namespaces.from])).toEqual([
      ['http', 'Same'],
      ['https', 'All'],
    ]);
    expect(find(objects, 'HTTPRoute', 'redirect-to-https').spec.rules[0].filters[0].requestRedirect).toMatchObject({
      scheme: 'https',
      port: 8443,
    });
  });
});

test("the gateway says with a host's own routes too what longer paths for any host would take from them", () => {
  const own = service({
    name: 'own',
    routes: [
      route('own', 'own.localhost', '/'),
      route('own', 'part.localhost', '/p'),
      route('own', 'b.localhost', '/'),
    ],
  });
  const api = service({
    name: 'api',
    routes: [route('api', '*', '/api'), route('api', '*', '/p/q'), route('api', 'b.localhost', '/api')],
  });
  const rulesOf = (host: string) =>
    all(made('gateway', own, api), 'HTTPRoute')
      .filter(({ spec }) => spec.hostnames?.includes(host))
      .flatMap(({ spec }) =>
        spec.rules.map(({ matches, filters, backendRefs }: Loose) =>
          [matches[0].path.value, filters[1]?.urlRewrite?.path.replacePrefixMatch, backendRefs[0].name].join(' '),
        ),
      )
      .sort();
  expect(rulesOf('own.localhost')).toEqual(['/  own', '/api  own', '/p/q  own']);
  expect(rulesOf('part.localhost')).toEqual(['/p / own', '/p/q /q own']);
  expect(rulesOf('b.localhost')).toEqual(['/  own', '/api / api', '/p/q  own']);
  const names = all(made('gateway', own, api), 'HTTPRoute').map(({ metadata }) => metadata.name);
  expect(new Set(names).size).toBe(names.length);
});

test("nginx asks a host's own routes before those for any host, and falls back to the latter", () => {
  const own = service({
    name: 'own',
    routes: [route('own', 'own.localhost', '/'), route('own', 'part.localhost', '/p')],
  });
  const api = service({ name: 'api', routes: [route('api', '*', '/api')] });
  const ingress = all(made('nginx', own, api), 'Ingress').find(({ metadata }) => metadata.name.startsWith('api'));
  expect(ingress.spec.rules.map(({ host }: Loose) => host)).toEqual([undefined, 'part.localhost']);
});

test('a route that repeats the paths of another one never has its name', () => {
  const back = service({ name: 'back', routes: [route('back', 'shop.localhost', '/a/b', { strip: false })] });
  const own = [route('web', '*', '/a/b'), route('web', 'other.localhost', '/'), route('web', 'shop.localhost', '/')];
  const names = all(made('gateway', back, service({ name: 'web', routes: own })), 'HTTPRoute').map(
    ({ metadata }) => metadata.name,
  );
  expect(new Set(names).size).toBe(names.length);
});
