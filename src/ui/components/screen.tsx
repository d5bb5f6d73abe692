/** The whole screen: what has ended stays above, the frame below it is redrawn in place. */
import { Box, Static, Text } from 'ink';
import { Keyboard, type KeyboardProps } from './keyboard.tsx';

export interface ScreenProps {
  /** What has ended, as text, only ever added to. */
  readonly ended: readonly string[];
  /** Of the frame; none is wider than the terminal. */
  readonly lines: readonly string[];
  /** Columns of the terminal. */
  readonly width: number;
  /** Another number has the frame drawn whole, as after its place was cleared. */
  readonly drawn: number;
  /** Absent when no keys can be read. */
  readonly keyboard?: KeyboardProps;
}

export function Screen({ ended, lines, width, drawn, keyboard }: ScreenProps) {
  return (
    <>
      <Static items={[...ended]}>{(text, at) => <Text key={at}>{text}</Text>}</Static>
      <Box key={drawn} flexDirection="column" width={width} flexShrink={0}>
        {lines.map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place alone
          <Text key={at} wrap="truncate-end">
            {line === '' ? ' ' : line}
          </Text>
        ))}
      </Box>
      {keyboard && <Keyboard {...keyboard} />}
    </>
  );
}
