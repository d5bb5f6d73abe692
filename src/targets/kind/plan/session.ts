/** What the steps of one plan share while they run: the cluster, what was built, and the secrets. */
import type { App } from '../../../app/app.ts';
import type { Step } from '../../../engine/step.ts';
import type { ClusterClient } from '../../../platform/cluster.ts';
import type { SecretSource, ServerCertificate } from '../../../platform/manifests.ts';
import type { Creation } from '../cluster.ts';
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
  readonly passwords: Map<string, string>;
  readonly certificates: Map<string, ServerCertificate>;
  trust: { readonly authority: string; readonly bundle: string } | undefined;
  /** PEM texts of the ingress's certificate. */
  ingress: { readonly certificate: string; readonly key: string } | undefined;
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
    passwords: new Map(),
    certificates: new Map(),
    trust: undefined,
    ingress: undefined,
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
export function secretSource({ passwords, certificates }: Session): SecretSource {
  const outside = (id: string): never => {
    throw new Error(`${id} is no resource of the cluster`);
  };
  return {
    password: (id) => made(passwords.get(id), 'certificates'),
    certificate: (id) => made(certificates.get(id), 'certificates'),
    output: outside,
    authority: outside,
  };
}

export function step(rest: Omit<Step, 'needs'> & { readonly needs?: readonly string[] }): Step {
  return { needs: [], ...rest };
}
