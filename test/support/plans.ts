/** Small plans, and runs that remember what they said. */
import type { Event } from '../../src/engine/event.ts';
import { type RunOptions, type RunResult, run } from '../../src/engine/run.ts';
import type { Plan, Step } from '../../src/engine/step.ts';
import { createStream } from '../../src/engine/stream.ts';
import { nodeSystem } from '../../src/system/node.ts';

export const system = nodeSystem();

/** A change without needs that does nothing, unless said otherwise. */
export function stepOf(id: string, rest: Partial<Step> = {}): Step {
  return { id, title: `make ${id}`, kind: 'change', needs: [], run: async () => undefined, ...rest };
}

export function planOf(steps: readonly Step[], rest: Partial<Plan> = {}): Plan {
  return { goal: 'up', target: 'process', reason: 'no container engine answers', steps, ...rest };
}

export async function runAndWatch(
  plan: Plan,
  options: Partial<RunOptions> = {},
): Promise<{ result: RunResult; events: Event[] }> {
  const stream = createStream({ clock: system.clock });
  const events: Event[] = [];
  stream.attach((event) => events.push(event));
  const { signal } = new AbortController();
  const result = await run(plan, { system, signal, emit: stream.emit, ...options });
  return { result, events };
}

/** `id state` of every step event, in order. */
export function stepStates(events: readonly Event[]): string[] {
  return events.flatMap((event) => (event.type === 'step' ? [`${event.id} ${event.state}`] : []));
}
