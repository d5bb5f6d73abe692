/** What a resource becomes on the process target: steps before its start, programs, steps after, and its outputs. */
import type { Resource } from '../../../app/app.ts';
import type { Step } from '../../../engine/step.ts';
import type { Diagnostic } from '../../../errors.ts';
import type { Secrets } from '../../../platform/secrets.ts';
import type { ProgramSpec } from '../spec.ts';
import type { Facts } from './facts.ts';

/** PEM files of the local CA and of a server certificate for `localhost` and 127.0.0.1, signed by it. The key is 0600. */
export interface Certificates {
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

/** All that planning one resource takes. */
export interface Wanted {
  readonly resource: Resource;
  /** Absolute; of this resource alone, kept between runs, made by the steps. */
  readonly folder: string;
  /** Absolute; shared by all AWS-like resources of the project. */
  readonly sharedFolder: string;
  /** On 127.0.0.1, kept between runs. */
  readonly port: number;
  /** Of the one server that stands in for every AWS-like resource of the project. */
  readonly sharedPort: number;
  readonly certificates: Certificates;
  readonly facts: Facts;
  /** Asked by steps and outputs, never while planning. */
  readonly secrets: Secrets;
}

export interface ResourcePlan {
  readonly prepare: readonly Step[];
  /** Those with the same id are the same program. */
  readonly programs: readonly ProgramSpec[];
  /** Run once the programs are ready; dependents start only then. */
  readonly after: readonly Step[];
  readonly diagnostics: readonly Diagnostic[];
  /** What `down --volumes` removes besides the resource's folder. */
  readonly folders: readonly string[];
}

export interface Output {
  readonly value: string;
  readonly secret: boolean;
}

export interface Realisation {
  /** Pure. Throws UserError at the resource's place for what cannot run here. */
  plan(wanted: Wanted): ResourcePlan;
  /** Values for links, by the names of language.md. */
  outputs(wanted: Wanted): Promise<Readonly<Record<string, Output>>>;
}

/** Settings that every resource's program shares. A resource stops after the services that use it. */
export function programOf(
  wanted: Wanted,
  rest: Pick<ProgramSpec, 'argv' | 'readiness'> & Partial<ProgramSpec>,
): ProgramSpec {
  return {
    id: wanted.resource.id,
    kind: 'resource',
    directory: wanted.folder,
    env: {},
    secretNames: [],
    replicas: 1,
    port: wanted.port,
    startMs: 60_000,
    stop: { signal: 'SIGTERM', graceMs: 10_000 },
    watch: [],
    exclusive: true,
    rank: 1,
    place: wanted.resource.place,
    ...rest,
  };
}

/** A text setting of the resource; undefined when it is absent or waits for another resource. */
export function textSetting(resource: Resource, name: string): string | undefined {
  const value = resource.settings[name];
  if (typeof value === 'string' && value !== '') return value;
  return typeof value === 'number' ? String(value) : undefined;
}

export const plain = (value: string): Output => ({ value, secret: false });
export const hidden = (value: string): Output => ({ value, secret: true });
