import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { counted, duration, growing, size } from '../../src/ui/figures.ts';
import { markOf, plainTheme, type State, themeOf } from '../../src/ui/theme.ts';

const on = (env: Record<string, string>, isTTY = true, platform: NodeJS.Platform = 'linux') =>
  themeOf({ env, platform }, { isTTY });

describe('colours', () => {
  const cases: [string, Record<string, string>, boolean, boolean][] = [
    ['on a terminal', {}, true, true],
    ['not in a pipe', {}, false, false],
    ['not with NO_COLOR', { NO_COLOR: '1' }, true, false],
    ['with an empty NO_COLOR', { NO_COLOR: '' }, true, true],
    ['not on a dumb terminal', { TERM: 'dumb' }, true, false],
    ['in a pipe with FORCE_COLOR', { FORCE_COLOR: '1', NO_COLOR: '1' }, false, true],
    ['not with FORCE_COLOR=0', { FORCE_COLOR: '0' }, true, false],
  ];
  test.each(cases)('%s', (_, env, tty, expected) => expect(on(env, tty).color).toBe(expected));
});

describe('marks beyond ASCII', () => {
  const cases: [string, Record<string, string>, NodeJS.Platform, boolean][] = [
    ['where no locale says otherwise', {}, 'linux', true],
    ['in a UTF-8 locale', { LC_ALL: 'en_US.UTF-8' }, 'linux', true],
    ['not in another', { LC_ALL: 'C', LANG: 'en_US.UTF-8' }, 'linux', false],
    ['not on a dumb terminal', { TERM: 'dumb' }, 'linux', false],
    ['not on the Linux console', { TERM: 'linux' }, 'linux', false],
    ['in Windows Terminal', { WT_SESSION: 'x' }, 'win32', true],
    ['not in the old Windows console', {}, 'win32', false],
  ];
  test.each(cases)('%s', (_, env, platform, expected) => expect(on(env, true, platform).unicode).toBe(expected));
});

describe('links', () => {
  const cases: [string, Record<string, string>, boolean, boolean][] = [
    ['not in an unknown terminal', { TERM: 'xterm-256color' }, true, false],
    ['in iTerm', { TERM_PROGRAM: 'iTerm.app' }, true, true],
    ['in kitty', { TERM: 'xterm-kitty' }, true, true],
    ['in GNOME Terminal', { VTE_VERSION: '7600' }, true, true],
    ['not in an old one', { VTE_VERSION: '4400' }, true, false],
    ['not through tmux', { TERM_PROGRAM: 'iTerm.app', TMUX: 'x' }, true, false],
    ['not in a pipe', { TERM_PROGRAM: 'iTerm.app' }, false, false],
    ['when forced', { FORCE_HYPERLINK: '1' }, false, true],
  ];
  test.each(cases)('%s', (_, env, tty, expected) => expect(on(env, tty).links).toBe(expected));
});

test('every mark is one column wide, and ASCII without Unicode', () => {
  const states: State[] = [
    'pending',
    'running',
    'unchanged',
    'done',
    'failed',
    'skipped',
    'aborted',
    'waiting',
    'installing',
    'starting',
    'ready',
    'rolling',
    'restarting',
    'stopping',
    'stopped',
  ];
  for (const state of states) {
    expect(stringWidth(markOf({ ...plainTheme, unicode: true }, state).mark)).toBe(1);
    expect(markOf(plainTheme, state).mark).toMatch(/^[!-~]$/);
  }
});

test('durations are short and never jump between units', () => {
  const said = [0, 12, 999.6, 1000, 9949, 9950, 59_400, 59_900, 61_000, 3_599_900, 3_600_000, 7_320_000].map(duration);
  expect(said).toEqual([
    '0ms',
    '12ms',
    '1.0s',
    '1.0s',
    '9.9s',
    '10s',
    '59s',
    '1m 00s',
    '1m 01s',
    '1h 00m',
    '1h 00m',
    '2h 02m',
  ]);
  expect([0, 999, 1000, 9999, 59_999, 60_000].map(growing)).toEqual(['', '', '1s', '9s', '59s', '1m 00s']);
});

test('sizes and counts', () => {
  expect([0, 512, 1500, 14_000_000, 999_950, 2.5e12].map(size)).toEqual([
    '0 B',
    '512 B',
    '1.5 kB',
    '14.0 MB',
    '1.0 MB',
    '2.5 TB',
  ]);
  expect(counted({ done: 3, total: 9, unit: 'items' })).toBe('3 of 9');
  expect(counted({ done: 1500, unit: 'bytes' })).toBe('1.5 kB');
});
