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

export interface RouteTable {
  find(authority: string, target: string): IngressRoute | undefined;
}

/** Exact hosts before `*`, then the longest prefix. As in nginx, a host with routes of its own falls back to no other's. */
export function routeTable(routes: readonly IngressRoute[]): RouteTable {
  const byHost = new Map<string, IngressRoute[]>();
  for (const route of routes) {
    const host = route.host.toLowerCase();
    byHost.set(host, [...(byHost.get(host) ?? []), route]);
  }
  for (const list of byHost.values()) list.sort((a, b) => b.path.length - a.path.length);
  return {
    find(authority, target) {
      const { path } = splitTarget(target);
      const own = byHost.get(hostOf(authority))?.find((route) => underPrefix(path, route.path));
      return own ?? byHost.get('*')?.find((route) => underPrefix(path, route.path));
    },
  };
}

/** What the service gets as its request target. */
export function rewritten(route: IngressRoute, target: string): string {
  return route.strip && route.path !== '/' ? stripPrefix(target, route.path) : target;
}
