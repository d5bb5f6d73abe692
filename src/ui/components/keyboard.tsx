/** Reads keys and what is pasted; draws nothing. */
import { useInput, usePaste } from 'ink';
import { keyOf } from '../wizard/keys.ts';
import type { Key } from '../wizard/state.ts';

export interface KeyboardProps {
  readonly onKey: (key: Key) => void;
  /** Kept apart from keys, so that nothing in it is taken for one. */
  readonly onPaste: (text: string) => void;
}

export function Keyboard({ onKey, onPaste }: KeyboardProps) {
  useInput((input, key) => {
    for (const one of keyOf(input, key)) onKey(one);
  });
  usePaste(onPaste);
  return null;
}
