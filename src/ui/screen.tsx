/** The screen on a terminal: folds events, redraws at most twenty times a second, reads keys. Loads Ink. */
import { type Instance, render } from 'ink';
import type { Event } from '../engine/event.ts';
import { emptyPicture, hasEnded, type Picture } from '../engine/picture.ts';
import { fold } from '../engine/progress.ts';
import type { System } from '../system/system.ts';
import { Screen } from './components/screen.tsx';
import { endedBy } from './ended.ts';
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

const framesPerSecond = 20;

/** True while some duration grows. */
function isBusy({ steps, services, end }: Picture): boolean {
  if (!end && steps.some((step) => !hasEnded(step))) return true;
  return services.some(({ state }) => state !== 'ready' && state !== 'stopped' && state !== 'failed');
}

export function openScreen({ system, theme, keys, interrupt, live }: ScreenOptions): OpenScreen {
  const { clock, stderr, stdin } = system;
  const ended: string[] = [];
  let picture = emptyPicture;
  let view = firstView;
  let instance: Instance | undefined;
  let closing = false;
  let suspended = false;
  let cancelDraw: (() => void) | undefined;
  let stopTicking: (() => void) | undefined;

  const size = () => ({ width: Math.min(stderr.columns || 80, 200), height: stderr.rows || 24 });
  const onKey = (key: string) => {
    const intent = intentOf(key);
    const chosen = keys.find((one) => one.key === key);
    if (chosen) chosen.act();
    else if (key === 'q' || key === 'ctrl-c') interrupt();
    else if (intent)
      view = nextView(
        view,
        intent,
        picture.services.map((service) => service.id),
      );
    soon();
  };
  const draw = () => {
    cancelDraw = undefined;
    const now = live && !closing ? clock.now() : picture.at;
    const keyboard = stdin.isTTY && !closing ? { keyboard: { keys, onKey } } : {};
    const shown = closing ? firstView : view;
    const tree = (
      <Screen picture={picture} ended={ended} view={shown} size={size()} now={now} theme={theme} {...keyboard} />
    );
    if (instance) instance.rerender(tree);
    else instance = mount(tree);
    tick();
  };
  const mount = (tree: React.ReactNode) =>
    render(tree, {
      stdout: stderr,
      stderr,
      stdin,
      exitOnCtrlC: false,
      patchConsole: true,
      interactive: true,
      maxFps: framesPerSecond,
      incrementalRendering: true,
    });
  const soon = () => {
    if (!suspended) cancelDraw ??= clock.after(1000 / framesPerSecond, draw);
  };
  const tick = () => {
    const busy = live && !closing && isBusy(picture);
    if (busy) stopTicking ??= clock.every(500, soon);
    else {
      stopTicking?.();
      stopTicking = undefined;
    }
  };
  const unmount = async () => {
    cancelDraw?.();
    draw();
    stopTicking?.();
    stopTicking = undefined;
    const over = instance?.waitUntilExit();
    instance?.unmount();
    await over;
    instance?.cleanup();
    instance = undefined;
  };
  stderr.on('resize', soon);
  return {
    emit(event) {
      picture = fold(picture, event);
      const text = endedBy(event, picture, size().width, theme);
      if (text !== undefined) ended.push(text);
      soon();
    },
    async close() {
      closing = true;
      stderr.off('resize', soon);
      await unmount();
    },
    async suspend(act) {
      await unmount();
      suspended = true;
      ended.length = 0;
      try {
        return await act();
      } finally {
        suspended = false;
        draw();
      }
    },
  };
}
