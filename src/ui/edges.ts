/** Who called whom, as a table: the same on every target. */
import type { Edge } from '../engine/edge.ts';
import { table } from './table.ts';

/** Lines with their ends, after an empty one. `columns` as in `table`. */
export function edgeTable(edges: readonly Edge[], columns: number | undefined): string {
  if (edges.length === 0) return '\nno calls so far\n';
  const heads = ['from', 'to', 'requests', 'success', 'p50', 'p95', 'p99', 'retries', 'sent', 'received', 'mTLS'];
  const rows = edges.map((edge) => {
    const { p50, p95, p99 } = edge.latency ?? {};
    return [
      edge.caller === 'opta/ingress' ? 'ingress' : edge.caller,
      edge.callee,
      `${edge.requests}${edge.refused > 0 ? ` (${edge.refused} refused)` : ''}`,
      edge.requests === 0 ? '-' : `${Math.floor((edge.succeeded / edge.requests) * 10_000) / 100} %`,
      ...[p50, p95, p99].map((ms) => (ms === undefined ? '-' : milliseconds(ms))),
      String(edge.retries),
      bytes(edge.bytesOut),
      bytes(edge.bytesIn),
      edge.requests === 0 ? '-' : edge.mtls ? 'yes' : 'no',
    ];
  });
  return `\n${table([heads, ...rows], columns)}`;
}

const milliseconds = (ms: number): string => (ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`);

function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  return count < 1024 * 1024 ? `${Math.round(count / 1024)} KiB` : `${Math.round(count / 1024 / 1024)} MiB`;
}
