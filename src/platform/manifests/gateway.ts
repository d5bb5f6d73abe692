/** The same routes as Gateway API objects, for Traefik: HTTPRoute, GRPCRoute, and its own means for what those cannot say. */
import type { KubernetesObject } from '@kubernetes/client-node';
import type { Service } from '../../app/app.ts';
import { UserError } from '../../errors.ts';
import { custom, labels, metadata, type Owner, shortHash } from './metadata.ts';
import { gatewayName, ingressHomes } from './options.ts';
import { groupName, type RouteGroup, routeGroups, stickyCookie } from './routes.ts';

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

const parents = [{ name: gatewayName, namespace: home.namespace, sectionName: 'https' }];

/** Without a dot, which its reference from a route could not carry. */
function pickingName(group: RouteGroup): string {
  return `${group.service.name}-pods-${shortHash(groupName({ ...group, isRest: false })).slice(0, 6)}`;
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

/** Routes for any host apart from those for hosts by name, which come first in Gateway API. */
function partsOf(group: RouteGroup): readonly RouteGroup[] {
  const named = group.hosts.filter((host) => host !== '*');
  if (named.length === 0 || named.length === group.hosts.length) return [group];
  return [
    { ...group, hosts: named },
    { ...group, hosts: ['*'], isRest: true },
  ];
}

function route(group: RouteGroup, owner: Owner, isPicking: boolean): KubernetesObject {
  const backendRefs = [backend(group, isPicking)];
  const common = { parentRefs: parents, ...hostnames(group) };
  // A gRPC method is a whole path, so only a route without a prefix is a GRPCRoute; and it takes no TraefikService.
  if (group.port.protocol === 'grpc' && group.path === '/' && !isPicking) {
    return custom(`${api}/v1`, 'GRPCRoute', metadata(owner, groupName(group)), { ...common, rules: [{ backendRefs }] });
  }
  const rewrite = { type: 'URLRewrite', urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/' } } };
  return custom(`${api}/v1`, 'HTTPRoute', metadata(owner, groupName(group)), {
    ...common,
    rules: [
      {
        matches: [{ path: { type: 'PathPrefix', value: group.path } }],
        ...(group.strip && { filters: [rewrite] }),
        backendRefs,
      },
    ],
  });
}

/** The routes of one service. Throws UserError `gateway-cannot-hash`. */
export function gatewayRoutes(service: Service, owner: Owner): readonly KubernetesObject[] {
  return routeGroups(service).flatMap((group) => {
    const pick = picking(group, owner);
    const routes = partsOf(group).map((part) => route(part, owner, pick !== undefined));
    return pick === undefined ? routes : [pick, ...routes];
  });
}
