/** What a service cannot do without: databases and other services, itself or by way of those. Pure. */
import type { App, Service } from '../../app/app.ts';

/** Ids that its links and its variables name. */
function namedBy({ links, env }: Service): readonly string[] {
  const mentioned = env.flatMap(({ value }) =>
    value.flatMap((part) => (typeof part === 'string' ? [] : part.resource)),
  );
  return [...links.map(({ to }) => to), ...mentioned];
}

/** Ids of all that it needs, directly or through services that it needs; itself too when it is in a circle. */
export function neededBy({ services }: App, service: Service): ReadonlySet<string> {
  const known = new Map(services.map((one) => [one.id, one]));
  const needed = new Set<string>();
  const left = [service];
  for (let next = left.pop(); next; next = left.pop()) {
    for (const id of namedBy(next)) {
      if (needed.has(id)) continue;
      needed.add(id);
      const found = known.get(id);
      if (found) left.push(found);
    }
  }
  return needed;
}

/** Ids of services that it calls and that do not need it in turn: none of a circle can wait for the others. */
export function calledFirst(app: App, service: Service): readonly string[] {
  const named = new Set(namedBy(service));
  return app.services.filter((one) => named.has(one.id) && !neededBy(app, one).has(service.id)).map(({ id }) => id);
}
