/** What the steps inside a cluster need of this machine: charts and pins. Nothing in a rehearsal. */
import { join } from 'node:path';
import { openArtifacts } from '../../platform/artifacts.ts';
import { readSettings } from '../../system/settings.ts';
import { insideSteps, leaveSteps, sweepStep } from '../../targets/cloud/inside/steps.ts';
import type { ApplyOptions } from '../../targets/cloud/plan/apply.ts';
import type { LeaveSteps } from '../../targets/cloud/plan/destroy.ts';
import type { CloudSession } from '../../targets/cloud/session.ts';
import type { Invocation } from '../invocation.ts';

async function artifactsOf({ system, packageRoot, flags, signal }: Invocation) {
  const dataFolder = join(packageRoot, 'kind');
  const settings = await readSettings(system, flags);
  return { dataFolder, artifacts: await openArtifacts(system, { dataFolder, settings, signal }) };
}

/** Simulated providers find their cloud by it. */
const isSimulated = ({ system }: Invocation): boolean => system.env['OPTA_CLOUD_FOLDER'] !== undefined;

export async function applyOptions(invocation: Invocation, session: CloudSession): Promise<ApplyOptions> {
  if (session.situation.reality === undefined) return {};
  if (isSimulated(invocation)) return { simulated: true };
  const { artifacts, dataFolder } = await artifactsOf(invocation);
  const { steps, drain } = insideSteps(session, artifacts, dataFolder);
  return { clusterSteps: steps, drain };
}

export async function leaveOptions(invocation: Invocation, session: CloudSession): Promise<LeaveSteps | undefined> {
  const { reality, existing } = session.situation;
  if (reality === undefined || isSimulated(invocation) || !existing.includes('cluster')) return undefined;
  const { artifacts, dataFolder } = await artifactsOf(invocation);
  return {
    before: leaveSteps(session, artifacts, dataFolder),
    after: (needs) => sweepStep(session, artifacts, dataFolder, needs),
  };
}
