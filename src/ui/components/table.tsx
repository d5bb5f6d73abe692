/** All rows; a failing one with its own last log lines below it. */
import { Box, Text } from 'ink';
import type { Frame } from '../frame.ts';
import { paint, symbol, type Theme } from '../theme.ts';
import { LogLines } from './log-lines.tsx';
import { RowLine } from './row-line.tsx';

export function Table({
  frame,
  width,
  theme,
}: {
  readonly frame: Frame;
  readonly width: number;
  readonly theme: Theme;
}) {
  return (
    <Box flexDirection="column">
      {frame.rows.map(({ cells, log }) => (
        <Box key={cells.id} flexDirection="column">
          <RowLine cells={cells} columns={frame.columns} theme={theme} />
          <LogLines lines={log} width={width} theme={theme} origin={false} />
        </Box>
      ))}
      {frame.hidden > 0 && <Text>{paint(theme, 'dim', `${symbol(theme, 'ellipsis')} and ${frame.hidden} more`)}</Text>}
    </Box>
  );
}
