/** Lines of the ingress and of Linkerd's proxies, put together to the life of one request. */
import { describe, expect, test } from 'vitest';
import { assemble, type Surroundings } from '../../../../../src/targets/kind/tracing/assemble.ts';
import { ingressLine } from '../../../../../src/targets/kind/tracing/ingress-log.ts';
import { type ProxyLine, proxyLine } from '../../../../../src/targets/kind/tracing/proxy-log.ts';

const trace = '0af7651916cd43dd8448eb211c80319c';
const began = Date.parse('2026-11-22T10:00:00.000Z');
const suffix = 'serviceaccount.identity.linkerd.cluster.local';
const podAt = new Map([
  ['10.0.0.9', 'nginx-1'],
  ['10.0.0.1', 'api-1'],
  ['10.0.0.2', 'web-1'],
]);

const around: Surroundings = {
  podAt,
  mayCall: (service) => (service === 'shop/data' ? new Set([`api.shop.${suffix}`]) : undefined),
  routeOf: ({ service }) =>
    service && { host: 'shop.localhost', path: '/api', strip: true, to: `${service.namespace}/${service.name}` },
  mesh: true,
  silent: (service) => (service === 'shop/data' ? ['shop/db'] : []),
};

const nginx = JSON.stringify({
  ...{
    time: '2026-11-22T10:00:00+00:00',
    ended: began / 1000 + 0.05,
    id: 'f'.repeat(32),
    trace: `00-${trace}-00f067aa0ba902b7-01`,
  },
  ...{ host: 'shop.localhost', method: 'GET', uri: '/api/products?secret=1', status: 200, seconds: 0.05 },
  ...{ tls: 'TLSv1.3', http: 'HTTP/2.0', namespace: 'shop', ingress: 'api.main', service: 'api' },
  ...{ upstream: '10.96.0.7:80', upstream_status: '200', upstream_seconds: '0.049' },
});

function noted(service: string, pod: string, from: string, more: Readonly<Record<string, string>> = {}): ProxyLine {
  const line = {
    ...{ 'client.addr': `${from}:40000`, 'client.id': `x.y.${suffix}`, timestamp: '2026-11-22T10:00:00.010250000Z' },
    ...{ method: 'GET', uri: `http://${service}/products?a=b`, version: 'HTTP/2.0', trace_id: '', status: '200' },
    ...{ total_ns: '20500000', processing_ns: '9000', user_agent: '', host: '' },
    ...more,
  };
  const read = proxyLine(service, pod, JSON.stringify(line));
  if (read === undefined) throw new Error('not read');
  return read;
}

const request = ingressLine('nginx-1', nginx, () => undefined);
const toApi = (more = {}) =>
  noted('shop/api', 'api-1', '10.0.0.9', { 'client.id': `ingress-nginx.ingress-nginx.${suffix}`, ...more });
const toData = (more = {}) =>
  noted('shop/data', 'data-1', '10.0.0.1', {
    'client.id': `api.shop.${suffix}`,
    timestamp: '2026-11-22T10:00:00.015Z',
    method: 'POST',
    ...more,
  });
const assembled = (...lines: readonly ProxyLine[]) => {
  if (request === undefined) throw new Error('not read');
  return assemble(request, lines, around);
};

describe('a request through the mesh', () => {
  const known = toApi({ trace_id: 'f'.repeat(32) });

  test('is named without its query string, by the trace of its sender', () => {
    expect(assembled(known)).toMatchObject({ id: trace, name: 'GET https://shop.localhost/api/products', ms: 50 });
  });

  test('goes by edge, route and each proxy, with identity and pod', () => {
    const { hops } = assembled(known, toData());
    expect(hops.map(({ kind, service }) => `${kind} ${service}`)).toEqual([
      'edge opta/ingress',
      'route opta/ingress',
      'inbound shop/api',
      'inbound shop/data',
    ]);
    expect(hops[0]).toMatchObject({ tls: { version: 'TLSv1.3', serverName: 'shop.localhost' } });
    expect(hops[2]).toMatchObject({ replica: 'api-1', ms: 20.5, peer: { mtls: true, replica: 'nginx-1' } });
    expect(hops[3]).toMatchObject({
      parent: hops[2]?.id,
      peer: { service: 'shop/api', identity: `api.shop.${suffix}`, replica: 'api-1' },
    });
  });

  test('keeps calls of other pods and other requests out', () => {
    const stray = noted('shop/data', 'data-1', '10.0.0.2', { trace_id: '' });
    const other = toData({ trace_id: 'e'.repeat(32) });
    const late = toData({ timestamp: '2026-11-22T10:00:01Z' });
    expect(assembled(known, stray, other, late).hops).toHaveLength(3);
  });

  test('leaves out probes', () => {
    const probe = JSON.stringify({
      method: 'GET',
      uri: '/ready',
      timestamp: '2026-11-22T10:00:00Z',
      user_agent: 'kube-probe/1.34',
    });
    expect(proxyLine('shop/api', 'api-1', probe)).toBeUndefined();
  });

  test('says what no proxy can see', () => {
    expect(assembled(known, toData()).unseen).toEqual([
      expect.stringContaining('Calls of shop/data to shop/db are no HTTP'),
    ]);
  });

  test('says when calls could be those of another request', () => {
    const twin = toApi({ trace_id: 'e'.repeat(32) });
    expect(assembled(known, twin, toData()).unseen).toContainEqual(
      expect.stringContaining('shop/api served other requests'),
    );
  });

  test('names the link that is missing when a proxy turned the call away', () => {
    const refused = toData({ 'client.id': `web.shop.${suffix}`, status: '403' });
    expect(assembled(known, refused).hops.at(-1)).toMatchObject({
      refused:
        'shop/web may not call shop/data: the link is missing. Add to the module web of the layer shop: links: [shop/data]',
    });
    expect(assembled(known, toData({ status: '403' })).hops.at(-1)).not.toHaveProperty('refused');
  });
});

test('Traefik tells the same of a request', () => {
  const line = JSON.stringify({
    ...{ StartUTC: '2026-11-22T10:00:00.001Z', Duration: 5_000_000, RequestMethod: 'GET', RequestPath: '/api?x=1' },
    ...{ RequestHost: 'shop.localhost:8443', DownstreamStatus: 200, TLSVersion: '1.3', RequestProtocol: 'HTTP/2.0' },
    ...{ ServiceAddr: '10.96.0.7:80', request_Traceparent: `00-${trace}-00f067aa0ba902b7-01` },
  });
  const serviceAt = (ip: string) => (ip === '10.96.0.7' ? { namespace: 'shop', name: 'api' } : undefined);
  expect(ingressLine('traefik-1', line, serviceAt)).toMatchObject({
    ...{ trace, ms: 5, host: 'shop.localhost', path: '/api', status: 200, tls: 'TLSv1.3' },
    service: { namespace: 'shop', name: 'api' },
  });
});

test('what a controller says beside its access log is no line of it', () => {
  expect(ingressLine('nginx-1', 'I1122 10:00:00 controller.go:1] Backend reloaded', () => undefined)).toBeUndefined();
  expect(ingressLine('nginx-1', '{"level":"info"', () => undefined)).toBeUndefined();
});
