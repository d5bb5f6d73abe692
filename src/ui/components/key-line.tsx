/** The keys that work now, in one line. */
import { Box, Text } from 'ink';
import { paint, type Theme } from '../theme.ts';

export interface KeyLineProps {
  readonly keys: readonly { readonly key: string; readonly title: string }[];
  readonly theme: Theme;
}

export function KeyLine({ keys, theme }: KeyLineProps) {
  const text = keys.map(({ key, title }) => `${paint(theme, 'strong', key)} ${paint(theme, 'dim', title)}`).join('   ');
  return (
    <Box marginTop={1}>
      <Text wrap="truncate-end">{text}</Text>
    </Box>
  );
}
