/** What keys do to the view: the logs pane, whose lines it shows, and the text they must hold. */
import { expect, test } from 'vitest';
import type { View } from '../../src/ui/frame.ts';
import { firstView, nextView } from '../../src/ui/view-state.ts';
import type { Key, KeyName } from '../../src/ui/wizard/state.ts';

/** The view after keys: `<name>` is a named one, anything else is typed. */
function after(keys: string, view: View = firstView): View {
  const pressed = [...keys.matchAll(/<([a-z-]+)>|./gu)].map(
    ([text, name]): Key => (name === undefined ? { name: 'text', text } : { name: name as KeyName }),
  );
  return pressed.reduce((now, key) => nextView(now, key, ['shop/api', 'shop/db']), view);
}

test.each<[string, View]>([
  ['l', { logs: true }],
  ['ll', { logs: false }],
  ['f', { logs: true, service: 'shop/api' }],
  ['ff', { logs: true, service: 'shop/db' }],
  ['fff', { logs: true }],
  ['/', { logs: true, filter: '', typing: true }],
  ['/lf/q', { logs: true, filter: 'lf/q', typing: true }],
  ['/Größe😀<backspace>', { logs: true, filter: 'Größe', typing: true }],
  ['/wrong<clear>right<enter>', { logs: true, filter: 'right' }],
  ['/err<enter>', { logs: true, filter: 'err' }],
  ['/err<enter>/or<enter>', { logs: true, filter: 'error' }],
  ['/err<enter>f', { logs: true, service: 'shop/api', filter: 'err' }],
  ['/err<enter>l', { logs: false, filter: 'err' }],
  ['/err<escape>', { logs: true }],
  ['/err<enter><escape>', { logs: true }],
  ['/<enter>', { logs: true }],
  ['f/err<enter><escape>', { logs: true, service: 'shop/api' }],
])('%s', (keys, view) => {
  expect(after(keys)).toEqual(view);
});

test('a key that does nothing gives the same view, so that nothing is drawn', () => {
  const view = after('/err<enter>');
  for (const key of ['x', '<enter>', '<up>', '<backspace>']) expect(after(key, view)).toBe(view);
  expect(after('<escape>')).toBe(firstView);
});
