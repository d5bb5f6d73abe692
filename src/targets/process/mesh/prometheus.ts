/** The metrics of the edges as Prometheus reads them, under Linkerd's names, so that the same boards fit. */

import type { EdgeMetrics } from '../mesh-metrics.ts';
import { answer, type Incoming } from './incoming.ts';

const label = (text: string): string => text.replace(/["\\\n]/g, '_');

function labels(edge: EdgeMetrics, more = ''): string {
  const tls = edge.mtls ? 'true' : 'no_identity';
  return `{direction="outbound",src="${label(edge.caller)}",dst="${label(edge.callee)}",tls="${tls}"${more}}`;
}

/** Text exposition format 0.0.4. */
function prometheusText(edges: readonly EdgeMetrics[]): string {
  const lines: string[] = [];
  const counter = (name: string, help: string, of: (edge: EdgeMetrics) => readonly (readonly [string, number])[]) => {
    lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} counter`);
    for (const edge of edges) for (const [more, value] of of(edge)) lines.push(`${name}${labels(edge, more)} ${value}`);
  };
  counter('request_total', 'Requests, gRPC calls and TCP connections that have ended.', (e) => [['', e.requests]]);
  counter('response_total', 'Answers, by what they count as.', (e) => [
    [',classification="success"', e.succeeded],
    [',classification="failure"', e.requests - e.succeeded],
  ]);
  counter('retry_total', 'Attempts after the first.', (e) => [['', e.retries]]);
  counter('inbound_http_authz_deny_total', 'Calls refused for a missing link.', (e) => [['', e.refused]]);
  counter('request_bytes_total', 'Bytes of bodies from the caller.', (e) => [['', e.bytesOut]]);
  counter('response_bytes_total', 'Bytes of bodies to the caller.', (e) => [['', e.bytesIn]]);
  lines.push(
    '# HELP response_latency_ms Milliseconds until an answer was complete.',
    '# TYPE response_latency_ms histogram',
  );
  for (const edge of edges) {
    for (const [bound, count] of edge.buckets)
      lines.push(`response_latency_ms_bucket${labels(edge, `,le="${bound}"`)} ${count}`);
    lines.push(`response_latency_ms_bucket${labels(edge, ',le="+Inf"')} ${edge.requests}`);
    lines.push(`response_latency_ms_sum${labels(edge)} ${edge.latencySum}`);
    lines.push(`response_latency_ms_count${labels(edge)} ${edge.requests}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Answers `GET /metrics`, and nothing else. */
export function answerMetrics(incoming: Incoming, edges: () => readonly EdgeMetrics[]): void {
  const path = incoming.path.replace(/\?.*/s, '');
  if (path !== '/metrics') {
    answer(incoming, 404, '404 ask for /metrics');
    return;
  }
  if (incoming.method !== 'GET') {
    answer(incoming, 405, '405 GET only', ['allow', 'GET']);
    return;
  }
  const body = Buffer.from(prometheusText(edges()));
  const headers = ['content-type', 'text/plain; version=0.0.4; charset=utf-8', 'content-length', `${body.length}`];
  const sink = incoming.respond({ status: 200, headers, trailers: false }, false);
  sink.write(body);
  incoming.finish([]);
}
