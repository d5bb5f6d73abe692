/** The plan of `opta dev up` on the process target. Pure: the survey has asked the world already. */
import { join } from 'node:path';
import type { App, Service } from '../../../app/app.ts';
import type { Plan, Step } from '../../../engine/step.ts';
import type { Diagnostic } from '../../../errors.ts';
import { resourceKey } from '../ports.ts';
import type { Wanted } from '../resources/realisation.ts';
import type { Situation } from '../survey.ts';
import {
  authorityStep,
  certificatesFolder,
  certificatesStep,
  dataPlaneId,
  dataPlaneStep,
  stateStep,
  supervisorStep,
} from './ground.ts';
import { installSteps } from './install.ts';
import { resourceSteps, serviceSteps } from './programs.ts';
import { removeStep } from './remove.ts';
import { newSession, type Session } from './session.ts';
import { verifyStep } from './verify.ts';

export interface UpPlan extends Plan {
  /** What the steps leave for the command: the connection, and whether this run owns what runs. */
  readonly session: Session;
  /** What the user should know of how resources are realised here. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Throws UserError at the first resource that cannot run as a process. */
export function planUp(app: App, situation: Situation): UpPlan {
  const session = newSession(app, situation);
  const wanted = app.resources.map((resource) => wantedOf(session, resource));
  const resources = wanted.map((one) => ({ id: one.resource.id, ...resourceSteps(session, one) }));
  const lastOf = new Map<string, readonly string[]>(resources.map(({ id, last }) => [id, last]));
  const order = new Map(app.services.map(({ id, replicas }, index) => [id, { index, runs: replicas.min > 0 }]));
  const services = app.services.flatMap((service) =>
    serviceSteps(session, service, wanted, readyBefore(service, order, lastOf)),
  );
  const diagnostics = resources.flatMap((one) => one.diagnostics);
  const elsewhere = resources.flatMap(({ folders }) => folders);
  const body = [...unique(resources.flatMap(({ steps }) => steps)), ...installSteps(session), ...services];
  const programs = new Set([dataPlaneId, ...body.map(({ id }) => id.replace(/^(start|ready):/, ''))]);
  const steps: readonly Step[] = [
    stateStep(session, elsewhere),
    authorityStep(),
    certificatesStep(session),
    supervisorStep(session),
    dataPlaneStep(session),
    ...body,
    ...(situation.only.length === 0 ? [removeStep(session, programs)] : []),
    verifyStep(
      session,
      body.filter(({ id }) => id.startsWith('ready:')).map(({ id }) => id),
    ),
  ];
  return { goal: 'up', target: 'process', reason: situation.reason, steps, undoOnFailure: true, session, diagnostics };
}

function wantedOf({ situation, secrets }: Session, resource: App['resources'][number]): Wanted {
  const folder = certificatesFolder(situation.state.path);
  const data = dataFolder(situation.state.path);
  const port = situation.ports[resourceKey(resource.id)];
  const sharedPort = situation.ports[resourceKey('shared')];
  if (port === undefined || sharedPort === undefined) throw new Error(`no port was chosen for ${resource.id}`);
  return {
    resource,
    folder: join(data, resource.id.replace('/', '.')),
    sharedFolder: join(data, 'shared'),
    port,
    sharedPort,
    certificates: {
      caFile: situation.authorityFile,
      certificateFile: join(folder, 'server.pem'),
      keyFile: join(folder, 'server-key.pem'),
    },
    facts: situation.facts,
    secrets,
  };
}

/** Where databases keep their files; `down --volumes` deletes it. */
export const dataFolder = (stateFolder: string): string => join(stateFolder, 'data');

/** Everything a service links to or takes a value from. In a circle of links only those before it in the file count. */
function readyBefore(
  service: Service,
  order: ReadonlyMap<string, { readonly index: number; readonly runs: boolean }>,
  lastOf: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const own = order.get(service.id)?.index ?? 0;
  const needs = service.links.flatMap(({ to, kind }) => {
    if (kind === 'resource') return lastOf.get(to) ?? [];
    const target = order.get(to);
    return target?.runs && target.index < own ? [`ready:${to}`] : [];
  });
  const mentioned = service.env.flatMap(({ value }) =>
    value.flatMap((part) => (typeof part === 'string' ? [] : (lastOf.get(part.resource) ?? []))),
  );
  return [...new Set([...needs, ...mentioned])];
}

const unique = (steps: readonly Step[]): readonly Step[] => [...new Map(steps.map((one) => [one.id, one])).values()];
