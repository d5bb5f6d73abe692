/** A terminal that is emulated in memory, with what has scrolled away: what a person sees of what a renderer writes. */
import { createRequire } from 'node:module';
import { type Watched, watchedSystem } from './terminal.ts';

const require = createRequire(import.meta.url);

export interface Emulator extends Watched {
  /** Everything from the oldest line on, each as it was written, however often the terminal has wrapped it since. */
  lines(): Promise<string[]>;
  /** The rows that can be seen. */
  rows(): Promise<string[]>;
  /** The terminal has another size, and tells so. */
  resizeTo(columns: number, rows: number): Promise<void>;
}

export function emulator(columns: number, rows: number, env: Readonly<Record<string, string>> = {}): Emulator {
  const { Terminal } = require('@xterm/headless') as typeof import('@xterm/headless');
  const { Unicode11Addon } = require('@xterm/addon-unicode11') as typeof import('@xterm/addon-unicode11');
  // A terminal turns line feeds of programs into new lines, which is its driver's work.
  const screen = new Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true, scrollback: 5000 });
  screen.loadAddon(new Unicode11Addon());
  screen.unicode.activeVersion = '11';
  const watched = watchedSystem({ tty: true, env: { TERM: 'xterm-256color', ...env } });
  const { stderr } = watched.system;
  Object.assign(stderr, { columns, rows });
  stderr.on('data', (chunk: Buffer) => screen.write(chunk));
  const written = () => new Promise<void>((resolve) => screen.write('', resolve));
  const buffer = () => screen.buffer.active;
  return {
    ...watched,
    async lines() {
      await written();
      const lines: string[] = [];
      for (let at = 0; at < buffer().length; at += 1) {
        const line = buffer().getLine(at);
        const text = line?.translateToString(false) ?? '';
        if (line?.isWrapped) lines.push((lines.pop() ?? '') + text);
        else lines.push(text);
      }
      return lines.map((line) => line.trimEnd());
    },
    async rows() {
      await written();
      const { baseY } = buffer();
      return Array.from(
        { length: screen.rows },
        (_, row) =>
          buffer()
            .getLine(baseY + row)
            ?.translateToString(true) ?? '',
      );
    },
    async resizeTo(width, height) {
      await written();
      screen.resize(width, height);
      Object.assign(stderr, { columns: width, rows: height });
      stderr.emit('resize');
    },
  };
}
