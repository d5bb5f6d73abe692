/** Traces of the kind target: read from the ingress's and the proxies' logs when they are asked for. */
import { join } from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import { identityOf } from '../../../app/identity.ts';
import type { Hop, Trace, TraceSource } from '../../../engine/trace.ts';
import { authorityFolder } from '../../../platform/certificates.ts';
import type { ClusterClient } from '../../../platform/cluster.ts';
import { isMeshed } from '../../../platform/components/meshed.ts';
import type { System } from '../../../system/system.ts';
import { openProject, ours, type RunningService, statusOf } from '../running.ts';
import { assemble, type Surroundings, traceIdOf } from './assemble.ts';
import type { IngressLine } from './ingress-log.ts';
import { ingressLines, linesOf, type Pods, podsOf, serviceOfPod, servicesOf } from './pod-lines.ts';
import { type ProxyLine, proxyLine } from './proxy-log.ts';

/** Milliseconds until a request's lines must be there: the runtime writes them within a tenth of a second. */
const comingMs = 5_000;
const pauseMs = 200;
/** Seconds back that a trace is looked for. */
const memorySeconds = 900;

type Labelled = KubernetesObject & { readonly spec?: unknown };

async function proxyLines(client: ClusterClient, { own }: Pods, signal: AbortSignal): Promise<readonly ProxyLine[]> {
  const lists = await Promise.all(
    own.filter(isMeshed).map(async (pod) => {
      const lines = await linesOf(client, pod, 'linkerd-proxy', memorySeconds, signal);
      return lines.flatMap((line) => proxyLine(serviceOfPod(pod), pod.metadata?.name ?? '', line) ?? []);
    }),
  );
  return lists.flat();
}

interface IdentityRef {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** Who may call whom, as the policies in the cluster say it. */
function permissions(policies: readonly Labelled[]): Surroundings['mayCall'] {
  const allowed = new Map<string, ReadonlySet<string>>();
  for (const { metadata, spec } of policies) {
    const { identityRefs = [] } = spec as { readonly identityRefs?: readonly IdentityRef[] };
    const { 'app.kubernetes.io/part-of': layer, 'app.kubernetes.io/name': name } = metadata?.labels ?? {};
    // A layer that is open lets everybody in.
    if (identityRefs.some(({ kind }) => kind === 'Namespace')) continue;
    allowed.set(`${layer}/${name}`, new Set(identityRefs.map((one) => identityOf(`${one.namespace}/${one.name}`))));
  }
  return (service) => allowed.get(service);
}

/** The public address with the longest path that the request's begins with. */
function routes(services: readonly RunningService[]): Surroundings['routeOf'] {
  return ({ host, path, service }): Hop['route'] => {
    if (service === undefined) return undefined;
    const to = `${service.namespace}/${service.name}`;
    const own = services.find((one) => one.service === to)?.urls.map((url) => new URL(url)) ?? [];
    const fits = own
      .map(({ hostname, pathname }) => ({ host: hostname, path: pathname.replace(/(?<=.)\/$/, '') }))
      .filter((one) => path === one.path || path.startsWith(one.path.replace(/\/?$/, '/')))
      .toSorted((a, b) => b.path.length - a.path.length);
    const best = fits.find((one) => one.host === host) ?? fits[0] ?? { host, path: '/' };
    return { ...best, strip: best.path !== '/', to };
  };
}

/** Throws UserError `no-cluster`. */
export async function openTraces(system: System, projectFolder: string, signal: AbortSignal): Promise<TraceSource> {
  const project = await openProject(system, projectFolder, signal);
  const { client, record } = project;
  const listed = (apiVersion: string, kind: string, stop: AbortSignal) =>
    client.list({ apiVersion, kind, labels: ours }, stop);

  /** What everything is read from, at one moment. */
  async function look(stop: AbortSignal) {
    const [pods, status, services, policies] = await Promise.all([
      podsOf(client, stop),
      statusOf(project, stop),
      servicesOf(client, stop),
      listed('policy.linkerd.io/v1alpha1', 'MeshTLSAuthentication', stop),
    ]);
    const [requests, calls] = await Promise.all([
      ingressLines(client, pods, services, memorySeconds, stop),
      proxyLines(client, pods, stop),
    ]);
    const mayCall = permissions(policies);
    const resources = status.services.filter(({ kind }) => kind === 'resource').map(({ service }) => service);
    const around: Surroundings = {
      podAt: new Map([...pods.own, ...pods.ingress].map((pod) => [pod.status?.podIP ?? '', pod.metadata?.name ?? ''])),
      mayCall,
      routeOf: routes(status.services),
      mesh: pods.own.some(isMeshed),
      silent: (service) => resources.filter((one) => mayCall(one)?.has(identityOf(service))),
    };
    return { requests, calls, around };
  }

  const isOf = (id: string) => (line: IngressLine) => line.trace === id || line.requestId === id;
  return {
    ingress: {
      httpsPort: record.ports.https,
      httpPort: record.ports.http,
      authorityFile: join(authorityFolder(system), 'ca.pem'),
    },
    async find(id, stop) {
      const until = system.clock.monotonic() + comingMs;
      let before: Trace | undefined;
      for (;;) {
        const { requests, calls, around } = await look(stop);
        const line = requests.find(isOf(id));
        const now = line && { ...assemble(line, calls, around), id };
        // Twice the same is all there is; without the mesh there is nothing to wait for.
        const isWhole = now !== undefined && (!around.mesh || now.hops.some(({ kind }) => kind === 'inbound'));
        if (isWhole && now.hops.length === before?.hops.length) return now;
        if (system.clock.monotonic() > until) return now;
        before = now;
        await system.clock.sleep(pauseMs, stop);
      }
    },
    async recent(count, stop) {
      const { requests, calls, around } = await look(stop);
      return requests.slice(0, count).map((line) => ({ ...assemble(line, calls, around), id: traceIdOf(line) }));
    },
    close: () => client.close(),
  };
}
