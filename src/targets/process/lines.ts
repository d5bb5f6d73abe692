/** What services print, for a run that stays with them: also what they printed while nobody could watch yet. */
import type { Said } from '../../engine/event.ts';
import type { System } from '../../system/system.ts';
import { readLogs, type SupervisorClient } from './supervisor/index.ts';

export interface LinesOptions {
  readonly system: System;
  readonly projectFolder: string;
  /** Whose earlier lines are told: `<layer>/<module>`. */
  readonly services: readonly string[];
  /** Milliseconds since 1970 UTC: earlier lines are of other runs. */
  readonly since: number;
  readonly signal: AbortSignal;
}

/**
 * Tells what the supervisor says until the signal aborts, after the lines of the services since `since`: each line once.
 * Rejects when the supervisor is gone.
 */
export async function watchWithLines(
  client: SupervisorClient,
  { system, projectFolder, services, since, signal }: LinesOptions,
  tell: (event: Said) => void,
): Promise<void> {
  type Line = Extract<Said, { type: 'log' }> & { readonly at: number };
  const keyOf = ({ at, service, replica, line }: Omit<Line, 'type'>): string => `${at} ${service} ${replica} ${line}`;
  const say = ({ at: _, ...event }: Line): void => tell(event);
  let held: Line[] | undefined = [];
  const watched = client.watch(
    ({ at, ...event }) => {
      if (event.type === 'log' && held) held.push({ at, ...event });
      else tell(event);
    },
    { signal },
  );
  watched.catch(() => {});
  // Answered after the watch has begun: what is printed from here on is held, and what was printed before is in the files.
  await client.list();
  const told = new Map<string, number>();
  for await (const line of services.length === 0 ? [] : readLogs(system, projectFolder, { services, since, signal })) {
    say({ type: 'log', ...line });
    told.set(keyOf(line), (told.get(keyOf(line)) ?? 0) + 1);
  }
  for (const line of held) {
    const times = told.get(keyOf(line)) ?? 0;
    if (times === 0) say(line);
    else told.set(keyOf(line), times - 1);
  }
  held = undefined;
  await watched;
}
