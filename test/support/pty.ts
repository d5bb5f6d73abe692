/** A program in a real pseudo-terminal, and the screen as a person would see it. */
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

interface Pty {
  readonly onData: (act: (text: string) => void) => void;
  readonly onExit: (act: (end: { exitCode: number }) => void) => void;
  write(text: string): void;
  resize(columns: number, rows: number): void;
  kill(): void;
}

const require = createRequire(import.meta.url);

/** Why there is no pseudo-terminal here; undefined where there is one. */
export const noPty: string | undefined = (() => {
  try {
    require('@lydell/node-pty');
    return undefined;
  } catch (error) {
    return `no pseudo-terminal on this system: ${(error as Error).message.split('\n')[0]}`;
  }
})();

export interface Terminal {
  /** The lines of the screen, without spaces at their ends. */
  screen(): string[];
  text(): string;
  type(keys: string): void;
  paste(text: string): void;
  resize(columns: number, rows: number): void;
  /** Waits until the screen has the text; throws with the screen when it does not come. */
  sees(wanted: string | RegExp, seconds?: number): Promise<void>;
  /** Waits until the program has ended. */
  ended(seconds?: number): Promise<number>;
  /** Everything that was written, with its control sequences. */
  readonly raw: () => string;
  /** Ends the program, and waits until it is gone. */
  close(): Promise<void>;
}

export interface TerminalOptions {
  readonly cwd: string;
  readonly columns?: number;
  readonly rows?: number;
  readonly env?: Readonly<Record<string, string>>;
}

export const keys = {
  enter: '\r',
  escape: '\u001b',
  up: '\u001b[A',
  down: '\u001b[B',
  tab: '\t',
  interrupt: '\u0003',
  clear: '\u0015',
  backspace: '\u007f',
} as const;

export function openTerminal(
  argv: readonly string[],
  { cwd, columns = 80, rows = 24, env = {} }: TerminalOptions,
): Terminal {
  const { spawn } = require('@lydell/node-pty') as {
    spawn: (file: string, args: readonly string[], options: object) => Pty;
  };
  const { Terminal: Screen } = require('@xterm/headless') as typeof import('@xterm/headless');
  const { Unicode11Addon } = require('@xterm/addon-unicode11') as typeof import('@xterm/addon-unicode11');
  const screen = new Screen({ cols: columns, rows, allowProposedApi: true });
  screen.loadAddon(new Unicode11Addon());
  screen.unicode.activeVersion = '11';
  const [file = '', ...args] = argv;
  const { CI: _, NO_COLOR: __, FORCE_COLOR: ___, ...own } = process.env;
  const pty = spawn(file, args, {
    name: env.TERM ?? 'xterm-256color',
    cols: columns,
    rows,
    cwd,
    env: { ...own, TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env },
  });
  let [raw, code] = ['', undefined as number | undefined];
  pty.onData((text) => {
    raw += text;
    screen.write(text);
  });
  pty.onExit(({ exitCode }) => {
    code = exitCode;
  });
  const lines = () => {
    const { active } = screen.buffer;
    return Array.from(
      { length: screen.rows },
      (_, row) => active.getLine(active.baseY + row)?.translateToString(true, 0, screen.cols) ?? '',
    );
  };
  const until = async <T>(seconds: number, what: string, ask: () => T | undefined): Promise<T> => {
    const deadline = performance.now() + seconds * 1000;
    for (;;) {
      const found = ask();
      if (found !== undefined) return found;
      if (performance.now() > deadline)
        throw new Error(`${what} did not come in ${seconds} s. The screen:\n${lines().join('\n')}`);
      await sleep(10);
    }
  };
  return {
    screen: lines,
    text: () => lines().join('\n').trimEnd(),
    raw: () => raw,
    type: (text) => pty.write(text),
    paste: (text) => pty.write(`\u001b[200~${text}\u001b[201~`),
    resize: (width, height) => {
      screen.resize(width, height);
      pty.resize(width, height);
    },
    sees: async (wanted, seconds = 90) => {
      await until(seconds, String(wanted), () => {
        const text = lines().join('\n');
        return (typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)) || undefined;
      });
    },
    ended: (seconds = 90) => until(seconds, 'the end', () => code),
    close: async () => {
      if (code === undefined) pty.kill();
      await until(90, 'the end', () => code);
    },
  };
}
