/** Runs plans in front of a renderer: what every command that changes something shares. */
import { type RunResult, run } from '../engine/run.ts';
import type { Secrets } from '../engine/secrets.ts';
import type { Plan } from '../engine/step.ts';
import { createStream, type EventStream } from '../engine/stream.ts';
import type { Diagnostic } from '../errors.ts';
import { openRenderer, type Renderer, type RendererOptions } from '../ui/open.ts';
import { type ExitCode, given, type Invocation } from './invocation.ts';

export interface Stage {
  readonly stream: EventStream;
  readonly renderer: Renderer;
  run(plan: Plan, signal?: AbortSignal): Promise<RunResult>;
  tell(diagnostics: readonly Diagnostic[]): void;
  close(): Promise<void>;
}

async function openStage(
  invocation: Invocation,
  keys: NonNullable<RendererOptions['keys']> = [],
  secrets?: Secrets,
): Promise<Stage> {
  const { system } = invocation;
  const mode = given(invocation, 'json') ? 'json' : given(invocation, 'plain') ? 'lines' : 'auto';
  const renderer = await openRenderer({ system, mode, keys });
  const stream = createStream({ clock: system.clock, ...(secrets !== undefined && { secrets }) });
  stream.attach(renderer.emit);
  return {
    stream,
    renderer,
    run: (plan, signal = invocation.signal) =>
      run(plan, { system, signal, emit: stream.emit, debug: system.env['OPTA_DEBUG'] === '1' }),
    tell: (diagnostics) => {
      for (const diagnostic of diagnostics) stream.emit({ type: 'diagnostic', diagnostic });
    },
    close: () => renderer.close(),
  };
}

/** Opens a stage, and leaves a clean terminal whatever happens on it. */
export async function onStage<T>(
  invocation: Invocation,
  act: (stage: Stage) => Promise<T>,
  /** Known already, when several stages follow each other. */
  secrets?: Secrets,
): Promise<T> {
  const stage = await openStage(invocation, [], secrets);
  try {
    return await act(stage);
  } finally {
    await stage.close();
  }
}

/** The failures were drawn as they happened; what is left is the number. */
export function exitCodeOf({ outcome, failures }: RunResult): ExitCode {
  if (failures.some(({ failure }) => failure.code === 'bug')) return 70;
  if (outcome === 'aborted') return 130;
  return outcome === 'failed' ? 1 : 0;
}

/** One plan from start to end. */
export async function runOnStage(invocation: Invocation, plan: Plan): Promise<ExitCode> {
  return onStage(invocation, async (stage) => exitCodeOf(await stage.run(plan)));
}
