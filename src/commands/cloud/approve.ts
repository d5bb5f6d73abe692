/** Approval: someone looked at this plan and said yes. Bound to the hash of the plan, and over after an hour. */
import { createInterface } from 'node:readline/promises';
import { UserError } from '../../errors.ts';
import type { Approval } from '../../releases/promotion.ts';
import type { System } from '../../system/system.ts';
import { given, type Invocation, text } from '../invocation.ts';

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

/** Undefined when a person said no. Throws UserError `approval-needed` where nobody can be asked. */
export async function approve(invocation: Invocation, asked: Asked): Promise<Approval | undefined> {
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
  return (await askYes(invocation, `Promote ${asked.title}?`)) ? approval : undefined;
}

/** Nothing but a written yes counts. */
export async function askYes({ system, signal }: Invocation, question: string): Promise<boolean> {
  const lines = createInterface({ input: system.stdin, output: system.stderr });
  try {
    const answer = await lines.question(`${question} Only yes is yes: `, { signal });
    return answer.trim().toLowerCase() === 'yes';
  } finally {
    lines.close();
  }
}
