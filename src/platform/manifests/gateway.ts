/** The same routes as Gateway API objects, for Traefik: HTTPRoute, GRPCRoute, and its own means for what those cannot say. */
import type { KubernetesObject } from '@kubernetes/client-node';
import type { App, Service } from '../../app/app.ts';
import { hiddenFields } from '../../app/hidden-fields.ts';
import { UserError } from '../../errors.ts';
import { custom, labels, metadata, type Owner, shortHash } from './metadata.ts';
import { gatewayName, ingressHomes } from './options.ts';
import { groupName, type RouteGroup, routeGroups, shadowedPaths, stickyCookie } from './routes.ts';

const api = 'gateway.networking.k8s.io';
const traefik = 'traefik.io';
const home = ingressHomes.gateway;

/** Variables that stand for the client's address, the one key that the gateway can pick a pod by. */
const clientAddress = /^\$\{?(binary_)?remote_addr\}?$/;

/**
 * The Gateway that all routes share, and the redirect from http. Part of the platform, not of an App: one a cluster.
 * `certificate` is a TLS Secret beside it; `httpsPort` is where clients reach it, when that is not 443.
 */
export function gatewayObjects(certificate: string, httpsPort?: number): readonly KubernetesObject[] {
  const meta = (name: string) => ({
    name,
    namespace: home.namespace,
    labels: labels({ layer: home.namespace, name: gatewayName, component: 'platform' }),
  });
  const everywhere = { namespaces: { from: 'All' } };
  const gateway = custom(`${api}/v1`, 'Gateway', meta(gatewayName), {
    gatewayClassName: home.className,
    listeners: [
      { name: 'http', protocol: 'HTTP', port: 8000, allowedRoutes: { namespaces: { from: 'Same' } } },
      {
        name: 'https',
        protocol: 'HTTPS',
        port: 8443,
        tls: { mode: 'Terminate', certificateRefs: [{ kind: 'Secret', name: certificate }] },
        allowedRoutes: everywhere,
      },
    ],
  });
  const redirect = custom(`${api}/v1`, 'HTTPRoute', meta('redirect-to-https'), {
    parentRefs: [{ name: gatewayName, sectionName: 'http' }],
    rules: [
      {
        filters: [
          {
            type: 'RequestRedirect',
            requestRedirect: { scheme: 'https', statusCode: 301, ...(httpsPort !== undefined && { port: httpsPort }) },
          },
        ],
      },
    ],
  });
  return [gateway, redirect];
}

/** A group whose hosts need the same rules. */
interface Part extends RouteGroup {
  readonly shadowed: readonly string[];
}

const parents = [{ name: gatewayName, namespace: home.namespace, sectionName: 'https' }];

/** Without a dot, which its reference from a route could not carry. */
function pickingName(group: RouteGroup): string {
  return `${group.service.name}-pods-${shortHash(groupName(group)).slice(0, 6)}`;
}

/** A TraefikService that keeps a client at one pod. Throws UserError `gateway-cannot-hash`. */
function picking(group: RouteGroup, owner: Owner): KubernetesObject | undefined {
  const { service, port, path } = group;
  const { stickySession: sticky, consistentHash: hash } = service;
  if (sticky === undefined && hash === undefined) return undefined;
  if (sticky === undefined && hash !== undefined && !clientAddress.test(hash)) {
    throw new UserError(
      'gateway-cannot-hash',
      `${service.id}: \`ingress: gateway\` cannot pick a replica by \`${hash}\`.`,
      {
        place: service.place,
        hints: ['Use `$remote_addr`, or `sticky_session: true`.', 'Or set `ingress: nginx` in k8s-base, which can.'],
      },
    );
  }
  const cookie = {
    name: stickyCookie,
    maxAge: sticky?.maxAgeSeconds,
    path,
    secure: true,
    httpOnly: true,
    sameSite: 'lax',
  };
  return custom(`${traefik}/v1alpha1`, 'TraefikService', metadata(owner, pickingName(group)), {
    weighted: {
      services: [
        {
          name: service.name,
          kind: 'Service',
          port: port.servicePort,
          nativeLB: false,
          ...(port.protocol === 'grpc' && { scheme: 'h2c' }),
          ...(sticky !== undefined ? { sticky: { cookie } } : { strategy: 'hrw' }),
        },
      ],
    },
  });
}

function backend(group: RouteGroup, isPicking: boolean) {
  const { service, port } = group;
  if (!isPicking) return { name: service.name, port: port.servicePort };
  return {
    group: traefik,
    kind: 'TraefikService',
    name: `${service.layer}-${pickingName(group)}@kubernetescrd`,
  };
}

function hostnames({ hosts }: RouteGroup): { readonly hostnames?: readonly string[] } {
  return hosts.includes('*') ? {} : { hostnames: hosts };
}

/**
 * Routes for any host apart from those for hosts by name, and among these apart what has other paths to keep: by the
 * letter of Gateway API a host's own route comes first, but Traefik asks the longest path first, whatever its host.
 */
function partsOf(app: App, group: RouteGroup): readonly Part[] {
  const named = group.hosts.filter((host) => host !== '*');
  const byPaths = Map.groupBy(named, (host) => shadowedPaths(app, group, host).join(' '));
  const parts = [...byPaths].map(([key, hosts]): Part => {
    const shadowed = key === '' ? [] : key.split(' ');
    return { ...group, hosts, shadowed, ...(byPaths.size > 1 && shadowed.length > 0 && { mark: key }) };
  });
  if (named.length === group.hosts.length) return parts;
  const rest = { ...group, hosts: ['*'], shadowed: [] };
  return [...parts, parts.length > 0 ? { ...rest, mark: '*' } : rest];
}

/** What a service hears of the way here, as nginx says it; the name of Traefik's pod is nobody's business. */
const heard = {
  type: 'RequestHeaderModifier',
  requestHeaderModifier: {
    set: ['X-Scheme', 'X-Forwarded-Scheme'].map((name) => ({ name, value: 'https' })),
    remove: ['X-Forwarded-Server'],
  },
};

/** What nginx does not hand on either. */
const hidden = { type: 'ResponseHeaderModifier', responseHeaderModifier: { remove: hiddenFields } };

/** `path` is the group's own, or one below it. */
function rule({ path: prefix, strip }: RouteGroup, path: string, backendRefs: readonly object[]) {
  const replacePrefixMatch = path === prefix ? '/' : path.slice(prefix.length);
  const rewrite = { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch } } };
  return {
    matches: [{ path: { type: 'PathPrefix', value: path } }],
    filters: strip ? [heard, rewrite, hidden] : [heard, hidden],
    backendRefs,
  };
}

function route(part: Part, owner: Owner, isPicking: boolean): KubernetesObject {
  const backendRefs = [backend(part, isPicking)];
  const common = { parentRefs: parents, ...hostnames(part) };
  const meta = metadata(owner, groupName(part));
  // A gRPC method is a whole path, so only a route without a prefix is a GRPCRoute; and it takes no TraefikService.
  if (part.port.protocol === 'grpc' && part.path === '/' && part.shadowed.length === 0 && !isPicking) {
    return custom(`${api}/v1`, 'GRPCRoute', meta, { ...common, rules: [{ filters: [heard, hidden], backendRefs }] });
  }
  const rules = [part.path, ...part.shadowed].map((path) => rule(part, path, backendRefs));
  return custom(`${api}/v1`, 'HTTPRoute', meta, { ...common, rules });
}

/** The routes of one service. Throws UserError `gateway-cannot-hash`. */
export function gatewayRoutes(app: App, service: Service, owner: Owner): readonly KubernetesObject[] {
  return routeGroups(service).flatMap((group) => {
    const pick = picking(group, owner);
    const routes = partsOf(app, group).map((part) => route(part, owner, pick !== undefined));
    return pick === undefined ? routes : [pick, ...routes];
  });
}
