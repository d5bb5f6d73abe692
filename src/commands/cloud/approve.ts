/** Approval: someone looked at this plan and said yes. Bound to the hash of the plan, and over after an hour. */
import { createInterface } from 'node:readline/promises';
import { UserError } from '../../errors.ts';
import type { Approval } from '../../releases/promotion.ts';
import type { System } from '../../system/system.ts';
import { type ExitCode, given, type Invocation, text } from '../invocation.ts';
import { tellRefusal } from './turn.ts';

/** Milliseconds that a plan may wait between yes and apply. */
const lasts = 60 * 60 * 1000;

export const userOf = ({ env, uid }: System): string => env['USER'] ?? env['LOGNAME'] ?? `user ${uid ?? 'unknown'}`;

export interface Asked {
  readonly planHash: string;
  readonly title: string;
  /** Of an earlier run that broke off. */
  readonly earlier: Approval | undefined;
  readonly rehearsal: boolean;
}

/** Throws UserError `approval-needed` where nobody can be asked. */
export async function approve(invocation: Invocation, asked: Asked): Promise<Approval | Exclude<Answer, 'yes'>> {
  const { system } = invocation;
  const { planHash, earlier, rehearsal } = asked;
  const now = system.clock.now();
  const why = text(invocation, 'approveUnverified');
  const approval: Approval = {
    planHash,
    by: userOf(system),
    at: new Date(now).toISOString(),
    expires: new Date(now + lasts).toISOString(),
    ...(rehearsal ? { why: 'a rehearsal' } : why !== undefined && { why }),
  };
  if (rehearsal || given(invocation, 'yes')) return approval;
  if (earlier?.planHash === planHash && Date.parse(earlier.expires) > now) return earlier;
  if (system.stdin.isTTY !== true || given(invocation, 'json')) {
    throw new UserError('approval-needed', `nobody has approved the plan ${planHash.slice(0, 12)}`, {
      hints: ['Look at it with `--plan-only`; `--yes` approves it.'],
    });
  }
  const answer = await askYes(invocation, `Promote ${asked.title}?`);
  return answer === 'yes' ? approval : answer;
}

/** What a question was answered with: whatever is no written yes is a no, also the end of the input. */
export type Answer = 'yes' | 'no' | 'interrupted';

export async function askYes({ system, signal }: Invocation, question: string): Promise<Answer> {
  const lines = createInterface({ input: system.stdin, output: system.stderr });
  const pressed = new AbortController();
  // A terminal that is read line by line gives Ctrl-C to who reads, and sends no signal.
  lines.once('SIGINT', () => pressed.abort());
  const ends = AbortSignal.any([signal, pressed.signal]);
  try {
    const answer = await lines.question(`${question} Only yes is yes: `, { signal: ends });
    return answer.trim().toLowerCase() === 'yes' ? 'yes' : 'no';
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'AbortError') throw error;
    system.stderr.write('\n');
    return ends.aborted ? 'interrupted' : 'no';
  } finally {
    lines.close();
  }
}

/** Says that nothing happened, and gives the exit code of it. */
export function unanswered(invocation: Invocation, answer: Exclude<Answer, 'yes'>, what: string): Promise<ExitCode> {
  if (answer === 'interrupted') {
    const error = new UserError('interrupted', `interrupted: ${what}, and nothing was changed`);
    return tellRefusal(invocation, error, 130);
  }
  const hints = ['Only the word yes says yes; `--yes` says it beforehand.'];
  return tellRefusal(invocation, new UserError('approval-needed', `${what}: nothing was changed`, { hints }), 11);
}
