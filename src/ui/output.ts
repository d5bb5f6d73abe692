/** Writing to a stream that may be read slowly or closed by its reader, in bounded memory. */
import type { Writable } from 'node:stream';

export interface Output {
  /** Writes text; when too much waits to be read, text that is `droppable` is left out and counted. */
  write(text: string, droppable?: boolean): void;
  /** Resolves when everything has been handed on, or when the reader is gone. */
  flush(): Promise<void>;
}

/** Bytes that may wait for a slow reader before log lines are left out. */
const most = 4 * 1024 * 1024;

/** An Output to `stream`; `lost` is the text that stands for so many droppable texts left out. */
export function openOutput(stream: Writable, lost: (count: number) => string): Output {
  let dropped = 0;
  const settle = () => {
    if (dropped === 0) return;
    stream.write(lost(dropped));
    dropped = 0;
  };
  return {
    write(text, droppable = false) {
      if (stream.destroyed) return;
      if (droppable && stream.writableLength > most) {
        dropped += 1;
        return;
      }
      settle();
      stream.write(text);
    },
    flush: () =>
      new Promise((resolve) => {
        if (stream.destroyed) return resolve();
        settle();
        stream.write('', () => resolve());
      }),
  };
}
