/** Steps that bring one program up and wait until it is ready. */
import { mkdir } from 'node:fs/promises';
import type { Service } from '../../../app/app.ts';
import type { Step, StepContext } from '../../../engine/step.ts';
import type { Diagnostic } from '../../../errors.ts';
import { planResource } from '../resources/index.ts';
import type { Wanted } from '../resources/realisation.ts';
import { cronPrograms, hasReplicas, serviceProgram, storageFolders } from '../service-program.ts';
import type { ProgramSpec } from '../spec.ts';
import { clientOf, environmentOf, type Session, saysGone, step } from './session.ts';

/** Milliseconds beyond a program's own limit, so that its own failure, which says more, comes first. */
const slack = 5000;

/** Puts a program and notes whether this run brought it, to take it back when a later step fails. */
function starting(
  session: Session,
  specs: (context: StepContext) => Promise<readonly ProgramSpec[]>,
): Pick<Step, 'run' | 'undo'> {
  const brought: string[] = [];
  return {
    async run(context) {
      const put = await clientOf(session).put(await specs(context));
      for (const [id, how] of Object.entries(put)) if (how === 'started') brought.push(id);
      return Object.values(put).every((how) => how === 'unchanged') ? 'unchanged' : undefined;
    },
    async undo() {
      if (session.started) return;
      await session.client?.remove(brought).catch((error) => {
        if (!saysGone(error)) throw error;
      });
    },
  };
}

function readyStep(session: Session, id: string, ms: number): Step {
  return step({
    id: `ready:${id}`,
    title: `${id} is ready`,
    kind: 'wait',
    needs: [`start:${id}`],
    deadlineMs: ms + slack,
    async run({ signal }) {
      await clientOf(session).waitReady(id, ms, signal);
      return undefined;
    },
  });
}

export interface ResourceSteps {
  readonly steps: readonly Step[];
  /** Those after which it can be used. */
  readonly last: readonly string[];
  /** Where it keeps data outside of `.opta`. */
  readonly folders: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Prepares, starts, waits and finishes one resource. */
export function resourceSteps(session: Session, wanted: Wanted): ResourceSteps {
  const { id } = wanted.resource;
  const plan = planResource(wanted);
  // What a killed run left running on the same data is ended by the supervisor's start, and must have ended first.
  const ground = ['state', 'certificates', ...(session.situation.leftovers ? ['supervisor'] : [])];
  const prepare = plan.prepare.map((one): Step => ({ ...one, needs: [...new Set([...ground, ...one.needs])] }));
  const start = step({
    id: `start:${id}`,
    title: `start ${id}`,
    kind: 'change',
    needs: ['supervisor', ...prepare.map((one) => one.id)],
    ...starting(session, async () => plan.programs),
  });
  const startMs = Math.max(0, ...plan.programs.map((program) => program.startMs));
  const waits = plan.programs.map((program) => ({ ...readyStep(session, program.id, startMs), needs: [start.id] }));
  const ready = waits.map((one) => one.id);
  const after = plan.after.map((one): Step => ({ ...one, needs: [...new Set([...ready, ...one.needs])] }));
  return {
    folders: plan.folders,
    diagnostics: plan.diagnostics,
    steps: [...prepare, start, ...waits, ...after],
    last: after.length > 0 ? after.map((one) => one.id) : ready,
  };
}

export function serviceSteps(
  session: Session,
  service: Service,
  wanted: readonly Wanted[],
  needs: readonly string[],
): readonly Step[] {
  const start = session.situation.starts.get(service.id);
  if (!start) return [];
  const { state, startMs } = session.situation;
  const place = { stateFolder: state.path, start, startMs };
  const specs = async () => {
    const env = await environmentOf(session, service, wanted);
    const replicas = hasReplicas(service) ? [serviceProgram(service, env, place)] : [];
    return [...replicas, ...cronPrograms(service, env, place)];
  };
  const begin = step({
    id: `start:${service.id}`,
    title: `start ${service.id}`,
    kind: 'change',
    needs: ['supervisor', 'data-plane', ...(start.install ? [start.install.stepId] : []), ...needs],
    facts: { argv: start.argv, replicas: service.replicas.min, cronJobs: service.cronJobs.length },
    ...starting(session, async () => {
      const folders = storageFolders(service, state.path);
      await Promise.all(folders.map((folder) => mkdir(folder, { recursive: true, mode: 0o700 })));
      return specs();
    }),
  });
  const ms = startMs ?? service.startupSeconds * 1000;
  return hasReplicas(service) ? [begin, readyStep(session, service.id, ms)] : [begin];
}
