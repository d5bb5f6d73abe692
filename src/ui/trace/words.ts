/** What a hop says of itself in a line: for the terminal and for the page alike, so nothing of Node is imported here. */
import type { Connection, Hop, Peer } from '../../engine/trace.ts';

export interface HopWords {
  /** Who, such as `shop/api replica 1`. */
  readonly who: string;
  /** What it did. */
  readonly what: string;
  /** Identities and the like, for a line of its own. */
  readonly more: readonly string[];
}

/** `ingress` for the ingress, which people know by that name. */
const shortName = (service: string): string => (service === 'opta/ingress' ? 'ingress' : service);

export function milliseconds(ms: number): string {
  if (ms >= 9999.5) return `${(ms / 1000).toFixed(1)} s`;
  return `${ms < 99.95 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

function named(service: string | undefined, replica: string | undefined): string {
  const name = service === undefined ? 'somebody' : shortName(service);
  return replica === undefined ? name : `${name} replica ${replica}`;
}

const secured = (peer: Peer | undefined): string => (peer?.mtls ? 'mTLS' : 'no mTLS');

/** `websocket closed 1000 by the caller, 12 bytes out, 30 in`. */
function connectionWords({ protocol, open, bytesOut, bytesIn, closed }: Connection): string {
  const code = closed?.code === undefined ? '' : ` ${closed.code}`;
  const by = closed === undefined ? '' : ` by the ${closed.by}`;
  const reason = closed?.reason === undefined ? '' : ` (${closed.reason})`;
  const state = open ? 'open' : `closed${code}${by}${reason}`;
  return `${protocol} ${state}, ${bytesOut} bytes out, ${bytesIn} in`;
}

export function hopWords(hop: Hop): HopWords {
  const words = withoutConnection(hop);
  return hop.connection === undefined ? words : { ...words, more: [connectionWords(hop.connection), ...words.more] };
}

function withoutConnection(hop: Hop): HopWords {
  const { kind, service, replica, peer } = hop;
  const refused = hop.refused === undefined ? [] : [hop.refused];
  const identity = peer?.identity === undefined ? [] : [peer.identity];
  switch (kind) {
    case 'edge': {
      const tls = hop.tls === undefined ? 'no TLS' : `${hop.tls.version}, ${hop.tls.protocol}`;
      return { who: shortName(service), what: `${hop.name}, ${tls}`, more: refused };
    }
    case 'route': {
      const { host = '*', path = '', strip = false, to = '' } = hop.route ?? {};
      const where = `${host === '*' ? '' : host}${path}`;
      return { who: 'route', what: `${where} to ${to}${strip ? ', prefix taken off' : ''}`, more: refused };
    }
    case 'outbound': {
      const again = (hop.attempt ?? 1) > 1 ? `, retry ${(hop.attempt ?? 1) - 1}` : '';
      const to = named(peer?.service, peer?.replica);
      const how = hop.refused === undefined ? secured(peer) : 'turned away';
      return {
        who: shortName(service),
        what: `to ${to}, ${how}${again}`,
        more: [...identity.map((id) => `to ${id}`), ...refused],
      };
    }
    case 'inbound': {
      const from = named(peer?.service, peer?.replica);
      const how = hop.refused === undefined ? `lets ${from} in` : `turns ${from} away`;
      return {
        who: named(service, replica),
        what: `${how}, ${secured(peer)}`,
        more: [...identity.map((id) => `from ${id}`), ...refused],
      };
    }
    case 'app':
      return { who: named(service, replica), what: hop.name, more: [] };
    case 'query': {
      const system = hop.attributes?.['db.system.name'] ?? hop.attributes?.['db.system'] ?? 'database';
      const query = hop.attributes?.['db.query.text'] ?? hop.attributes?.['db.statement'];
      return { who: named(service, replica), what: `${system}: ${hop.name}`, more: query === undefined ? [] : [query] };
    }
  }
}

/** How often a hop was another try. */
export const retriesIn = (hops: readonly Hop[]): number =>
  hops.filter(({ kind, attempt = 1 }) => kind === 'outbound' && attempt > 1).length;
