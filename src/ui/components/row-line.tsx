/** One step or service in one line. */
import { Text } from 'ink';
import { type Cells, type Columns, rowText } from '../rows.ts';
import type { Theme } from '../theme.ts';

export function RowLine({
  cells,
  columns,
  theme,
}: {
  readonly cells: Cells;
  readonly columns: Columns;
  readonly theme: Theme;
}) {
  return <Text wrap="truncate-end">{rowText(cells, columns, theme)}</Text>;
}
