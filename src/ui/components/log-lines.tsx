/** Lines that services printed: below a failing row without their origin, in the pane with it. */
import { Text } from 'ink';
import type { LogLine } from '../../engine/picture.ts';
import { cut } from '../text.ts';
import { paint, symbol, type Theme } from '../theme.ts';

export interface LogLinesProps {
  readonly lines: readonly LogLine[];
  readonly width: number;
  readonly theme: Theme;
  /** Say which service and replica each line is from. */
  readonly origin: boolean;
}

export function LogLines({ lines, width, theme, origin }: LogLinesProps) {
  const rail = symbol(theme, 'rail');
  return lines.map(({ service, replica, line }, at) => {
    const prefix = origin ? `${service}/${replica} ${rail} ` : `  ${rail} `;
    const text = cut(theme, prefix + line, width);
    // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place alone
    return <Text key={at}>{paint(theme, 'dim', text.slice(0, prefix.length)) + text.slice(prefix.length)}</Text>;
  });
}
