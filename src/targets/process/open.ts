/** The doors of the process target for commands: what is known, and staying with what runs. */
import type { Emit } from '../../engine/event.ts';
import type { RunResult } from '../../engine/run.ts';
import type { Plan } from '../../engine/step.ts';
import type { System } from '../../system/system.ts';
import { watchWithLines } from './lines.ts';
import { planDown } from './plan/down.ts';
import { planPrune } from './plan/prune.ts';
import { clientOf, isShown, type Session } from './plan/session.ts';

export { type Situation, survey } from './survey.ts';
export { type Turn, takeTurn } from './turn.ts';

export interface Company {
  readonly system: System;
  /** When the run began, milliseconds since 1970 UTC. */
  readonly since: number;
  readonly signal: AbortSignal;
  readonly force: AbortSignal;
  readonly emit: Emit;
  /** Values that must never be shown. */
  readonly secrets: { add(value: string): void };
  run(plan: Plan, signal: AbortSignal): Promise<RunResult>;
}

/**
 * After a good `up`: a run that started the supervisor in the foreground shows its events until it is interrupted, and
 * then stops everything. Any other run is over: `left`.
 */
export async function keepCompany(session: Session, company: Company): Promise<'left' | 'stopped' | 'failed'> {
  const client = clientOf(session);
  session.watching.abort();
  if (session.situation.detach || !session.started) {
    client.close();
    return 'left';
  }
  for (const value of await session.secrets.values()) company.secrets.add(value);
  const watching = new AbortController();
  const { projectFolder } = session.situation;
  const services = session.app.services.map(({ id }) => id);
  const { system, since } = company;
  const options = { system, projectFolder, services, since, signal: watching.signal };
  const watched = watchWithLines(client, options, (event) => {
    if (isShown(event)) company.emit(event);
  });
  // The supervisor's end is told below.
  watched.catch(() => {});
  const interrupted = new Promise<'interrupted'>((resolve) => {
    if (company.signal.aborted) resolve('interrupted');
    company.signal.addEventListener('abort', () => resolve('interrupted'), { once: true });
  });
  const how = await Promise.race([interrupted, client.closed.then(() => 'ended' as const)]);
  // Once it ended by itself, only leftovers are ours to end: a later `up` elsewhere may have started the next one.
  const ending =
    how === 'ended'
      ? planPrune(projectFolder, 'its supervisor has ended')
      : planDown({ projectFolder, volumes: false, force: company.force });
  const result = await company.run(ending, new AbortController().signal);
  watching.abort();
  // `opta dev down` elsewhere leaves nothing to end; a supervisor that was killed does.
  if (how === 'ended' && result.outcome === 'done') {
    const message = 'the supervisor ended by itself; what it had started was ended after it';
    const hints = [`Its own log is ${session.situation.state.ownLog}.`, 'Start again: `opta dev up`.'];
    company.emit({ type: 'diagnostic', diagnostic: { severity: 'error', code: 'supervisor-ended', message, hints } });
    return 'failed';
  }
  return result.outcome === 'failed' ? 'failed' : 'stopped';
}
