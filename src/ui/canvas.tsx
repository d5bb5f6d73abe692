/** Ink on a terminal: each frame goes out in one piece, and a frame of another size takes the place of all that is left of the last. */
import { stripVTControlCharacters } from 'node:util';
import { type Instance, render } from 'ink';
import type { System } from '../system/system.ts';
import { Screen, type ScreenProps } from './components/screen.tsx';
import { pieces } from './graph/words.ts';
import { widthOf } from './text.ts';

type Frame = Omit<ScreenProps, 'drawn'>;

export interface Canvas {
  /** Draws a frame; the first one takes the terminal. */
  draw(frame: Frame): void;
  /** Leaves the last frame, and gives the terminal back. */
  leave(): Promise<void>;
}

/** What terminals take as one change of the screen; those that do not know the marks take no notice of them. */
const together = { begin: '\u001b[?2026h', end: '\u001b[?2026l' } as const;
const eraseBelow = '\u001b[J';
const up = (rows: number): string => (rows > 0 ? `\u001b[${rows}A` : '');

/** False where a terminal that becomes narrower cuts its lines, instead of going on with them in the next row. */
export function reflows({ XTERM_VERSION, STY, TERM, TMUX }: System['env']): boolean {
  return XTERM_VERSION === undefined && STY === undefined && (TMUX !== undefined || TERM !== 'linux');
}

/** How many rows `lines` take in a terminal that has become so wide after they were written. */
export function rowsOf(lines: readonly string[], columns: number): number {
  const rows = (line: string) =>
    widthOf(line) <= columns ? 1 : pieces(stripVTControlCharacters(line), columns, widthOf).length;
  return lines.reduce((sum, line) => sum + rows(line), 0);
}

export function openCanvas({ stdin, stderr, env }: Pick<System, 'stdin' | 'stderr' | 'env'>): Canvas {
  const { stream, inOnePiece } = gathered(stderr);
  let instance: Instance | undefined;
  let last: { readonly lines: readonly string[]; readonly columns: number; readonly rows: number } | undefined;
  let drawn = 0;
  /** Ink counts lines as they were written, and would leave behind what has been wrapped since. */
  const clear = () => {
    if (last === undefined || instance === undefined) return;
    if (last.columns === stderr.columns && last.rows === stderr.rows) return;
    const wrapped = reflows(env) ? rowsOf(last.lines, stderr.columns) - last.lines.length : 0;
    instance.clear();
    stream.write(up(wrapped) + eraseBelow);
    drawn += 1;
  };
  const ours = {
    ...{ stdout: stream, stderr: stream, stdin },
    ...{ exitOnCtrlC: false, patchConsole: true, interactive: true, incrementalRendering: true },
    // Who calls keeps the pace; a frame that Ink kept back would come after its place was cleared.
    maxFps: 1000,
  };
  return {
    draw(frame) {
      inOnePiece(() => {
        clear();
        const tree = <Screen {...frame} drawn={drawn} />;
        if (instance) instance.rerender(tree);
        else instance = render(tree, ours);
      });
      last = { lines: frame.lines, columns: stderr.columns, rows: stderr.rows };
    },
    async leave() {
      const over = instance?.waitUntilExit();
      instance?.unmount();
      await over;
      instance?.cleanup();
      instance = undefined;
      last = undefined;
    },
  };
}

/** `target` as Ink sees it: what is written in an act goes out as one, and resizes are not told. */
function gathered(target: NodeJS.WriteStream) {
  let held: string[] | undefined;
  /** Ink marks the parts of a frame; the whole of it is one change. */
  const flush = () => {
    const text = held?.join('').replaceAll(together.begin, '').replaceAll(together.end, '') ?? '';
    held = undefined;
    if (text !== '') target.write(together.begin + text + together.end);
  };
  const write = (text: string, ...rest: (() => void)[]): boolean => {
    if (held === undefined || rest.length > 0) return target.write(text, ...rest);
    held.push(text);
    return true;
  };
  const stream: NodeJS.WriteStream = new Proxy(target, {
    get(_, name) {
      if (name === 'write') return write;
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (name !== 'on' && name !== 'off') return value.bind(target);
      return (event: string, listener: () => void) => {
        if (event !== 'resize') target[name](event, listener);
        return stream;
      };
    },
  });
  const inOnePiece = (act: () => void) => {
    held = [];
    try {
      act();
    } finally {
      flush();
    }
  };
  return { stream, inOnePiece };
}
