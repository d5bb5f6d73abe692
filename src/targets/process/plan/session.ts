/** What the steps of one plan share while they run: the connection to the supervisor and what resources gave. */
import type { App, Service } from '../../../app/app.ts';
import type { Emit, Said } from '../../../engine/event.ts';
import type { Step } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import { openSecrets, type Secrets } from '../../../platform/secrets.ts';
import { type Environment, serviceEnvironment } from '../environment.ts';
import { resourceOutputs } from '../resources/index.ts';
import type { Output, Wanted } from '../resources/realisation.ts';
import type { SupervisorClient } from '../supervisor/index.ts';
import type { Situation } from '../survey.ts';

/** Made when planning, filled by steps. */
export interface Session {
  readonly app: App;
  readonly situation: Situation;
  readonly secrets: Secrets;
  client: SupervisorClient | undefined;
  /** This run started the supervisor, so it owns what runs. */
  started: boolean;
  /** New files behind the same names: the data plane must read them again. */
  certificatesChanged: boolean;
  /** Ends the watching of the supervisor's events. */
  readonly watching: AbortController;
}

export function newSession(app: App, situation: Situation): Session {
  return {
    app,
    situation,
    secrets: openSecrets(`${situation.state.path}/secrets.json`),
    client: undefined,
    started: false,
    certificatesChanged: false,
    watching: new AbortController(),
  };
}

/** The connection that the step `supervisor` made. */
export function clientOf(session: Session): SupervisorClient {
  if (!session.client) throw new Error('a step that needs the supervisor does not name it in its needs');
  return session.client;
}

/** Whether an error only says that the supervisor is gone, and with it all that it ran. */
export function saysGone(error: unknown): boolean {
  return error instanceof UserError && (error.code === 'supervisor-ended' || error.code === 'supervisor-stopping');
}

/** Our own parts are a row only when something is wrong with them. */
export function isShown(event: Said): boolean {
  if (event.type !== 'service' || !event.service.startsWith('opta/') || event.kind === 'resource') return true;
  return event.state === 'failed' || event.state === 'restarting';
}

/** Shows what the supervisor says of services, without their logs, while the plan runs. */
export function watchServices(session: Session, emit: Emit): void {
  const client = clientOf(session);
  const watched = client.watch(
    ({ at: _, ...event }) => {
      if (event.type === 'service' && isShown(event)) emit(event);
    },
    { logs: false, signal: session.watching.signal },
  );
  // The supervisor's end is told by the step that misses it.
  watched.catch(() => {});
}

/** A step that fails for a service: its place in the definition comes from there. */
export function step(rest: Omit<Step, 'needs'> & { readonly needs?: readonly string[] }): Step {
  return { needs: [], ...rest };
}

/** The variables of one service; asks the resources that it links to or mentions. Secrets are made when absent. */
export async function environmentOf(
  session: Session,
  service: Service,
  wanted: readonly Wanted[],
): Promise<Environment> {
  const { app, situation } = session;
  const needed = new Set(service.links.filter(({ kind }) => kind === 'resource').map(({ to }) => to));
  for (const { value } of service.env)
    for (const part of value) if (typeof part !== 'string') needed.add(part.resource);
  const outputs = await Promise.all(
    wanted
      .filter(({ resource }) => needed.has(resource.id))
      .map(
        async (one): Promise<[string, Readonly<Record<string, Output>>]> => [
          one.resource.id,
          await resourceOutputs(one),
        ],
      ),
  );
  return serviceEnvironment(service, {
    environment: app.environment,
    ports: situation.ports,
    outputs: new Map(outputs),
    services: new Map(app.services.map((one) => [one.id, one])),
    trust: situation.trust,
    compileCache: situation.compileCache,
    noProxy: situation.noProxy,
  });
}
