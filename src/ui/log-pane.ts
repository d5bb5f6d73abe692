/** Lines that services printed: below a failing row, and in the pane with its head. Pure. */
import type { LogLine } from '../engine/picture.ts';
import type { Frame, View } from './frame.ts';
import { cut, widthOf } from './text.ts';
import { paint, symbol, type Theme } from './theme.ts';

/** With `origin` each says which service and replica it is from. */
export function logLines(lines: readonly LogLine[], width: number, theme: Theme, origin: boolean): readonly string[] {
  const rail = symbol(theme, 'rail');
  return lines.map(({ service, replica, line }) => {
    const prefix = origin ? `${service}/${replica} ${rail} ` : `  ${rail} `;
    const text = cut(theme, prefix + line, width);
    return paint(theme, 'dim', text.slice(0, prefix.length)) + text.slice(prefix.length);
  });
}

/** The last lines of all services, or of those that are asked for, below a head that says whose; none without room. */
export function paneLines(frame: Frame, view: View, width: number, theme: Theme): readonly string[] {
  if (frame.pane === 0) return [];
  const none = view.filter ? `  no line has "${view.filter}"` : '  no lines yet';
  const isEmpty = frame.log.length === 0 && frame.pane > 1;
  return [
    headOf(frame, view, width, theme),
    ...(isEmpty ? [paint(theme, 'dim', cut(theme, none, width))] : []),
    ...logLines(frame.log, width, theme, view.service === undefined),
  ];
}

/** Least columns for what is typed; where there are fewer, the service is not named. */
const leastTyped = 16;

function headOf({ matches }: Frame, { service, filter, typing }: View, width: number, theme: Theme): string {
  const rule = symbol(theme, 'rule');
  const whose = `logs of ${service ?? 'all services'}`;
  if (filter === undefined) return paint(theme, 'dim', ruled(`${rule}${rule} ${whose} `, rule, width, theme));
  const count = typing ? '' : `, ${matches === 1 ? '1 line' : `${matches} lines`}`;
  const long = `${rule}${rule} ${whose}, filter: `;
  const begin = widthOf(long) + widthOf(count) + leastTyped <= width ? long : `${rule}${rule} filter: `;
  // Of a long text the end is shown, where it is typed.
  const typed = cut(theme, filter, width - widthOf(begin) - widthOf(count) - 2, 'start');
  const cursor = typing ? paint(theme, 'busy', '_') : '';
  const rest = width - widthOf(begin + typed + count) - (typing ? 1 : 0) - 1;
  const end = `${count} ${rule.repeat(Math.max(0, rest))}`;
  return paint(theme, 'dim', begin) + paint(theme, 'strong', typed) + cursor + paint(theme, 'dim', end);
}

const ruled = (title: string, rule: string, width: number, theme: Theme): string =>
  cut(theme, title + rule.repeat(Math.max(0, width - widthOf(title))), width);
