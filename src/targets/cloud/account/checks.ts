/** Checks that only a real cloud has: who we are there, and whether its quotas have room for the plan. */
import type { Step } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import { quotasNeeded } from '../quotas.ts';
import { type CloudSession, made, step } from '../session.ts';
import type { CloudAccount, Identity, QuotaRoom } from './account.ts';

/** The identity was asked for before the records were read; here it is said. */
export function identityStep({ environment }: CloudSession['situation'], { who }: Identity): Step {
  return step({
    id: 'preflight:identity',
    title: `the credentials are of ${environment.account}`,
    kind: 'check',
    async run({ note }) {
      note(who);
      return undefined;
    },
  });
}

/** Throws UserError `quota-exceeded` with every quota that is too small, before anything is made. */
export function quotaStep(session: CloudSession, account: CloudAccount, needs: readonly string[]): Step {
  return step({
    id: 'quotas',
    title: 'quotas have room for the plan',
    kind: 'check',
    needs,
    async run({ note }) {
      const { stacks } = session.situation;
      const changes = stacks.flatMap((stack) => made(session.plans.get(stack), `plan:${stack}`).changes);
      const wanted = quotasNeeded(changes);
      const rooms = await account.quotas(wanted);
      demandRoom(rooms, session.situation.environment.region);
      note(`${rooms.length} of ${wanted.length} quotas could be asked`);
      return undefined;
    },
  });
}

function demandRoom(rooms: readonly QuotaRoom[], region: string): void {
  const short = rooms.filter(({ adds, used, limit }) => used + adds > limit);
  if (short.length === 0) return;
  throw new UserError('quota-exceeded', `${short.length} quotas of the account are too small for the plan`, {
    hints: [
      ...short.map(({ quota, used, adds, code }) => `Ask for ${used + adds} of ${quota} (${code}) in ${region}.`),
      'Or free what nothing uses any more.',
    ],
    detail: short.map(
      ({ quota, used, adds, limit }) => `${quota}: ${used} in use, ${adds} more needed, ${limit} allowed`,
    ),
  });
}
