/** The screen on a terminal: folds events, redraws at most twenty times a second, reads keys. Loads Ink. */
import { clean } from '../engine/clean.ts';
import type { Event } from '../engine/event.ts';
import { emptyPicture, hasEnded, type Picture } from '../engine/picture.ts';
import { fold } from '../engine/progress.ts';
import type { System } from '../system/system.ts';
import { openCanvas } from './canvas.tsx';
import type { KeyboardProps } from './components/keyboard.tsx';
import { endedBy } from './ended.ts';
import type { View } from './frame.ts';
import { type Paced, paced } from './pace.ts';
import { screenLines } from './screen-lines.ts';
import type { Theme } from './theme.ts';
import { firstView, type Key, nextView } from './view-state.ts';
import type { Key as Pressed } from './wizard/state.ts';

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

/** What keys and pasted texts do. */
function keyboardOf(shown: Shown, { keys, interrupt }: ScreenOptions, changed: () => void): KeyboardProps {
  const look = (key: Pressed) => {
    const services = shown.picture.services.map((service) => service.id);
    const next = nextView(shown.view, key, services);
    if (next === shown.view) return;
    shown.view = next;
    changed();
  };
  const typed = (text: string) => {
    const chosen = shown.view.typing ? undefined : keys.find((one) => one.key === text);
    if (chosen) chosen.act();
    else if (text === 'q' && !shown.view.typing) interrupt();
    else look({ name: 'text', text });
  };
  return {
    onKey(key) {
      if (key.name === 'interrupt') interrupt();
      else if (key.name !== 'text') look(key);
      // A quick typist's keys may come in one go.
      else for (const text of key.text) typed(text);
    },
    onPaste(text) {
      if (shown.view.typing) look({ name: 'text', text: clean(text).replaceAll(/\s+/g, ' ') });
    },
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
  const canvas = openCanvas(system);
  const redraw = paced(clock, 1000 / framesPerSecond, () => {
    const { picture, ended, last } = shown;
    const now = live && !last ? clock.now() : picture.at;
    const view = last ? firstView : shown.view;
    const hears = stdin.isTTY && !last;
    const size = sizeOf(stderr);
    const lines = screenLines({ picture, view, now, theme, size, ...(hears && { keys }) });
    canvas.draw({ ended, lines, width: size.width, ...(hears && { keyboard: pressed }) });
    tick(live && !last && isBusy(picture));
  });
  const pressed = keyboardOf(shown, options, redraw.soon);
  const tick = ticking(system, redraw);
  /** Draws what is known by now and gives the terminal back. */
  const leave = async () => {
    redraw.now();
    redraw.pause();
    tick(false);
    await canvas.leave();
    shown.ended = [];
  };
  stderr.on('resize', redraw.soon);
  return {
    emit(event) {
      shown.picture = fold(shown.picture, event);
      const text = endedBy(event, shown.picture, sizeOf(stderr).width, theme, system.cwd);
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
