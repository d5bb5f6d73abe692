/** Ingress objects for ingress-nginx, without any snippet. */
import type { V1Ingress, V1IngressRule } from '@kubernetes/client-node';
import type { App, Service } from '../../app/app.ts';
import { metadata, type Owner, stringsOf } from './metadata.ts';
import { ingressHomes } from './options.ts';
import { explicitHosts, groupName, hashExpression, type RouteGroup, routeGroups, stickyCookie } from './routes.ts';

const prefix = 'nginx.ingress.kubernetes.io';

/** Seconds that a connection may be silent where the definition says nothing. Streams outlive a request. */
const silence = { http: 60, grpc: 3600, websocket: 3600, tcp: 3600 } as const;

/**
 * nginx hands over to the Service, so that the mesh balances; but with a cookie or a hash it must pick the pod itself.
 * Its own time-outs are a little longer than the mesh's, which then answers first.
 */
function annotations({ service, port, path, strip }: RouteGroup): Record<string, string> {
  const sticky = service.stickySession;
  const picks = sticky !== undefined || service.consistentHash !== undefined;
  const seconds = Math.ceil(Math.max(service.timeouts.request ?? 0, service.timeouts.idle ?? 0));
  const longest = String(seconds > 0 ? seconds + 5 : silence[port.protocol]);
  return {
    [`${prefix}/force-ssl-redirect`]: 'true',
    // Without it a redirect loses the slash at the end of a path.
    [`${prefix}/preserve-trailing-slash`]: 'true',
    [`${prefix}/proxy-body-size`]: '0',
    [`${prefix}/proxy-read-timeout`]: longest,
    [`${prefix}/proxy-send-timeout`]: longest,
    ...(port.protocol === 'grpc' && { [`${prefix}/backend-protocol`]: 'GRPC' }),
    ...(path !== '/' && { [`${prefix}/use-regex`]: 'true' }),
    ...(strip && { [`${prefix}/rewrite-target`]: '/$2' }),
    ...(!picks && { [`${prefix}/service-upstream`]: 'true' }),
    ...(service.consistentHash !== undefined && {
      [`${prefix}/upstream-hash-by`]: hashExpression(service.consistentHash),
    }),
    ...(sticky !== undefined && {
      [`${prefix}/affinity`]: 'cookie',
      [`${prefix}/affinity-mode`]: 'persistent',
      [`${prefix}/session-cookie-name`]: stickyCookie,
      [`${prefix}/session-cookie-max-age`]: String(sticky.maxAgeSeconds),
      [`${prefix}/session-cookie-path`]: path,
      [`${prefix}/session-cookie-samesite`]: 'Lax',
      [`${prefix}/session-cookie-secure`]: 'true',
    }),
    ...stringsOf(service.settings['ingress_extra_annotations']),
  };
}

/** Characters of a path that a regular expression would read otherwise. */
const literal = (path: string): string => path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function rule(group: RouteGroup, host: string): V1IngressRule {
  const { service, port, path } = group;
  return {
    ...(host !== '*' && { host }),
    http: {
      paths: [
        {
          // One regex in a host turns all its paths into ones: a bare prefix would match `/pages` for `/p`. And nginx
          // would not mind upper and lower case.
          path: path === '/' ? '/' : `/(?-i:${literal(path.slice(1))})(/|$)(.*)`,
          pathType: path === '/' ? 'Prefix' : 'ImplementationSpecific',
          backend: { service: { name: service.name, port: { number: port.servicePort } } },
        },
      ],
    },
  };
}

/** One Ingress a path of a service. The certificate is the controller's default one, for every host. */
export function ingresses(app: App, service: Service, owner: Owner): readonly V1Ingress[] {
  return routeGroups(service).map((group) => {
    const hosts = explicitHosts(app, group);
    const named = hosts.filter((host) => host !== '*');
    return {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: metadata(owner, groupName(group), annotations(group)),
      spec: {
        ingressClassName: ingressHomes.nginx.className,
        ...(named.length > 0 && { tls: [{ hosts: named }] }),
        rules: hosts.map((host) => rule(group, host)),
      },
    };
  });
}
