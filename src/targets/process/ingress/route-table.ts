/** Which route takes a request, and what path the service sees. Pure. */
import type { IngressRoute } from '../data-plane.ts';

/** Host without its port, lower case, without the dot of an absolute name. */
export function hostOf(authority: string): string {
  const bracketed = /^\[[^\]]*\]/.exec(authority);
  const host = bracketed !== null ? bracketed[0] : authority.replace(/:\d*$/, '');
  return host.toLowerCase().replace(/\.$/, '');
}

/** True for `/p` itself and what is below it; a path may end with `/`. */
export function underPrefix(path: string, prefix: string): boolean {
  const bare = prefix.replace(/\/+$/, '');
  return path.startsWith(bare) && (path.length === bare.length || path[bare.length] === '/');
}

/** Takes the prefix off as nginx does with `/p(/|$)(.*)` -> `/$2`. The query stays. */
export function stripPrefix(target: string, prefix: string): string {
  const { path, query } = splitTarget(target);
  const bare = prefix.replace(/\/+$/, '');
  return `/${path.slice(bare.length + 1)}${query}`;
}

/** `query` begins with `?` or is empty. */
export function splitTarget(target: string): { path: string; query: string } {
  const at = target.indexOf('?');
  return at < 0 ? { path: target, query: '' } : { path: target.slice(0, at), query: target.slice(at) };
}

/**
 * False for a path with an escape that is none, or of the zero byte: nginx refuses both before it looks for a route, and
 * Traefik the first.
 */
export function isWellFormed(target: string): boolean {
  return !/%(?![0-9a-f]{2})|%00/i.test(splitTarget(target).path);
}

/** undefined for escapes that are no UTF-8. */
function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** The path that routes are compared with: decoded, `.`, `..` and doubled slashes resolved. undefined when it leads out. */
export function normalPath(path: string): string | undefined {
  if (!/%|\/\/|\/\./.test(path)) return path;
  const kept: string[] = [];
  const segments = (decoded(path) ?? path).split('/').slice(1);
  for (const [at, segment] of segments.entries()) {
    const last = at === segments.length - 1;
    if (segment === '..' && kept.pop() === undefined) return undefined;
    if ((segment === '' || segment === '.' || segment === '..') && !last) continue;
    if (segment !== '.' && segment !== '..') kept.push(segment);
    else kept.push('');
  }
  return `/${kept.join('/')}`;
}

export interface RouteTable {
  find(authority: string, target: string): IngressRoute | undefined;
}

/** The longest prefix among the routes of the host itself, else among those for any host: as on a cluster. */
export function routeTable(routes: readonly IngressRoute[]): RouteTable {
  const byHost = new Map<string, IngressRoute[]>();
  for (const route of routes) {
    const host = route.host.toLowerCase();
    byHost.set(host, [...(byHost.get(host) ?? []), route]);
  }
  for (const list of byHost.values()) list.sort((a, b) => b.path.length - a.path.length);
  return {
    find(authority, target) {
      const path = normalPath(splitTarget(target).path);
      if (path === undefined) return undefined;
      const among = (host: string) => byHost.get(host)?.find((route) => underPrefix(path, route.path));
      return among(hostOf(authority)) ?? among('*');
    },
  };
}

/**
 * What the service gets as its request target: as the client wrote it; less the prefix, where that goes, and then with its
 * escapes read and written again, as nginx and Traefik do: `%2F` becomes a slash.
 */
export function rewritten(route: IngressRoute, target: string): string {
  if (!route.strip || route.path === '/') return target;
  const { path, query } = splitTarget(target);
  const normal = normalPath(path) ?? '/';
  const isRaw = normal === path || decoded(path) === undefined;
  if (isRaw && underPrefix(path, route.path)) return stripPrefix(target, route.path);
  return `${encodeURI(stripPrefix(normal, route.path)).replaceAll('?', '%3F').replaceAll('#', '%23')}${query}`;
}
