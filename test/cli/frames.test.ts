/** What a terminal shows of the screen while it is drawn, typed at and resized: always what ended, then one frame, and no flicker. */
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/engine/event.ts';
import type { Picture } from '../../src/engine/picture.ts';
import { fold, foldAll } from '../../src/engine/progress.ts';
import { reflows, rowsOf } from '../../src/ui/canvas.tsx';
import type { View } from '../../src/ui/frame.ts';
import { openRenderer } from '../../src/ui/open.ts';
import { screenLines } from '../../src/ui/screen-lines.ts';
import { plainTheme } from '../../src/ui/theme.ts';
import { type Emulator, emulator } from '../support/emulator.ts';
import { badly, middle, timed, well } from '../support/scenes.ts';

const theme = { ...plainTheme, unicode: true };
const ended = ['up on process: no container engine answers here', '✔ make the certificate of shop'];

/** A frame alone. */
function frameOf(picture: Picture, view: View, width: number, height: number): string[] {
  return [...screenLines({ picture, view, size: { width, height }, now: picture.at, theme, keys: [] })];
}

const pictureOf = (said: typeof middle): Picture => foldAll(timed(said));
const table: View = { logs: false };

/** Waits until the terminal's last lines are `frame`; compares when they never are. */
async function shows(screen: Emulator, frame: readonly string[]): Promise<void> {
  const last = async () => (await screen.lines()).join('\n').trimEnd().split('\n').slice(-frame.length);
  await expect.poll(last, { timeout: 90_000, interval: 5 }).toEqual(frame);
}

async function drawn(said: typeof middle, columns: number, rows: number) {
  const screen = emulator(columns, rows, { NO_COLOR: '1' });
  const renderer = await openRenderer({ system: screen.system, mode: 'screen', live: false, interrupt: () => {} });
  for (const event of timed(said)) renderer.emit(event);
  await shows(screen, frameOf(pictureOf(said), table, columns, rows));
  return { screen, renderer };
}

describe('resized in the middle', { timeout: 120_000 }, () => {
  test.each([
    ['a run', middle, 40],
    ['a run with logs and a filter', badly, 46],
  ])('%s stands once, whatever the sizes', async (_, said, rows) => {
    const { screen, renderer } = await drawn(said, 100, rows);
    const view: View = said === badly ? { logs: true, filter: 'e' } : { logs: false };
    if (said === badly) {
      for (const key of ['/', 'e', '\r']) screen.press(key);
      await shows(screen, frameOf(pictureOf(said), view, 100, rows));
    }
    const sizes = [40, 200, 41, 120, 57, 80, 79, 40, 133];
    for (const width of sizes) {
      await screen.resizeTo(width, rows);
      const frame = frameOf(pictureOf(said), view, width, rows);
      await shows(screen, frame);
      const all = (await screen.lines()).join('\n').trimEnd().split('\n');
      const above = all.slice(0, -frame.length).map((line) => line.replace(/ +\S+ms$/, ''));
      expect(above.slice(0, 2)).toEqual(ended);
      for (const line of frame.filter((one) => one.trim() !== '')) expect(above).not.toContain(line);
      expect(all.filter((line) => line.startsWith('q stop'))).toHaveLength(1);
    }
    await renderer.close();
  });

  test('lower and lower, it fits in what can be seen', async () => {
    const { screen, renderer } = await drawn(well, 80, 30);
    for (const [width, height] of [
      [80, 16],
      [60, 12],
      [40, 12],
      [100, 30],
    ] as const) {
      await screen.resizeTo(width, height);
      await shows(screen, frameOf(pictureOf(well), table, width, height));
      const seen = (await screen.rows()).filter((row) => row.startsWith('q stop'));
      expect(seen).toHaveLength(1);
    }
    await renderer.close();
  });

  test('rows that a narrower terminal makes of a line are counted as it counts them', () => {
    expect(rowsOf(['x'.repeat(80), 'x'.repeat(40), '', 'x'.repeat(41)], 40)).toBe(2 + 1 + 1 + 2);
    expect(rowsOf(['資料庫沒有回應'], 7)).toBe(3);
    expect(rowsOf(['\u001b[2mlogs of all\u001b[22m'], 11)).toBe(1);
    expect(reflows({ TERM: 'xterm-256color' })).toBe(true);
    expect(reflows({ TERM: 'xterm-256color', XTERM_VERSION: 'XTerm(390)' })).toBe(false);
    expect(reflows({ TERM: 'linux' })).toBe(false);
  });
});

describe('no flicker', { timeout: 120_000 }, () => {
  const begin = '\u001b[?2026h';
  const end = '\u001b[?2026l';

  test('a frame goes out in one write that terminals take as one change, and erases no more than its own lines', async () => {
    const { screen, renderer } = await drawn(middle, 80, 30);
    for (const event of timed(badly).slice(middle.length)) renderer.emit(event);
    await shows(screen, frameOf(pictureOf(badly), table, 80, 30));
    await screen.resizeTo(60, 30);
    await shows(screen, frameOf(pictureOf(badly), table, 60, 30));
    const frames = screen.writes.filter((text) => stripVTControlCharacters(text).trim() !== '');
    expect(frames.length).toBeGreaterThanOrEqual(3);
    for (const frame of frames) {
      expect(frame.split(begin).length).toBe(frame.split(end).length);
      expect(frame.lastIndexOf(end)).toBeGreaterThan(frame.lastIndexOf('\n'));
    }
    // The whole screen, and what has scrolled away, are never erased.
    for (const whole of ['\u001b[2J', '\u001b[3J']) expect(screen.stderr()).not.toContain(whole);
    await renderer.close();
  });

  test('what did not change is not written again', async () => {
    const { screen, renderer } = await drawn(middle, 80, 30);
    const before = screen.writes.length;
    const { at } = pictureOf(middle);
    const note = (why: string): Event => ({ type: 'note', id: 'install', why, at });
    renderer.emit(note('npm run build'));
    await shows(screen, frameOf(fold(pictureOf(middle), note('npm run build')), table, 80, 30));
    const text = screen.writes.slice(before).join('');
    expect(text).toContain('run build');
    for (const other of ['shop/api answers', 'start shop/db', 'q stop']) expect(text).not.toContain(other);
    // The same again is nothing to draw.
    const after = screen.writes.length;
    renderer.emit(note('npm run build'));
    renderer.emit(note('npm test'));
    await shows(screen, frameOf(fold(pictureOf(middle), note('npm test')), table, 80, 30));
    expect(screen.writes.length - after).toBe(1);
    await renderer.close();
  });
});
