/** How a promotion or a destroy ends that did not come to its end: on record, and said. */
import { inPhase, type Phase } from '../../releases/promotion.ts';
import { type CloudSession, leaveStacks, made } from '../../targets/cloud/session.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { leftError } from './leave.ts';
import { tellRefusal } from './turn.ts';

/** Keeps the record with its end. */
export async function ended({ system }: Invocation, session: CloudSession, phase: Phase, said: string): Promise<void> {
  const { store, hidden } = session.situation;
  const at = new Date(system.clock.now()).toISOString();
  session.record = inPhase(made(session.record, 'record'), phase, {
    message: hidden.redact(said),
    ...(phase !== 'Pending' && { ended: at }),
  });
  await store.keepPromotion(session.record);
}

/** Opta does not wait for the end of what is under way, and says what that is. */
export async function leaving(invocation: Invocation, session: CloudSession): Promise<ExitCode> {
  leaveStacks(session);
  const error = leftError(session, invocation.system.clock.monotonic());
  if (session.record !== undefined) await ended(invocation, session, 'Aborted', error.message);
  return tellRefusal(invocation, error, 130);
}
