/** `public_uri`: the addresses that lead to a service from outside. */
import type { Port, Route } from '../app.ts';
import { localHost } from '../names.ts';
import type { Checking } from '../parse/checking.ts';
import { type Findings, problem } from '../text/findings.ts';
import { clip, isLate, type MapNode, type Node } from '../text/nodes.ts';
import { placeOf } from '../text/source.ts';
import { isLocal } from './environment.ts';
import { httpPort } from './ports.ts';
import type { ResolvingLayer } from './resolving.ts';

const label = '[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?';
const host = new RegExp(`^(?=.{1,253}$)${label}(\\.${label})*$`);
const pathForm = /^(\/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*\/?$/;

export function routesOf(
  layer: ResolvingLayer,
  checking: Checking,
  node: MapNode,
  values: Readonly<Record<string, unknown>>,
  service: string,
  ports: readonly Port[],
): Route[] {
  const entry = node.entries.get('public_uri');
  const written = values.public_uri;
  if (entry === undefined || written === undefined) return [];
  const uris: readonly unknown[] = Array.isArray(written) ? written : [written];
  const port = httpPort(ports);
  const unread = ports.length === 0 && (node.entries.has('port') || node.entries.has('ports'));
  if (port === undefined && uris.length > 0 && !unread) {
    problem(
      checking.findings,
      checking.source,
      entry.keyRange,
      'invalid-public-uri',
      'Only an http port can be public, and this service has none.',
      ['add `port: {http: 8080}`, or remove `public_uri`'],
    );
  }
  const keep = values.keep_path_prefix === true;
  return uris.flatMap((uri, index) => {
    const at = entry.value.kind === 'list' ? (entry.value.items[index] ?? entry.value) : entry.value;
    const address = addressOf(checking, uri, at);
    if (address === undefined || port === undefined) return [];
    const place = placeOf(checking.source, at);
    const local =
      isLocal(layer.target) && address.host !== '*' ? noticedLocalHost(checking, address.host, at) : address.host;
    return [{ service, port: port.name, host: local, path: address.path, strip: !keep && address.path !== '/', place }];
  });
}

function noticedLocalHost(checking: Checking, written: string, at: Node): string {
  const local = localHost(written);
  if (local !== written) {
    const message = `On ${checking.target} the host \`${written}\` is served as \`${local}\`.`;
    checking.findings.once(`host ${written}`, 'notice', 'stand-in-value', message, placeOf(checking.source, at), [
      'write "{parent.domain}" for the domain of the environment',
    ]);
  }
  return local;
}

function addressOf(checking: Checking, uri: unknown, at: Node): { host: string; path: string } | undefined {
  const { findings, source } = checking;
  if (isLate(uri)) {
    problem(
      findings,
      source,
      at,
      'late-value',
      'An address must be known before anything runs, and this one is known only then.',
      ['write the domain itself'],
    );
    return undefined;
  }
  if (typeof uri !== 'string') return undefined;
  const address = parseAddress(uri);
  if (address === undefined) {
    const scheme = /^https?:\/\//.test(uri) ? ['leave `https://` out'] : [];
    problem(findings, source, at, 'invalid-public-uri', `"${clip(uri)}" is no address for \`public_uri\`.`, [
      ...scheme,
      'write `/path`, `host`, `host/path` or `*`',
    ]);
  }
  return address;
}

/** `/p`, `*` + `/p`, `*`, `host`, `host/p`; `all` is an old word for `*`. */
export function parseAddress(uri: string): { host: string; path: string } | undefined {
  const slash = uri.indexOf('/');
  const written = slash === -1 ? uri : uri.slice(0, slash);
  const path = slash === -1 ? '/' : uri.slice(slash);
  if (!pathForm.test(path)) return undefined;
  const trimmed = path.length > 1 ? path.replace(/\/$/, '') : path;
  if (written === '*' || written === 'all' || (written === '' && slash === 0)) return { host: '*', path: trimmed };
  const lower = written.toLowerCase();
  return host.test(lower) ? { host: lower, path: trimmed } : undefined;
}

/** Two routes of an App that claim the same host and path: an error that names both. */
export function reportSameRoutes(routes: readonly Route[], findings: Findings): void {
  const seen = new Map<string, Route>();
  for (const route of routes) {
    const key = `${route.host} ${route.path}`;
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, route);
      continue;
    }
    const address = `${route.host === '*' ? 'any host' : route.host}, path ${route.path}`;
    const at = first.place === undefined ? '' : ` (${first.place.file}:${first.place.line})`;
    const who =
      first.service === route.service
        ? `\`${route.service}\` claims twice`
        : `\`${route.service}\` and \`${first.service}\`${at} both claim`;
    findings.add('error', 'duplicate-route', `${who} the address ${address}.`, route.place, [
      'give one of them another path or host in `public_uri`',
    ]);
  }
}
