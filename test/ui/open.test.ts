import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseStream } from '../../src/engine/replay.ts';
import { canDraw, openRenderer } from '../../src/ui/open.ts';
import { badly, middle, timed, well } from '../support/scenes.ts';
import { type Watched, watchedSystem } from '../support/terminal.ts';

const tty = { tty: true, env: { TERM: 'xterm-256color' } };

/** What is on the screen at the end: everything after the last time that the frame was erased or moved over. */
function lastLines(text: string, count: number): string[] {
  return stripVTControlCharacters(text).trimEnd().split('\n').slice(-count);
}

/** Waits until `text` has been written. A redraw writes changed parts of lines only, so it must be a part that is new. */
async function written(text: string, { system, stderr }: Watched): Promise<void> {
  for (let tries = 0; !stripVTControlCharacters(stderr()).includes(text); tries += 1) {
    if (tries > 6000) throw new Error(`${JSON.stringify(text)} was not written`);
    await system.clock.sleep(10);
  }
}

describe('the renderer is chosen', () => {
  const cases: [string, Parameters<typeof watchedSystem>[0], boolean][] = [
    ['a terminal', tty, true],
    ['a pipe', {}, false],
    ['a dumb terminal', { tty: true, env: { TERM: 'dumb' } }, false],
    ['a terminal of CI', { tty: true, env: { CI: 'true' } }, false],
  ];
  test.each(cases)('for %s', async (_, options, screen) => {
    const { system } = watchedSystem(options);
    expect(canDraw(system)).toBe(screen);
    const renderer = await openRenderer({ system, mode: 'auto' });
    expect(renderer.mode).toBe(screen ? 'screen' : 'lines');
    await renderer.close();
  });
});

describe('JSON', () => {
  test('goes to standard output, an event a line, and reads back as it was', async () => {
    const watched = watchedSystem(tty);
    const renderer = await openRenderer({ system: watched.system, mode: 'json' });
    const events = timed(badly);
    for (const event of events) renderer.emit(event);
    await renderer.close();
    expect(parseStream(watched.stdout())).toEqual(events);
    expect(watched.stderr()).toBe('');
  });
});

describe('lines', () => {
  test('go to standard error', async () => {
    const watched = watchedSystem();
    const renderer = await openRenderer({ system: watched.system, mode: 'auto' });
    for (const event of timed(middle)) renderer.emit(event);
    await renderer.close();
    expect(watched.stderr()).toContain('up on process: no container engine answers here\n');
    expect(watched.stdout()).toBe('');
  });
});

describe('the screen', () => {
  test('goes to standard error and leaves its last frame, without keys', async () => {
    const watched = watchedSystem(tty);
    const renderer = await openRenderer({ system: watched.system, mode: 'auto' });
    for (const event of timed(well)) renderer.emit(event);
    await renderer.close();
    expect(lastLines(watched.stderr(), 7)).toEqual([
      '✔ shop/db   ready                     1/1  2.0s',
      '✔ shop/api  ready                     2/2  1.0s  https://shop.localhost:8443/api',
      '',
      'shop  https://shop.localhost:8443',
      '      https://127.0.0.1:8443 with Host: shop.localhost',
      'Up in 14s',
      'The time went to start shop/db 6.0s → shop/api answers 2.0s',
    ]);
    expect(watched.stdout()).toBe('');
  });

  test('draws the same last frame from a saved stream', async () => {
    for (const scene of [well, badly, middle]) {
      const events = timed(scene);
      const ends: string[] = [];
      for (const [live, stream] of [
        [true, events],
        [false, parseStream(events.map((event) => JSON.stringify(event)).join('\n'))],
      ] as const) {
        const watched = watchedSystem(tty);
        const renderer = await openRenderer({ system: watched.system, mode: 'screen', live });
        for (const event of stream) renderer.emit(event);
        await renderer.close();
        ends.push(lastLines(watched.stderr(), 100).join('\n'));
      }
      expect(ends[1]).toBe(ends[0]);
    }
  });

  test('keeps what has ended above: steps, and a failure in full', async () => {
    const watched = watchedSystem(tty);
    const renderer = await openRenderer({ system: watched.system, mode: 'screen' });
    for (const event of timed(badly)) renderer.emit(event);
    await renderer.close();
    const text = stripVTControlCharacters(watched.stderr());
    expect(text.match(/✔ make the certificate of shop +120ms/g)).toHaveLength(1);
    expect(text.match(/error\[step-timeout\] shop\/api answers: not within 4 s/g)).toHaveLength(1);
    expect(text).toContain('fix: Look at its last lines.');
  });

  test('draws no more than twenty times a second, however many lines come', async () => {
    const watched = watchedSystem(tty);
    const renderer = await openRenderer({ system: watched.system, mode: 'screen' });
    for (const event of timed(middle)) renderer.emit(event);
    const { clock } = watched.system;
    const began = clock.monotonic();
    const before = watched.writes.length;
    for (let at = 0; clock.monotonic() - began < 400; at += 1) {
      renderer.emit({
        at: clock.now(),
        type: 'log',
        service: 'shop/api',
        replica: 1,
        stream: 'stdout',
        line: `line ${at}`,
      });
      renderer.emit({ at: clock.now(), type: 'note', id: 'install', why: `package ${at}` });
      if (at % 50 === 0) await clock.sleep(1);
    }
    // Ink frames each redraw with a begin and an end mark of their own.
    expect((watched.writes.length - before) / 3).toBeLessThanOrEqual((clock.monotonic() - began) / 50 + 2);
    await renderer.close();
  });

  test('obeys its keys: q and Ctrl-C interrupt, l opens the logs, others act', async () => {
    const watched = watchedSystem(tty);
    const pressed: string[] = [];
    const renderer = await openRenderer({
      system: watched.system,
      mode: 'screen',
      keys: [{ key: 'o', title: 'open', act: () => pressed.push('open') }],
      interrupt: () => pressed.push('interrupt'),
    });
    for (const event of timed(badly)) renderer.emit(event);
    await written('q stop   o open   l logs', watched);
    for (const key of ['o', 'q', '\u0003', 'x', 'l']) {
      watched.press(key);
      await watched.system.clock.sleep(20);
    }
    await written('logs of all services', watched);
    watched.press('f');
    await written('shop/db ─', watched);
    expect(pressed).toEqual(['open', 'interrupt', 'interrupt']);
    await renderer.close();
  });

  test('follows the width of the terminal', async () => {
    const watched = watchedSystem(tty);
    const renderer = await openRenderer({ system: watched.system, mode: 'screen', live: false });
    for (const event of timed(middle)) renderer.emit(event);
    await written('after: install packages of…', watched);
    watched.resize(120);
    await written('shop/api (and 1 more)', watched);
    await renderer.close();
  });

  test('gives the terminal away and takes it back', async () => {
    const watched = watchedSystem(tty);
    const renderer = await openRenderer({ system: watched.system, mode: 'screen' });
    for (const event of timed(middle)) renderer.emit(event);
    const answer = await renderer.suspend(async () => {
      const before = watched.writes.length;
      renderer.emit({ at: 0, type: 'note', id: 'install', why: 'meanwhile' });
      await watched.system.clock.sleep(100);
      expect(watched.writes.length).toBe(before);
      return 42;
    });
    expect(answer).toBe(42);
    await written('meanwhile', watched);
    await renderer.close();
  });

  test('stays closed when events still come', async () => {
    const watched = watchedSystem(tty);
    const renderer = await openRenderer({ system: watched.system, mode: 'screen' });
    for (const event of timed(middle)) renderer.emit(event);
    await renderer.close();
    const before = watched.writes.length;
    for (const event of timed(well)) renderer.emit(event);
    await watched.system.clock.sleep(80);
    expect(watched.writes.length).toBe(before);
  });

  test('puts what is printed to the console above the table', async () => {
    const watched = watchedSystem(tty);
    const renderer = await openRenderer({ system: watched.system, mode: 'screen' });
    for (const event of timed(middle)) renderer.emit(event);
    await written('shop/db', watched);
    console.log('from a library');
    await renderer.close();
    const text = stripVTControlCharacters(watched.stderr());
    expect(text).toContain('from a library\n');
    expect(lastLines(text, 1)[0]).toMatch(/^● shop\/db/);
  });

  test('uses no colour when NO_COLOR is set', async () => {
    const watched = watchedSystem({ tty: true, env: { ...tty.env, NO_COLOR: '1' } });
    const renderer = await openRenderer({ system: watched.system, mode: 'screen' });
    for (const event of timed(well)) renderer.emit(event);
    await renderer.close();
    expect(watched.stderr()).not.toContain('\u001b[32m');
  });
});
