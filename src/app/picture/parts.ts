/** Layers, services and resources of a picture, and what may talk to what: the same on every target. */
import type { App, Port, Resource, Route, Service, TargetName } from '../app.ts';
import { callersOfResource, callersOfService } from '../callers.ts';
import { resourceFacts, resourceProtocol } from './resources.ts';
import type { Access, Area, Edge, Security, Spot, Surroundings } from './shape.ts';

const protocols: { readonly [K in Port['protocol']]: string } = {
  http: 'HTTP',
  grpc: 'gRPC',
  websocket: 'WebSocket',
  tcp: 'TCP',
};

const portText = ({ protocol, servicePort }: Port): string => `${protocols[protocol]} ${servicePort}`;

function addressText({ host, path }: Route): string {
  return host === '*' ? `any host${path === '/' ? '' : `, ${path}`}` : `${host}${path === '/' ? '' : path}`;
}

export function layerAreas(app: App, around: Surroundings): Area[] {
  const used = new Set([...app.services, ...app.resources].map(({ layer }) => layer));
  return app.layers
    .filter(({ name }) => used.has(name))
    .map(({ name, authorization }) => ({
      id: `layer ${name}`,
      kind: 'layer',
      title: `layer ${name}`,
      facts: [
        authorization === 'links'
          ? 'only links may call its services'
          : 'every service of the environment may call its services',
      ],
      inside: around.layersIn,
    }));
}

/** Callers first, as a request passes them. Processes do not scale: there are always as many as at least. */
export function serviceSpots(app: App, target: TargetName, around: Surroundings): Spot[] {
  return app.services.toReversed().map((service) => {
    const { min, max } = service.replicas;
    return {
      id: service.id,
      kind: 'service',
      title: service.name,
      facts: [
        ...service.ports.map((port) => (port.protocol === 'tcp' ? `${port.name}: ${portText(port)}` : portText(port))),
        ...service.routes.map((route) => `public at ${addressText(route)}`),
        ...(service.stickySession ? ['sticky sessions'] : []),
        ...(service.cronJobs.length > 0 ? [`${service.cronJobs.length} on a schedule`] : []),
      ],
      inside: `layer ${service.layer}`,
      replicas: { min, max: target === 'process' ? min : max },
      ports: service.ports,
      sidecar: around.mesh,
    };
  });
}

export function resourceSpots(app: App, target: TargetName, around: Surroundings): Spot[] {
  return app.resources.map((resource) => ({
    id: resource.id,
    kind: 'resource',
    title: resource.name,
    facts: [resource.type, ...resourceFacts(resource, target)],
    inside: around.resourceIn(resource.type) ?? `layer ${resource.layer}`,
    // In a cluster our own databases are meshed as opaque ports; the process mesh leaves them alone.
    sidecar: target === 'kind' && around.mesh,
  }));
}

function serviceEdges(app: App, service: Service, mesh: Security): Edge[] {
  return service.links
    .filter(({ kind }) => kind === 'service')
    .map(({ from, to }) => {
      const ports = app.services.find(({ id }) => id === to)?.ports ?? [];
      const facts = ports.length > 1 ? [ports.map(({ name }) => name).join(', ')] : [];
      return {
        from,
        to,
        protocol: ports.map(portText).join(', ') || 'no port',
        security: mesh,
        because: 'link',
        facts,
      };
    });
}

function resourceEdges(app: App, resource: Resource, target: TargetName): Edge[] {
  const { protocol, security } = resourceProtocol(resource.type, target);
  return callersOfResource(app, [resource]).services.map((service) => {
    const links = service.links.filter(({ to }) => to === resource.id);
    return {
      from: service.id,
      to: resource.id,
      protocol,
      security,
      because: links.length > 0 ? 'link' : 'variable',
      facts: links.flatMap(({ access }) => access),
    };
  });
}

/** From the ingress to public services, along links, and to resources. */
export function partEdges(app: App, target: TargetName, around: Surroundings): Edge[] {
  const mesh: Security = around.mesh ? 'mTLS' : 'none';
  const { ingress } = around;
  const services = app.services.toReversed();
  const routed = services
    .filter(({ routes }) => ingress !== undefined && routes.length > 0)
    .map((service): Edge => {
      const port = service.ports.find(({ name }) => name === service.routes[0]?.port);
      const protocol = port === undefined ? 'HTTP' : portText(port);
      const facts = service.routes.map(addressText);
      return { from: ingress ?? '', to: service.id, protocol, security: mesh, because: 'public', facts };
    });
  return [
    ...routed,
    ...services.flatMap((service) => serviceEdges(app, service, mesh)),
    ...app.resources.flatMap((resource) => resourceEdges(app, resource, target)),
  ];
}

export function accessOf(app: App): Access[] {
  const of = (to: string, { services, environment, ingress }: ReturnType<typeof callersOfService>): Access => ({
    to,
    from: services.map(({ id }) => id),
    environment,
    ingress,
  });
  return [
    ...app.services.map((service) => of(service.id, callersOfService(app, service))),
    ...app.resources.map((resource) => of(resource.id, callersOfResource(app, [resource]))),
  ];
}
