/** The checks before a promotion that only a real account has: identity, Pulumi, its plugins. */
import type { Step } from '../../engine/step.ts';
import { readSettings } from '../../system/settings.ts';
import { identityStep } from '../../targets/cloud/account/checks.ts';
import { programSteps, pulumiVersion } from '../../targets/cloud/programs.ts';
import type { CloudSession } from '../../targets/cloud/session.ts';
import type { Invocation } from '../invocation.ts';
import { providersOf } from './candidate.ts';

/** None in a rehearsal. */
export async function accountChecks(invocation: Invocation, { situation }: CloudSession): Promise<readonly Step[]> {
  const { reality, places } = situation;
  if (reality === undefined || places.engine.kind !== 'real') return [];
  const { system, packageRoot } = invocation;
  const [settings, version] = await Promise.all([readSettings(system), pulumiVersion(packageRoot)]);
  const providers = providersOf(situation);
  return [
    identityStep(situation, reality.identity),
    ...programSteps(places.engine.command, version, { packageRoot, settings, providers }),
  ];
}
