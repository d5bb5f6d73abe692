/** Chooses and opens the renderer: a screen for people, lines for pipes, JSON for programs. Progress goes to stderr. */
import type { Event } from '../engine/event.ts';
import type { System } from '../system/system.ts';
import { drawJson, ndjson } from './json.ts';
import { drawLines } from './lines.ts';
import { openOutput } from './output.ts';
import { symbol, themeOf } from './theme.ts';
import type { Key } from './view-state.ts';

type Mode = 'auto' | 'screen' | 'lines' | 'json';

export interface RendererOptions {
  readonly system: System;
  /** auto: a screen where one can be drawn, else lines. */
  readonly mode: Mode;
  /** Keys beside q and Ctrl-C (stop), l (logs), f (one service's) and / (filter). */
  readonly keys?: readonly Key[];
  /** What q and Ctrl-C do; by default opta gets SIGINT, as Ctrl-C gives outside of the screen. */
  readonly interrupt?: () => void;
  /** False for a replay: durations of unfinished steps stand still. */
  readonly live?: boolean;
}

export interface Renderer {
  readonly mode: Exclude<Mode, 'auto'>;
  /** Takes an event; bound, so that it can be attached to a stream as it is. */
  readonly emit: (event: Event) => void;
  /** Draws the last frame and leaves it; resolves when everything is written. */
  close(): Promise<void>;
  /** Gives the terminal away while `act` runs. */
  suspend<T>(act: () => Promise<T>): Promise<T>;
}

/** True where a screen can be drawn and redrawn. */
export function canDraw({ env, stderr }: Pick<System, 'env' | 'stderr'>): boolean {
  return stderr.isTTY === true && env.TERM !== 'dumb' && !env.CI;
}

function plain(system: System, mode: 'lines' | 'json'): Renderer {
  const json = mode === 'json';
  const stream = json ? system.stdout : system.stderr;
  const theme = themeOf(system, stream);
  const said = (count: number) => `${symbol(theme, 'ellipsis')} ${count} log lines left out: they are read too slowly`;
  const lost = (count: number) => {
    if (!json) return `${said(count)}\n`;
    return ndjson({
      at: system.clock.now(),
      type: 'log',
      service: 'opta',
      replica: 0,
      stream: 'opta',
      line: said(count),
    });
  };
  const output = openOutput(stream, lost);
  const emit = json ? drawJson(output) : drawLines(output, theme, system.cwd);
  return { mode, emit, close: () => output.flush(), suspend: (act) => act() };
}

/** Opens the renderer of `mode`. Ink and React are loaded only for a screen. */
export async function openRenderer(options: RendererOptions): Promise<Renderer> {
  const { system, keys = [], live = true } = options;
  const mode = options.mode === 'auto' ? (canDraw(system) ? 'screen' : 'lines') : options.mode;
  if (mode !== 'screen') return plain(system, mode);
  const { openScreen } = await import('./screen.ts');
  const interrupt = options.interrupt ?? (() => void system.processes.signal(system.pid, 'SIGINT'));
  const screen = openScreen({ system, theme: themeOf(system, system.stderr), keys, interrupt, live });
  return { mode, ...screen };
}
