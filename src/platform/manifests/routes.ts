/** The public addresses of an App, grouped as both ingress renderings need them. */
import type { App, Port, Route, Service } from '../../app/app.ts';
import { shortHash } from './metadata.ts';

/** Routes of one service that differ in nothing but the host. */
export interface RouteGroup {
  readonly service: Service;
  readonly port: Port;
  readonly path: string;
  /** Of a prefix; never for `/`, which has nothing to take off. */
  readonly strip: boolean;
  /** Sorted; `*` is any host. */
  readonly hosts: readonly string[];
  /** Tells parts of one group apart. */
  readonly mark?: string;
}

/** Names that are unique in a namespace: module names hold no dot. */
export function groupName({ service, port, path, strip, mark = '' }: RouteGroup): string {
  const base = `${service.name}.${port.name}`;
  const prefix = path === '/' ? '' : `${path}${strip ? '' : ' kept'}`;
  // Apart, since a mark names paths too.
  const told = mark === '' ? prefix : `${prefix}\n${mark}`;
  return told === '' ? base : `${base}.${shortHash(told).slice(0, 6)}`;
}

function portOf(service: Service, route: Route): Port {
  const port = service.ports.find(({ name }) => name === route.port);
  if (port === undefined)
    throw new Error(`${route.service} has a route to port "${route.port}", which it does not have`);
  return port;
}

export function routeGroups(service: Service): readonly RouteGroup[] {
  const groups = new Map<string, RouteGroup>();
  for (const route of service.routes) {
    const strip = route.strip && route.path !== '/';
    const key = JSON.stringify([route.port, route.path, strip]);
    const before = groups.get(key);
    const hosts = [...new Set([...(before?.hosts ?? []), route.host])].sort();
    groups.set(key, { service, port: portOf(service, route), path: route.path, strip, hosts });
  }
  return [...groups.values()];
}

/** True when every request below `path` is also one below `prefix`. */
const covers = (prefix: string, path: string): boolean =>
  prefix === '/' || path === prefix || path.startsWith(`${prefix}/`);

/**
 * Every host by name that must answer a route for any host: an nginx server block for a host falls back to no other,
 * while `process` and Gateway API do. A host keeps what a route of its own leads to.
 */
export function explicitHosts(app: App, { hosts, path }: RouteGroup): readonly string[] {
  if (!hosts.includes('*')) return hosts;
  const routes = app.services.flatMap((service) => service.routes);
  const taken = new Set(routes.filter((route) => covers(route.path, path)).map(({ host }) => host));
  const others = routes.map(({ host }) => host).filter((host) => host !== '*' && !taken.has(host));
  return [...new Set([...hosts, ...others])].sort();
}

/** Longer paths that routes for any host claim of what this group's route takes on one of its hosts. Sorted. */
export function shadowedPaths(app: App, { path }: RouteGroup, host: string): readonly string[] {
  const routes = app.services.flatMap((service) => service.routes);
  const isOwn = (wanted: string) =>
    routes.some((one) => one.host === host && one.path !== path && covers(path, one.path) && covers(one.path, wanted));
  const longer = routes.filter((one) => one.host === '*' && one.path !== path && covers(path, one.path));
  return [...new Set(longer.map((one) => one.path))].filter((one) => !isOwn(one)).sort();
}

/** The key that picks a replica, in nginx's words: a text without `$` is the name of a header. */
export function hashExpression(written: string): string {
  return written.includes('$') ? written : `$http_${written.toLowerCase().replaceAll('-', '_')}`;
}

/** The cookie of sticky sessions, the same on every target. */
export const stickyCookie = 'OPTA_AFFINITY';
