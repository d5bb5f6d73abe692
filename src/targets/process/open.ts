/** The doors of the process target for commands: whether it is chosen, what is known, and staying with what runs. */
import type { Emit } from '../../engine/event.ts';
import type { RunResult } from '../../engine/run.ts';
import type { Plan } from '../../engine/step.ts';
import { UserError } from '../../errors.ts';
import { planDown } from './plan/down.ts';
import { clientOf, type Session } from './plan/session.ts';

export { survey } from './survey.ts';

/** Why the process target; throws UserError `not-implemented` for another one. `written` is the value of `--on`. */
export function chooseTarget(written: string | undefined): string {
  if (written === 'kind') {
    throw new UserError('not-implemented', '`--on kind` is not there yet: this version runs services as processes', {
      hints: ['`opta dev up --on process` gives the same names, HTTPS ingress and databases without a cluster.'],
    });
  }
  return written === 'process' ? 'asked for with --on process' : 'plain processes, no container engine needed';
}

export interface Company {
  readonly signal: AbortSignal;
  readonly force: AbortSignal;
  readonly emit: Emit;
  /** Values that must never be shown. */
  readonly secrets: { add(value: string): void };
  run(plan: Plan, signal: AbortSignal): Promise<RunResult>;
}

/**
 * After a good `up`: a run that started the supervisor in the foreground shows its events until it is interrupted, and
 * then stops everything. Any other run is over. Resolves true when everything ended well.
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
  const watched = client.watch(({ at: _, ...event }) => company.emit(event), { signal: watching.signal });
  const interrupted = new Promise<'interrupted'>((resolve) => {
    if (company.signal.aborted) resolve('interrupted');
    company.signal.addEventListener('abort', () => resolve('interrupted'), { once: true });
  });
  const how = await Promise.race([interrupted, client.closed.then(() => 'ended' as const)]);
  watching.abort();
  await watched.catch(() => {});
  // `opta dev down` elsewhere, or a supervisor that was killed: the plan below finds out which.
  if (how === 'ended') company.emit({ type: 'note', id: 'stop', why: 'stopped from outside' });
  const { projectFolder } = session.situation;
  const result = await company.run(
    planDown({ projectFolder, volumes: false, force: company.force }),
    new AbortController().signal,
  );
  return result.outcome === 'failed' ? 'failed' : 'stopped';
}
