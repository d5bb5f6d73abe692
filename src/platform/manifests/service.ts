/** Services: every port declared with its protocol, and the mesh's time-outs and retries on them. */
import type { V1Service, V1ServicePort } from '@kubernetes/client-node';
import type { Port, Service } from '../../app/app.ts';
import { metadata, type Owner, type Strings, selector } from './metadata.ts';
import type { ManifestOptions } from './options.ts';

/** A port of any Service that we make. */
export interface DeclaredPort {
  readonly name: string;
  readonly protocol: Port['protocol'];
  readonly port: number;
  readonly servicePort: number;
}

/**
 * An unknown appProtocol makes a port opaque in the mesh, so there are only those that Linkerd 2.20 knows.
 * Websockets are HTTP/1 to it.
 */
const appProtocols: { readonly [K in Port['protocol']]: { readonly meshed: string; readonly plain?: string } } = {
  http: { meshed: 'http', plain: 'http' },
  websocket: { meshed: 'http', plain: 'http' },
  grpc: { meshed: 'kubernetes.io/h2c', plain: 'kubernetes.io/h2c' },
  tcp: { meshed: 'linkerd.io/opaque' },
};

function portOf({ name, protocol, port, servicePort }: DeclaredPort, mesh: boolean): V1ServicePort {
  const known = appProtocols[protocol];
  const appProtocol = mesh ? known.meshed : known.plain;
  return {
    name,
    port: servicePort,
    targetPort: port,
    protocol: 'TCP',
    ...(appProtocol !== undefined && { appProtocol }),
  };
}

/** The annotation for ports without HTTP. It replaces the mesh's own list, so it names all of them. */
export function opaquePorts(ports: readonly number[]): Record<string, string> {
  return ports.length === 0
    ? {}
    : { 'config.linkerd.io/opaque-ports': [...new Set(ports)].sort((a, b) => a - b).join(',') };
}

/** A Service with a cluster IP: balanced by request in the mesh, which a headless one alone is not. */
export function service(
  owner: Owner,
  ports: readonly DeclaredPort[],
  options: ManifestOptions,
  annotations: Strings = {},
): V1Service {
  const opaque = ports.filter(({ protocol }) => protocol === 'tcp').map(({ servicePort }) => servicePort);
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(owner, owner.name, { ...(options.mesh && opaquePorts(opaque)), ...annotations }),
    spec: { type: 'ClusterIP', selector: selector(owner), ports: ports.map((port) => portOf(port, options.mesh)) },
  };
}

/** Beside the Service of a StatefulSet, for names of single pods. */
export function headlessService(owner: Owner, ports: readonly DeclaredPort[], options: ManifestOptions): V1Service {
  const { spec, ...rest } = service(owner, ports, options);
  const meta = { ...rest.metadata, name: `${owner.name}-headless` };
  return { ...rest, metadata: meta, spec: { ...spec, clusterIP: 'None', publishNotReadyAddresses: true } };
}

const milliseconds = (seconds: number): string => `${Math.round(seconds * 1000)}ms`;

/** The caller's proxy reads these off the Service it calls. A failure to connect reaches it as 502 to 504, or as `unavailable`. */
export function meshAnnotations({ timeouts, retries }: Service): Record<string, string> {
  const all = retries?.on.includes('5xx') === true;
  return {
    ...(timeouts.request !== undefined && { 'timeout.linkerd.io/request': milliseconds(timeouts.request) }),
    ...(timeouts.idle !== undefined && { 'timeout.linkerd.io/idle': milliseconds(timeouts.idle) }),
    ...(retries !== undefined &&
      retries.attempts > 0 &&
      retries.on.length > 0 && {
        'retry.linkerd.io/http': all ? '5xx' : 'gateway-error',
        'retry.linkerd.io/grpc': all ? 'internal,unavailable' : 'unavailable',
        'retry.linkerd.io/limit': String(retries.attempts),
      }),
  };
}
