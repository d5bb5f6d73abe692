/** `--only`: some services with everything they need. */
import { UserError } from '../errors.ts';
import type { App } from './app.ts';
import { didYouMean, listed } from './nearest.ts';

/**
 * The part of `app` that the named services (`module` or `layer/module`) need, links followed. No names: all of it.
 * Throws UserError `unknown-service`.
 */
export function selectServices(app: App, names: readonly string[]): App {
  if (names.length === 0) return app;
  const services = new Map(app.services.map((service) => [service.id, service]));
  const kept = new Set<string>();
  const follow = (id: string) => {
    if (kept.has(id)) return;
    kept.add(id);
    const service = services.get(id);
    for (const { to } of service?.links ?? []) follow(to);
    for (const { value } of service?.env ?? [])
      for (const part of value) if (typeof part !== 'string') follow(part.resource);
  };
  for (const name of names) for (const id of idsOf(app, name)) follow(id);
  return {
    ...app,
    services: app.services.filter(({ id }) => kept.has(id)),
    resources: app.resources.filter(({ id }) => kept.has(id)),
  };
}

function idsOf(app: App, name: string): readonly string[] {
  const ids = app.services.map(({ id }) => id);
  const found = ids.filter((id) => id === name || id.endsWith(`/${name}`));
  if (found.length > 0) return found;
  throw new UserError('unknown-service', `no service is called "${name}"`, {
    hints: [
      ...didYouMean(
        name,
        ids.flatMap((id) => [id, id.slice(id.indexOf('/') + 1)]),
      ),
      `There is: ${listed(ids)}.`,
    ],
    exitCode: 2,
  });
}
