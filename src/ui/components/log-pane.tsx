/** The last lines of all services, or of the one that is filtered for. */
import { Box, Text } from 'ink';
import type { Frame, View } from '../frame.ts';
import { paint, symbol, type Theme } from '../theme.ts';
import { LogLines } from './log-lines.tsx';

export interface LogPaneProps {
  readonly frame: Frame;
  readonly view: View;
  readonly width: number;
  readonly theme: Theme;
}

export function LogPane({ frame, view, width, theme }: LogPaneProps) {
  if (!frame.pane) return null;
  const title = `${symbol(theme, 'rule').repeat(2)} logs of ${view.filter ?? 'all services'} `;
  return (
    <Box flexDirection="column">
      <Text>{paint(theme, 'dim', title.padEnd(width, symbol(theme, 'rule')).slice(0, width))}</Text>
      {frame.log.length === 0 && <Text>{paint(theme, 'dim', '  no lines yet')}</Text>}
      <LogLines lines={frame.log} width={width} theme={theme} origin={view.filter === undefined} />
    </Box>
  );
}
