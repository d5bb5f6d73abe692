/** How an engine says that a stack is somebody else's now, and how we say it. */
import { UserError } from '../../../../errors.ts';

/** A stack that appears while it is made is of another promotion, too. */
export const isLockText = (text: string): boolean =>
  text.includes('the stack is currently locked') || /stack '[^']*' already exists/.test(text);

export const lockedMeanwhile = (stack: string): UserError =>
  new UserError('stack-locked', `the stack ${stack} is locked by another promotion`, {
    hints: ['Wait for it to end; `opta state doctor` shows who holds the lock and since when.'],
  });
