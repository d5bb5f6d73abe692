/** Who may call a service or a resource: the one answer behind the network picture, network policies and the mesh's authorization. */
import type { App, Id, Resource, Service, Text } from './app.ts';

export interface Callers {
  /** Services, by id. */
  readonly services: readonly Service[];
  /** Every pod of the environment's layers. */
  readonly environment: boolean;
  /** The ingress controller. */
  readonly ingress: boolean;
}

function isOpen(app: App, layer: string): boolean {
  return app.layers.find(({ name }) => name === layer)?.authorization !== 'links';
}

/** True when any of the service's variables waits for an output of `id`. */
function mentions(service: Service, id: Id): boolean {
  const inText = (text: Text) => text.some((part) => typeof part !== 'string' && part.resource === id);
  return service.env.some(({ value }) => inText(value));
}

export function callersOfService(app: App, service: Service): Callers {
  const linked = app.services.filter(({ links }) => links.some(({ to }) => to === service.id));
  return { services: linked, environment: isOpen(app, service.layer), ingress: service.routes.length > 0 };
}

/** A variable that holds the resource's address counts as a link. */
export function callersOfResource(app: App, resources: readonly Resource[]): Callers {
  const ids = new Set(resources.map(({ id }) => id));
  const services = app.services.filter(
    (service) => service.links.some(({ to }) => ids.has(to)) || [...ids].some((id) => mentions(service, id)),
  );
  const open = resources.some(({ layer }) => isOpen(app, layer));
  return { services, environment: open, ingress: false };
}
