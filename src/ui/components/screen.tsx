/** The whole screen: what has ended stays above, the table below it is redrawn in place. */
import { Box, Static, Text } from 'ink';
import type { Picture } from '../../engine/picture.ts';
import { frameOf, type Size, type View } from '../frame.ts';
import type { Theme } from '../theme.ts';
import { type Key, keyTitles } from '../view-state.ts';
import { Closing } from './closing.tsx';
import { KeyLine } from './key-line.tsx';
import { Keyboard } from './keyboard.tsx';
import { LogPane } from './log-pane.tsx';
import { Table } from './table.tsx';

export interface ScreenProps {
  readonly picture: Picture;
  /** What has ended, as text, only ever added to. */
  readonly ended: readonly string[];
  readonly view: View;
  readonly size: Size;
  /** Milliseconds since 1970 UTC, for durations that still grow. */
  readonly now: number;
  readonly theme: Theme;
  /** Absent when no keys can be read. */
  readonly keyboard?: { readonly keys: readonly Key[]; readonly onKey: (key: string) => void };
}

export function Screen({ picture, ended, view, size, now, theme, keyboard }: ScreenProps) {
  const frame = frameOf(picture, view, size, now);
  const { width } = size;
  return (
    <>
      <Static items={[...ended]}>{(text, at) => <Text key={at}>{text}</Text>}</Static>
      <Box flexDirection="column" width={width} flexShrink={0}>
        <Table frame={frame} width={width} theme={theme} />
        <LogPane frame={frame} view={view} width={width} theme={theme} />
        <Closing picture={picture} theme={theme} />
        {keyboard && <KeyLine keys={keyTitles(view, keyboard.keys)} theme={theme} />}
      </Box>
      {keyboard && <Keyboard onKey={keyboard.onKey} />}
    </>
  );
}
