/** The surroundings of the local targets: one machine, every listener on loopback. */
import type { App } from '../app.ts';
import { choicesOf } from '../choices.ts';
import type { Area, Edge, Spot, Surroundings } from './shape.ts';

const client: Spot = {
  id: 'client',
  kind: 'client',
  title: 'browser or curl',
  facts: ['on this machine'],
  sidecar: false,
};

/** The addresses that requests from outside are sent to. */
function hostsOf(app: App): string[] {
  const hosts = app.services.flatMap(({ layer, routes }) =>
    routes.map(({ host }) => (host === '*' ? `${layer}.localhost` : host)),
  );
  return [...new Set(hosts)];
}

function entrance(app: App, port: string): Edge {
  return {
    from: client.id,
    to: 'ingress',
    protocol: `HTTPS ${port}`,
    security: 'TLS',
    because: 'entrance',
    facts: hostsOf(app).map((host) => `https://${host}`),
  };
}

const isPublic = ({ services }: App): boolean => services.some(({ routes }) => routes.length > 0);

/** Ingress and sidecars in one child process; services and databases as plain processes. */
export function processSurroundings(app: App): Surroundings {
  const open = isPublic(app);
  const ingress: Spot = {
    id: 'ingress',
    kind: 'ingress',
    title: 'ingress',
    facts: ['ends TLS with a certificate of the local authority', 'HTTP redirects to HTTPS'],
    inside: 'machine',
    replicas: { min: 1, max: 1 },
    sidecar: true,
  };
  const redis = app.resources.filter(({ type }) => type === 'redis').map(({ id }) => id);
  return {
    areas: [
      {
        id: 'machine',
        kind: 'machine',
        title: 'this machine, 127.0.0.1 only',
        facts: ['a sidecar beside every replica: mutual TLS between services', 'calls to the outside are direct'],
      },
    ],
    spots: open ? [client, ingress] : [],
    edges: open ? [entrance(app, '8443')] : [],
    undecided: [
      ...(open ? ['The ports: 8443 and 8080, or the next free ones; `opta dev status` shows them.'] : []),
      ...(redis.length > 0
        ? [`Whether ${redis.join(', ')} speaks TLS: it does where the server on PATH was built with it.`]
        : []),
    ],
    layersIn: 'machine',
    resourceIn: () => undefined,
    ingress: open ? 'ingress' : undefined,
    mesh: true,
  };
}

/** Ingress controller, mesh and databases in the nodes of a kind cluster. */
export function kindSurroundings(app: App): Surroundings {
  const { mesh, meshHighAvailability, ingress: controller, ingressEnabled, ingressHighAvailability } = choicesOf(app);
  const replicas = ingressHighAvailability ? 3 : 1;
  const ingress: Spot = {
    id: 'ingress',
    kind: 'ingress',
    title: controller === 'nginx' ? 'ingress-nginx' : 'Traefik, Gateway API',
    facts: ['HTTPS with a certificate of the local authority', 'HTTP redirects to HTTPS'],
    inside: 'cluster',
    replicas: { min: replicas, max: replicas },
    sidecar: mesh,
  };
  const open = ingressEnabled && isPublic(app);
  const areas: Area[] = [
    { id: 'machine', kind: 'machine', title: 'this machine, 127.0.0.1 only', facts: ['a container engine'] },
    {
      id: 'cluster',
      kind: 'cluster',
      title: 'kind cluster: node containers',
      facts: [
        'pods 10.244.0.0/16, services 10.96.0.0/16',
        mesh
          ? `Linkerd${meshHighAvailability ? ', three replicas' : ''}: mutual TLS between pods`
          : 'no mesh: linkerd_enabled is false',
        'calls to the outside leave through the engine',
      ],
      inside: 'machine',
    },
  ];
  const noController = 'Which ingress controller takes the requests: nginx_enabled is false, so opta installs none.';
  return {
    areas,
    spots: open ? [client, ingress] : [],
    edges: open ? [entrance(app, '443')] : [],
    undecided: [
      ...(open ? ['The ports: 443 and 80 where they are free, else 8443 and 8080; `opta dev status` shows them.'] : []),
      ...(ingressEnabled || !isPublic(app) ? [] : [noController]),
    ],
    layersIn: 'cluster',
    resourceIn: () => undefined,
    ingress: open ? 'ingress' : undefined,
    mesh,
  };
}
