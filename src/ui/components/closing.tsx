/** Below the table: addresses and how the run ended. */
import { Box, Text } from 'ink';
import type { Picture } from '../../engine/picture.ts';
import { mostAddresses } from '../frame.ts';
import { addressLines, summary } from '../summary.ts';
import { linked, type Theme } from '../theme.ts';

export function Closing({ picture, theme }: { readonly picture: Picture; readonly theme: Theme }) {
  const addresses = picture.addresses
    .slice(0, mostAddresses)
    .flatMap((address) => addressLines(address, theme, (url) => linked(theme, url, url)));
  const lines = [...addresses, ...summary(picture, theme)];
  if (lines.length === 0) return null;
  return (
    <Box flexDirection="column" marginTop={1}>
      {lines.map((line) => (
        <Text key={line} wrap="truncate-end">
          {line}
        </Text>
      ))}
    </Box>
  );
}
