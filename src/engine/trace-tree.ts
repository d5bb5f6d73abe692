/** Hops that came in any order, put together to a trace: parents before children, each child within its parent. Pure. */
import type { Hop, Trace } from './trace.ts';

/** Milliseconds by which two programs' clocks on one machine are apart; more is not taken for a clock's fault. */
const skewMs = 5;

/** Child hops by parent id; what has no known parent is under `undefined`. Each list by start. */
function children(hops: readonly Hop[]): ReadonlyMap<string | undefined, readonly Hop[]> {
  const known = new Set(hops.map(({ id }) => id));
  const groups = Map.groupBy(hops, ({ parent }) => (parent !== undefined && known.has(parent) ? parent : undefined));
  return new Map([...groups].map(([parent, list]) => [parent, list.toSorted((a, b) => a.start - b.start)]));
}

/** A child that sticks out of its parent by no more than the clocks may differ is moved into it. */
function fitted(hop: Hop, parent: Hop | undefined): Hop {
  if (parent === undefined) return hop;
  const [first, last] = [parent.start, parent.start + parent.ms];
  const [early, late] = [first - hop.start, hop.start + hop.ms - last];
  if ((early <= 0 && late <= 0) || early > skewMs || late > skewMs) return hop;
  const ms = Math.min(hop.ms, parent.ms);
  return { ...hop, ms, start: Math.min(Math.max(hop.start, first), last - ms) };
}

/** Each hop with how deep it lies, from the first down. Every hop comes once, whatever its parents say. */
export function nested(hops: readonly Hop[]): readonly { readonly hop: Hop; readonly depth: number }[] {
  const below = children(hops);
  const seen = new Set<Hop>();
  const walk = (hop: Hop, parent: Hop | undefined, depth: number): { hop: Hop; depth: number }[] => {
    if (seen.has(hop)) return [];
    seen.add(hop);
    const placed = fitted(hop, parent);
    return [{ hop: placed, depth }, ...(below.get(hop.id) ?? []).flatMap((child) => walk(child, placed, depth + 1))];
  };
  const first = below.get(undefined) ?? [];
  // Hops that name each other as parents hang from nowhere; they are shown all the same.
  return [...first, ...hops].flatMap((hop) => walk(hop, undefined, 0));
}

/** A trace of its hops. There must be one at least. */
export function traceOf(id: string, hops: readonly Hop[], unseen: readonly string[]): Trace {
  const ordered = nested(hops).map(({ hop }) => hop);
  const [first] = ordered;
  if (first === undefined) throw new Error('a trace without hops');
  const start = Math.min(...ordered.map((hop) => hop.start));
  const end = Math.max(...ordered.map((hop) => hop.start + hop.ms));
  return {
    id,
    name: nameOf(first),
    start,
    ms: end - start,
    ...(first.status !== undefined && { status: first.status }),
    failed: first.failed,
    hops: ordered,
    unseen,
  };
}

/** `GET https://shop.localhost:8443/api` where the edge saw it, else what the first hop calls it, and where. */
function nameOf({ kind, name, service, tls, attributes }: Hop): string {
  const authority = attributes?.['server.address'];
  if (kind !== 'edge' || authority === undefined) return `${name} of ${service}`;
  const [method = '', path = ''] = name.startsWith('/') || !name.includes(' ') ? ['POST', `/${name}`] : name.split(' ');
  return `${method} ${tls === undefined ? 'http' : 'https'}://${authority}${path}`;
}
