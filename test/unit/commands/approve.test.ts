/** What a question before a change is answered with at a terminal, key by key. */
import { expect, test, vi } from 'vitest';
import { askYes } from '../../../src/commands/cloud/approve.ts';
import type { Invocation } from '../../../src/commands/invocation.ts';
import { watchedSystem } from '../../support/terminal.ts';

const ask = (signal = new AbortController().signal) => {
  const watched = watchedSystem({ tty: true });
  const invocation: Invocation = {
    system: watched.system,
    signal,
    force: new AbortController().signal,
    args: [],
    flags: {},
    packageRoot: '',
  };
  const answer = askYes(invocation, 'Promote it?');
  const asked = vi.waitFor(() => expect(watched.stderr()).toContain('Only yes is yes: '), 30_000);
  return { ...watched, answer, asked };
};

test.each([
  ['yes\r', 'yes'],
  [' Yes \r', 'yes'],
  ['y\r', 'no'],
  ['\r', 'no'],
  ['\u0004', 'no'],
  ['\u0003', 'interrupted'],
  ['ye\u0003', 'interrupted'],
] as const)('%j is %s', async (keys, wanted) => {
  const { asked, press, answer } = ask();
  await asked;
  press(keys);
  expect(await answer).toBe(wanted);
});

test('a signal interrupts it', async () => {
  const interrupt = new AbortController();
  const { asked, answer } = ask(interrupt.signal);
  await asked;
  interrupt.abort(new Error('interrupted'));
  expect(await answer).toBe('interrupted');
});
