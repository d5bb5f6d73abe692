/** The plan of `opta dev up` on kind. Pure: the survey has asked the world already. */
import type { App } from '../../../app/app.ts';
import type { Plan, Step } from '../../../engine/step.ts';
import type { Diagnostic } from '../../../errors.ts';
import { planPlatform } from '../../../platform/components/index.ts';
import type { Situation } from '../survey.ts';
import { groundStep, namesStep, pruneStep, resourceSteps, routesStep, serviceSteps } from './apps.ts';
import { clusterStep, networkStep, nodesStep, registryStep } from './cluster.ts';
import { authorityStep, certificatesStep, stateStep } from './ground.ts';
import { buildSteps, fetchSteps } from './images.ts';
import { engineImageStep, nodeImages } from './pinned-images.ts';
import { platformSettings } from './platform.ts';
import { newSession, type Session } from './session.ts';
import { toolsStep } from './tools.ts';
import { verifyStep } from './verify.ts';

export interface UpPlan extends Plan {
  /** What the steps leave for the command. */
  readonly session: Session;
  readonly notices: readonly Diagnostic[];
}

export function planUp(app: App, situation: Situation): UpPlan {
  const session = newSession(app, situation);
  const isThere = situation.cluster === 'running' || situation.cluster === 'stopped';
  const making = isThere
    ? []
    : [toolsStep(session), engineImageStep(session, 'node-image', 'image of the nodes', 'node')];
  const platform = planPlatform(platformSettings(session));
  const images = nodeImages(session);
  const waits = [...resourceSteps(session), ...serviceSteps(session)];
  const steps: readonly Step[] = [
    stateStep(session),
    authorityStep(),
    certificatesStep(session),
    ...making,
    networkStep(session),
    nodesStep(session),
    engineImageStep(session, 'registry-image', 'image of the registry', 'registry'),
    registryStep(session),
    clusterStep(session),
    ...buildSteps(session),
    ...fetchSteps(session),
    ...images.steps,
    ...platform.steps.map((one) => withImages(one, images.platform)),
    groundStep(session, [...platform.mesh, ...images.resources]),
    namesStep(session),
    ...waits,
    routesStep(session, platform.ingress),
    ...(situation.only.length === 0 ? [pruneStep(session)] : []),
    verifyStep(
      session,
      waits.filter(({ kind }) => kind === 'wait').map(({ id }) => id),
    ),
  ];
  return { goal: 'up', target: 'kind', reason: situation.reason, steps, session, notices: platform.notices };
}

/** What starts pods of the platform begins when they find their images. */
function withImages(one: Step, images: readonly string[]): Step {
  return one.id.startsWith('platform:') ? { ...one, needs: [...one.needs, ...images] } : one;
}
