/** Keys to what the user sees. Pure. */
import type { View } from './frame.ts';
import { charactersOf, type Key as Pressed } from './wizard/state.ts';

/** A key that does something outside of the screen, such as opening the browser. */
export interface Key {
  readonly key: string;
  readonly title: string;
  act(): void;
}

export const firstView: View = { logs: false };

function without(view: View, ...names: readonly (keyof View)[]): View {
  const kept = Object.entries(view).filter(([name]) => !names.some((one) => one === name));
  return { logs: view.logs, ...Object.fromEntries(kept) };
}

/** The view after a key; the same view when the key does nothing to it. */
export function nextView(view: View, key: Pressed, services: readonly string[]): View {
  if (view.typing) return whileTyping(view, key);
  if (key.name === 'escape') return view.filter === undefined ? view : without(view, 'filter');
  if (key.name !== 'text') return view;
  if (key.text === 'l') return { ...view, logs: !view.logs };
  if (key.text === '/') return { ...view, logs: true, typing: true, filter: view.filter ?? '' };
  return key.text === 'f' ? nextService(view, services) : view;
}

/** Round through all services and back to all of them at once. */
function nextService(view: View, services: readonly string[]): View {
  const at = view.service === undefined ? -1 : services.indexOf(view.service);
  const service = services[at + 1];
  return { ...without(view, 'service'), logs: true, ...(service !== undefined && { service }) };
}

function whileTyping(view: View, key: Pressed): View {
  const { filter = '' } = view;
  switch (key.name) {
    case 'text':
      return { ...view, filter: filter + key.text };
    case 'backspace':
    case 'delete':
      return { ...view, filter: charactersOf(filter).slice(0, -1).join('') };
    case 'clear':
      return { ...view, filter: '' };
    case 'enter':
      return without(view, 'typing', ...(filter === '' ? (['filter'] as const) : []));
    case 'escape':
      return without(view, 'typing', 'filter');
    default:
      return view;
  }
}

/** What the line of keys says: only keys that work now. */
export function keyTitles(
  view: View,
  keys: readonly Key[],
): readonly { readonly key: string; readonly title: string }[] {
  if (view.typing) {
    return [
      { key: 'Enter', title: 'keep' },
      { key: 'Esc', title: 'clear' },
      { key: 'Ctrl-C', title: 'stop' },
    ];
  }
  return [
    { key: 'q', title: 'stop' },
    ...keys,
    { key: 'l', title: view.logs ? 'hide logs' : 'logs' },
    ...(view.logs ? [{ key: 'f', title: `service: ${view.service ?? 'all'}` }] : []),
    { key: '/', title: 'filter' },
    ...(view.filter === undefined ? [] : [{ key: 'Esc', title: 'clear filter' }]),
  ];
}
