/** The web view of the kind target. */
import { UserError } from '../../errors.ts';

/** Not yet. Throws UserError `not-implemented`. */
export async function feedOnKind(): Promise<never> {
  throw new UserError('not-implemented', 'the web view does not show kind yet', {
    hints: ['`opta dev status --wide` shows who calls whom; `opta dev up --on process` runs where the view is.'],
  });
}
