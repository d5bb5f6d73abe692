/** Startup, readiness and liveness probes that the mesh lets through. */
import type { V1Container, V1Probe } from '@kubernetes/client-node';
import type { Port, Probe, Service } from '../../app/app.ts';
import type { ManifestOptions } from './options.ts';

type Question = Pick<V1Probe, 'httpGet' | 'exec' | 'tcpSocket'>;

/** The port that a probe asks; undefined for a service without ports. */
function probedPort(service: Service, probe: Probe | undefined): number | undefined {
  return probe?.port ?? service.probePort ?? service.ports[0]?.port;
}

/** True when HTTP is spoken on a tcp port for probes: its Server must not be opaque then, which would close it to them. */
export function isAskedByPath(service: Service, port: Port): boolean {
  return [service.liveness, service.readiness].some(
    (probe) => probe?.path !== undefined && probedPort(service, probe) === port.port,
  );
}

function question(service: Service, probe: Probe | undefined, options: ManifestOptions): Question | undefined {
  if (probe?.command !== undefined) return { exec: { command: [...probe.command] } };
  const port = probedPort(service, probe);
  if (port === undefined) return undefined;
  if (probe?.path !== undefined) return { httpGet: { path: probe.path, port, scheme: 'HTTP' } };
  // An opaque Server refuses the kubelet, which has no identity.
  const opaque = service.ports.some((one) => one.port === port && one.protocol === 'tcp');
  return options.mesh && opaque ? undefined : { tcpSocket: { port } };
}

/** A start is asked each second and may take as long as the definition says; it never waits a fixed time. */
export function probes(
  service: Service,
  options: ManifestOptions,
): Pick<V1Container, 'startupProbe' | 'readinessProbe' | 'livenessProbe'> {
  const ready = question(service, service.readiness ?? service.liveness, options);
  const live = service.liveness === undefined ? undefined : question(service, service.liveness, options);
  const timeoutSeconds = 5;
  return {
    ...(ready !== undefined && {
      startupProbe: {
        ...ready,
        periodSeconds: 1,
        failureThreshold: Math.max(1, service.startupSeconds),
        timeoutSeconds,
      },
      readinessProbe: {
        ...ready,
        periodSeconds: options.target === 'kind' ? 2 : 5,
        failureThreshold: 3,
        timeoutSeconds,
      },
    }),
    ...(live !== undefined && { livenessProbe: { ...live, periodSeconds: 10, failureThreshold: 6, timeoutSeconds } }),
  };
}
