/** Reads keys; draws nothing. */
import { useInput } from 'ink';

export interface KeyboardProps {
  /** Called with a printable key, or with `ctrl-c`. */
  readonly onKey: (key: string) => void;
}

export function Keyboard({ onKey }: KeyboardProps) {
  useInput((input, { ctrl, meta }) => {
    if (ctrl) {
      if (input === 'c') onKey('ctrl-c');
    } else if (!meta && input !== '') onKey(input);
  });
  return null;
}
