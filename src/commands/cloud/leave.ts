/** What Ctrl-C does while the engine works: once, what is being made ends; again, a question; once more, opta leaves. */
import { UserError } from '../../errors.ts';
import { inFlightLines } from '../../targets/cloud/in-flight.ts';
import type { CloudSession } from '../../targets/cloud/session.ts';
import { given, type Invocation } from '../invocation.ts';
import type { Stage } from '../run-plan.ts';

/** Whoever has a terminal is asked; a machine that signals twice means it. */
const isAsked = ({ system, leave, ...rest }: Invocation): boolean =>
  leave !== undefined &&
  system.stdin.isTTY === true &&
  system.stderr.isTTY === true &&
  !given({ system, ...rest }, 'json');

/**
 * The end of `work`, or undefined when opta is to leave before it. The engine is a process of its own: it got one
 * interrupt, ends what it is making, writes that down and lets go of its lock, whether opta waits for it or not.
 */
export async function unlessLeft<T>(
  invocation: Invocation,
  session: CloudSession,
  { tell }: Pick<Stage, 'tell'>,
  work: Promise<T>,
): Promise<T | undefined> {
  const { signal, force, leave, system } = invocation;
  const asked = isAsked(invocation);
  const say = (message: string, hint: string): void => {
    const lines = inFlightLines(session, system.clock.monotonic());
    const what = lines.length === 0 ? 'nothing is being made or deleted right now' : lines.join('\n  ');
    tell([{ severity: 'notice', code: 'interrupted', message: `${message}\n  ${what}`, hints: [hint] }]);
  };
  const ended = new AbortController();
  const on = (some: AbortSignal, act: () => void): void => {
    if (some.aborted) act();
    else some.addEventListener('abort', act, { once: true, signal: ended.signal });
  };
  const left = new Promise<undefined>((resolve) => {
    on(signal, () => say('interrupted: what is being made ends first', 'Ctrl-C again asks whether to wait for it.'));
    on(force, () => {
      if (!asked) resolve(undefined);
      else say('leave while this is under way?', 'Press Ctrl-C once more to leave; or wait, it ends by itself.');
    });
    if (asked && leave !== undefined) on(leave, () => resolve(undefined));
  });
  try {
    return await Promise.race([work, left]);
  } finally {
    ended.abort();
  }
}

/** What is said when opta has left: what may be half made, who goes on with it, and what to do. */
export function leftError({ inFlight, situation, ...session }: CloudSession, now: number): UserError {
  const { name } = situation.environment;
  const lines = inFlightLines({ ...session, inFlight }, now);
  const what =
    lines.length === 0 ? 'the engine works' : `${lines.length} resources of ${name} are being made or deleted`;
  return new UserError('interrupted', `opta left while ${what}`, {
    detail: lines.map((line) => `  ${line}`),
    hints: [
      'Pulumi goes on with them by itself, writes down what became of them, and lets go of its lock.',
      `\`opta state doctor ${name}\` shows whether it still works; then run the same command again.`,
    ],
  });
}
