/** The traces of the kind target. */
import type { TraceSource } from '../../engine/trace.ts';
import { UserError } from '../../errors.ts';

/** Not yet. Throws UserError `not-implemented`. */
export async function tracesOnKind(): Promise<TraceSource> {
  throw new UserError('not-implemented', 'requests are not traced on kind yet', {
    hints: ['`opta dev up --on process` runs the same definition where they are.'],
  });
}
