/** What was recorded of a request as one trace, with what nobody saw of it. Pure. */
import type { Hop, Trace } from '../../../engine/trace.ts';
import { nested, traceOf } from '../../../engine/trace-tree.ts';
import type { Recorded, Refusal } from './store.ts';

export interface Known {
  /** Services that have sent spans of their own. */
  readonly reporting: readonly string[];
  /** Services by those that call them by a link. */
  readonly links: ReadonlyMap<string, readonly string[]>;
  readonly refusals: readonly Refusal[];
  /** Databases and the like run here. */
  readonly resources: boolean;
}

/** `recorded` has one hop at least. */
export function assembled({ id, hops }: Recorded, known: Known): Trace {
  const ordered = nested(hops).map(({ hop }) => hop);
  return traceOf(id, ordered, unseenIn(ordered, known));
}

/** True when a service that reports has told of each of its parts in the request. */
export function isWhole(hops: readonly Hop[], reporting: readonly string[]): boolean {
  const reached = hops.filter(({ kind, failed }) => kind === 'inbound' && !failed);
  return reached.every(({ id, service }) => !reporting.includes(service) || hops.some((hop) => hop.parent === id));
}

function unseenIn(hops: readonly Hop[], { reporting, links, refusals, resources }: Known): string[] {
  const said: string[] = [];
  if (hops.every(({ connection, name }) => connection?.protocol === 'tcp' || name.startsWith('TCP ')))
    return ['What passed inside the connection was not looked at: raw TCP bears no trace.'];
  if (!hops.some(({ kind }) => kind === 'edge'))
    said.push('It did not come in through the ingress, or its edge is too long ago.');
  const ids = new Set(hops.map(({ id }) => id));
  const edge = hops.find(({ kind }) => kind === 'edge');
  if (hops.some(({ parent, ...hop }) => parent !== undefined && !ids.has(parent) && hop.id !== edge?.id))
    said.push('A hop in between was not reported: what it called stands without it.');
  const reached = [
    ...new Set(hops.filter((hop) => hop.kind === 'inbound' && hop.refused === undefined).map((hop) => hop.service)),
  ];
  for (const service of reached) said.push(...ofService(service, hops, reporting, links));
  const [start, end] = [Math.min(...hops.map((hop) => hop.start)), Math.max(...hops.map((hop) => hop.start + hop.ms))];
  const meanwhile = refusals.filter(({ at, caller }) => at >= start && at <= end && reached.includes(caller));
  for (const words of new Set(meanwhile.map((refusal) => refusal.words)))
    said.push(`A connection was turned away meanwhile: ${words}.`);
  if (resources && reached.length > 0 && !hops.some(({ kind }) => kind === 'query'))
    said.push('No query to a database was reported: only services that send spans can tell of them.');
  return said;
}

function ofService(
  service: string,
  hops: readonly Hop[],
  reporting: readonly string[],
  links: Known['links'],
): string[] {
  const said: string[] = [];
  const own = hops.some((hop) => hop.service === service && (hop.kind === 'app' || hop.kind === 'query'));
  if (!own && !reporting.includes(service))
    said.push(`${service} sends no spans: what it did inside, its queries included, was not seen.`);
  else if (!own) said.push(`${service} sent no span of this request, though it sends others.`);
  const callees = links.get(service) ?? [];
  if (callees.length > 0 && !hops.some((hop) => hop.service === service && hop.kind === 'outbound'))
    said.push(`${service} called none of ${callees.join(', ')} for it, or did not pass \`traceparent\` on.`);
  return said;
}
