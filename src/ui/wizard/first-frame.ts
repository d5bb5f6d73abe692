/** What the wizard shows while the library that draws is still being loaded: the same lines that it draws first. */
import type { System } from '../../system/system.ts';
import type { Theme } from '../theme.ts';
import { wizardFrame } from './frame.ts';
import { emptyState } from './state.ts';

const enter = '\u001b[?1049h\u001b[2J\u001b[H';
const home = '\u001b[H';
const leave = '\u001b[?1049l';

const looking = { state: emptyState, questions: [], found: [], looking: true, pages: [], leftOut: [] } as const;

/** Draws, and takes keys without showing them. The returned function takes both back, for when nothing follows. */
export function drawFirst({ stderr, stdin }: Pick<System, 'stderr' | 'stdin'>, theme: Theme): () => void {
  const lines = wizardFrame(looking, { width: stderr.columns || 80, height: stderr.rows || 24 }, theme);
  stderr.write(`${enter}${lines.join('\r\n')}${home}`);
  stdin.setRawMode(true);
  return () => {
    stdin.setRawMode(false);
    stderr.write(leave);
  };
}
