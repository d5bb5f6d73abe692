/** What proxies count, as edges and as sentences about refused callers. */
import { describe, expect, test } from 'vitest';
import { edgeMetrics, edgesOf, refusals } from '../../../../src/platform/mesh/edges.ts';
import { samplesOf } from '../../../../src/platform/mesh/prometheus.ts';

const id = (account: string) => `client_id="${account}.serviceaccount.identity.linkerd.cluster.local"`;
const at = 'direction="inbound",target_port="8080",srv_name="api.main"';
const text = `
# HELP request_total Total count of HTTP requests.
# TYPE request_total counter
request_total{${at},tls="true",${id('web.shop')},route_name="default"} 8
request_total{${at},tls="true",${id('ingress-nginx.ingress-nginx')}} 2
request_total{${at},tls="no_identity",no_tls_reason="no_tls_from_remote",route_name="probe"} 70
request_total{direction="inbound",target_port="4191",tls="no_identity"} 9
request_total{direction="outbound",tls="true",dst_deployment="data"} 30
response_total{${at},tls="true",${id('web.shop')},status_code="200",classification="success"} 6
response_total{${at},tls="true",${id('web.shop')},status_code="500",classification="failure"} 2
response_latency_ms_bucket{${at},tls="true",${id('web.shop')},le="10"} 4
response_latency_ms_bucket{${at},tls="true",${id('web.shop')},le="20"} 8
response_latency_ms_bucket{${at},tls="true",${id('web.shop')},le="+Inf"} 8
tcp_read_bytes_total{${at},peer="src",tls="true",${id('web.shop')}} 100
tcp_read_bytes_total{${at},peer="dst",tls="true",${id('web.shop')}} 5000
inbound_http_authz_deny_total{${at},tls="true",${id('stranger.shop')}} 3
inbound_http_authz_deny_total{${at},tls="no_identity",no_tls_reason="no_tls_from_remote"} 1
outbound_grpc_route_retry_requests_total{parent_kind="Service",parent_namespace="shop",parent_name="data"} 2
`;
const edges = edgesOf([{ service: 'shop/api', samples: samplesOf(text, edgeMetrics) }]);
const from = (caller: string, callee = 'shop/api') =>
  edges.find((one) => one.caller === caller && one.callee === callee);

describe('edges of the mesh', () => {
  test('count requests by the identity of the caller', () => {
    expect(from('shop/web')).toMatchObject({ requests: 8, succeeded: 6, refused: 0, bytesOut: 100, mtls: true });
    expect(from('opta/ingress')).toMatchObject({ requests: 2, succeeded: 2 });
  });

  test('leave out probes and readers of metrics', () => {
    expect(from('outside the mesh')).toMatchObject({ requests: 0, refused: 1 });
  });

  test('tell times within a bucket by its share', () => {
    expect(from('shop/web')?.latency).toEqual({ p50: 10, p95: 19, p99: 19.8 });
  });

  test('add up replicas', () => {
    const samples = samplesOf(text, edgeMetrics);
    const twice = edgesOf([
      { service: 'shop/api', samples },
      { service: 'shop/api', samples },
    ]);
    expect(twice.find(({ caller }) => caller === 'shop/web')).toMatchObject({ requests: 16, latency: { p50: 10 } });
  });

  test('are named for refusals with the link that is missing', () => {
    expect(refusals(edges)).toEqual([
      '3 calls refused: shop/stranger may not call shop/api: the link is missing. Add to the module stranger of the layer shop: links: [shop/api]',
      expect.stringContaining('1 call refused: a caller outside the mesh may not call shop/api'),
    ]);
  });

  test('count connections where there is no HTTP', () => {
    const tcp = `inbound_tcp_authz_allow_total{target_port="5432",tls="true",${id('data.shop')}} 4`;
    const [edge] = edgesOf([{ service: 'shop/db', samples: samplesOf(tcp, edgeMetrics) }]);
    expect(edge).toMatchObject({ caller: 'shop/data', requests: 4, succeeded: 4, mtls: true });
  });
});
