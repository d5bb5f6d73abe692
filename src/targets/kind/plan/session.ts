/** What the steps of one plan share while they run: the cluster, what was built, and the secrets. */
import type { App } from '../../../app/app.ts';
import type { Step } from '../../../engine/step.ts';
import type { ClusterClient } from '../../../platform/cluster.ts';
import type { Creation } from '../cluster.ts';
import type { LocalSecrets } from '../secrets.ts';
import type { Situation } from '../survey.ts';

/** Made when planning, filled by steps. */
export interface Session {
  readonly app: App;
  readonly situation: Situation;
  client: ClusterClient | undefined;
  /** Under way in this run. */
  creation: Creation | undefined;
  /** Milliseconds since 1970 when stopped nodes were started. */
  startedAt: number | undefined;
  /** Hears what kind does while it creates. */
  onCreation: ((what: string) => void) | undefined;
  /** Program of kind. */
  kind: string | undefined;
  /** Image references by service id. */
  readonly images: Map<string, string>;
  /** Passwords and certificates. */
  secrets: LocalSecrets | undefined;
  /** What images start, by service id, of services that start again on edits. */
  readonly entries: Map<string, readonly string[]>;
  /** By service id: resolves when its step `ready:` has ended, however it did. */
  readonly settled: Map<string, PromiseWithResolvers<void>>;
}

export function newSession(app: App, situation: Situation): Session {
  return {
    app,
    situation,
    client: undefined,
    creation: undefined,
    startedAt: undefined,
    onCreation: undefined,
    kind: undefined,
    images: new Map(),
    secrets: undefined,
    entries: new Map(),
    settled: new Map(
      app.services
        .filter(({ replicas }) => replicas.max > 0)
        .map(({ id }) => [id, Promise.withResolvers<void>()] as const),
    ),
  };
}

/** The cluster that the step `cluster` opened. */
export function clientOf(session: Session): ClusterClient {
  return made(session.client, 'cluster');
}

export function made<T>(value: T | undefined, step: string): T {
  if (value === undefined) throw new Error(`a step that needs what "${step}" makes does not name it in its needs`);
  return value;
}

/** Secrets as the step `certificates` read them. */
export const secretsOf = (session: Session): LocalSecrets => made(session.secrets, 'certificates');

export function step(rest: Omit<Step, 'needs'> & { readonly needs?: readonly string[] }): Step {
  return { needs: [], ...rest };
}
