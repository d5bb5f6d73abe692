/** The screen on a terminal: folds events, redraws at most twenty times a second, reads keys. Loads Ink. */
import { type Instance, render } from 'ink';
import type { ReactNode } from 'react';
import type { Event } from '../engine/event.ts';
import { emptyPicture, hasEnded, type Picture } from '../engine/picture.ts';
import { fold } from '../engine/progress.ts';
import type { System } from '../system/system.ts';
import { Screen } from './components/screen.tsx';
import { endedBy } from './ended.ts';
import type { View } from './frame.ts';
import { type Paced, paced } from './pace.ts';
import type { Theme } from './theme.ts';
import { firstView, intentOf, type Key, nextView } from './view-state.ts';

export interface ScreenOptions {
  readonly system: System;
  readonly theme: Theme;
  readonly keys: readonly Key[];
  /** What q and Ctrl-C do. */
  readonly interrupt: () => void;
  /** False for a replay: time stands where the last event was. */
  readonly live: boolean;
}

export interface OpenScreen {
  readonly emit: (event: Event) => void;
  close(): Promise<void>;
  suspend<T>(act: () => Promise<T>): Promise<T>;
}

interface Shown {
  picture: Picture;
  view: View;
  /** What stays above the table; a screen that is drawn anew does not draw it again. */
  ended: string[];
  /** True for the last frame, which has no keys and no growing durations. */
  last: boolean;
}

const framesPerSecond = 20;
/** Milliseconds between two redraws for nothing but a growing duration. */
const tickMs = 500;

/** True while some duration grows. */
function isBusy({ steps, services, end }: Picture): boolean {
  if (!end && steps.some((step) => !hasEnded(step))) return true;
  return services.some(({ state }) => state !== 'ready' && state !== 'stopped' && state !== 'failed');
}

const sizeOf = ({ columns, rows }: NodeJS.WriteStream) => ({
  width: Math.min(columns || 80, 200),
  height: rows || 24,
});

/** Ink on standard error: mounted by the first `draw`, gone after `leave`. */
function inkOn({ stdin, stderr }: System): { draw(tree: ReactNode): void; leave(): Promise<void> } {
  let instance: Instance | undefined;
  const streams = { stdout: stderr, stderr, stdin };
  const ours = { exitOnCtrlC: false, patchConsole: true, interactive: true } as const;
  return {
    draw(tree) {
      if (instance) instance.rerender(tree);
      else instance = render(tree, { ...streams, ...ours, maxFps: framesPerSecond, incrementalRendering: true });
    },
    async leave() {
      const over = instance?.waitUntilExit();
      instance?.unmount();
      await over;
      instance?.cleanup();
      instance = undefined;
    },
  };
}

/** What a key does. */
function keyReader(shown: Shown, { keys, interrupt }: ScreenOptions, changed: () => void): (key: string) => void {
  return (key) => {
    const intent = intentOf(key);
    const chosen = keys.find((one) => one.key === key);
    if (chosen) chosen.act();
    else if (key === 'q' || key === 'ctrl-c') interrupt();
    else if (intent) {
      const services = shown.picture.services.map((service) => service.id);
      shown.view = nextView(shown.view, intent, services);
      changed();
    }
  };
}

/** Asks for a redraw each half second while `busy` is called with true. */
function ticking({ clock }: System, redraw: Paced): (busy: boolean) => void {
  let stop: (() => void) | undefined;
  return (busy) => {
    if (busy) stop ??= clock.every(tickMs, redraw.soon);
    else {
      stop?.();
      stop = undefined;
    }
  };
}

export function openScreen(options: ScreenOptions): OpenScreen {
  const { system, theme, keys, live } = options;
  const { clock, stderr, stdin } = system;
  const shown: Shown = { picture: emptyPicture, view: firstView, ended: [], last: false };
  const ink = inkOn(system);
  const redraw = paced(clock, 1000 / framesPerSecond, () => {
    const { picture, ended, last } = shown;
    const now = live && !last ? clock.now() : picture.at;
    const view = last ? firstView : shown.view;
    const keyboard = stdin.isTTY && !last ? { keyboard: { keys, onKey } } : {};
    ink.draw(<Screen {...{ picture, ended, view, now, theme }} size={sizeOf(stderr)} {...keyboard} />);
    tick(live && !last && isBusy(picture));
  });
  const onKey = keyReader(shown, options, redraw.soon);
  const tick = ticking(system, redraw);
  /** Draws what is known by now and gives the terminal back. */
  const leave = async () => {
    redraw.now();
    redraw.pause();
    tick(false);
    await ink.leave();
    shown.ended = [];
  };
  stderr.on('resize', redraw.soon);
  return {
    emit(event) {
      shown.picture = fold(shown.picture, event);
      const text = endedBy(event, shown.picture, sizeOf(stderr).width, theme);
      if (text !== undefined) shown.ended.push(text);
      redraw.soon();
    },
    async close() {
      shown.last = true;
      stderr.off('resize', redraw.soon);
      await leave();
    },
    async suspend(act) {
      await leave();
      try {
        return await act();
      } finally {
        redraw.now();
      }
    },
  };
}
