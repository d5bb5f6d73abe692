/** Keys to intents to what the user sees. Pure. */
import type { View } from './frame.ts';

export type Intent = 'toggle-logs' | 'next-filter';

/** A key that does something outside of the screen, such as opening the browser. */
export interface Key {
  readonly key: string;
  readonly title: string;
  act(): void;
}

export const firstView: View = { logs: false };

/** The view after `intent`; the filter goes round through all services and back to none. */
export function nextView(view: View, intent: Intent, services: readonly string[]): View {
  if (intent === 'toggle-logs') return { ...view, logs: !view.logs };
  const at = view.filter === undefined ? -1 : services.indexOf(view.filter);
  const filter = services[at + 1];
  return filter === undefined ? { logs: true } : { logs: true, filter };
}

export function intentOf(input: string): Intent | undefined {
  if (input === 'l') return 'toggle-logs';
  return input === 'f' ? 'next-filter' : undefined;
}

/** What the line of keys says: only keys that work now. */
export function keyTitles(
  view: View,
  keys: readonly Key[],
): readonly { readonly key: string; readonly title: string }[] {
  return [
    { key: 'q', title: 'stop' },
    ...keys,
    { key: 'l', title: view.logs ? 'hide logs' : 'logs' },
    ...(view.logs ? [{ key: 'f', title: `filter: ${view.filter ?? 'all'}` }] : []),
  ];
}
