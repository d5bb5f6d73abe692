/** What the data plane is told for an App: upstreams, ingress routes and one outbound proxy a service. */
import type { App, Service } from '../../app/app.ts';
import { callersOfService } from '../../app/callers.ts';
import { ingressCaller } from '../../app/identity.ts';
import type { System } from '../../system/system.ts';
import type { DataPlaneConfig, Outbound, Upstream } from './data-plane.ts';
import { directKey, metricsKey, type Ports, proxyKey, spansKey, upstreamKey } from './ports.ts';

/** PEM files. */
export interface CertificateFiles {
  readonly ingress: { readonly certificateFile: string; readonly keyFile: string };
  readonly mesh: DataPlaneConfig['mesh'];
}

/** Pure. `ports` must have a value for every key of `portKeys(app)`, `https` and `http`. */
export function dataPlaneConfig(
  app: App,
  ports: Ports,
  certificates: CertificateFiles,
  around: { readonly [K in 'parentProxy' | 'spansTo']: DataPlaneConfig[K] | undefined },
): DataPlaneConfig {
  const services = new Map(app.services.map((service) => [service.id, service]));
  const callable = callableBy(app, services);
  return {
    ingress: {
      httpsPort: port(ports, 'https'),
      httpPort: port(ports, 'http'),
      ...certificates.ingress,
      routes: app.services.flatMap(({ routes }) =>
        routes.map(({ service, port: name, host, path, strip }) => ({
          upstream: upstreamKey(service, name),
          host,
          path,
          strip,
        })),
      ),
    },
    mesh: certificates.mesh,
    ...(ports[metricsKey] === undefined ? {} : { metricsPort: ports[metricsKey] }),
    ...(ports[spansKey] === undefined ? {} : { spansPort: ports[spansKey] }),
    upstreams: app.services.flatMap((service) => upstreams(service, callersIn(app, service))),
    outbound: app.services.map((service): Outbound => {
      const allowed = callable(service);
      return {
        service: service.id,
        proxyPort: port(ports, proxyKey(service.id)),
        direct: service.links
          .flatMap(({ to }) => services.get(to) ?? [])
          .flatMap(keysOf)
          .map((key) => ({ upstream: key, port: port(ports, directKey(service.id, key)) })),
        ...(allowed === undefined ? {} : { allowed }),
      };
    }),
    ...(around.parentProxy === undefined ? {} : { parentProxy: around.parentProxy }),
    ...(around.spansTo === undefined ? {} : { spansTo: around.spansTo }),
  };
}

function port(ports: Ports, key: string): number {
  const found = ports[key];
  if (found === undefined) throw new Error(`no port was chosen for "${key}"`);
  return found;
}

const keysOf = ({ id, ports }: Service): readonly string[] => ports.map(({ name }) => upstreamKey(id, name));

/** Those whom its sidecars let in; undefined is everyone. */
function callersIn(app: App, service: Service): readonly string[] | undefined {
  const { services, environment, ingress } = callersOfService(app, service);
  if (environment) return undefined;
  return [...new Set([service.id, ...services.map(({ id }) => id), ...(ingress ? [ingressCaller] : [])])];
}

function upstreams(service: Service, callers: readonly string[] | undefined): readonly Upstream[] {
  return service.ports.map((port) => ({
    key: upstreamKey(service.id, port.name),
    service: service.id,
    protocol: port.protocol,
    hosts: hostsOf(service),
    servicePort: port.servicePort,
    timeouts: service.timeouts,
    ...(service.retries === undefined ? {} : { retries: service.retries }),
    ...(service.consistentHash === undefined ? {} : { consistentHash: service.consistentHash }),
    ...(service.stickySession === undefined ? {} : { sticky: { maxAgeSeconds: service.stickySession.maxAgeSeconds } }),
    endpoints: [],
    ...(callers === undefined ? {} : { callers }),
  }));
}

/** The forms of a Service's name that Kubernetes' DNS answers from another namespace. */
function hostsOf({ name, layer }: Pick<Service, 'name' | 'layer'>): readonly string[] {
  const short = `${name}.${layer}`;
  return [short, `${short}.svc`, `${short}.svc.cluster.local`];
}

/** For each service the upstreams it may call; undefined where everything may be called. */
function callableBy(
  app: App,
  services: ReadonlyMap<string, Service>,
): (caller: Service) => readonly string[] | undefined {
  const closed = new Set(app.layers.filter(({ authorization }) => authorization === 'links').map(({ name }) => name));
  if (closed.size === 0) return () => undefined;
  const open = app.services.filter(({ layer }) => !closed.has(layer)).flatMap(keysOf);
  return (caller) => {
    const linked = caller.links.flatMap(({ to }) => services.get(to) ?? []);
    return [...new Set([...open, ...[caller, ...linked].flatMap(keysOf)])];
  };
}

/** The user's own proxy, from the variables that curl reads. */
export function parentProxyOf(system: System): DataPlaneConfig['parentProxy'] {
  const variable = (name: string) => system.env[name] ?? system.env[name.toUpperCase()];
  const http = variable('http_proxy');
  const https = variable('https_proxy') ?? variable('all_proxy');
  const no = variable('no_proxy');
  if (!http && !https) return undefined;
  return { ...(http ? { http } : {}), ...(https ? { https } : {}), ...(no ? { no } : {}) };
}
