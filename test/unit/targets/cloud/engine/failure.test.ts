/** How the process that holds Pulumi tells what went wrong. */
import { expect, test } from 'vitest';
import { UserError } from '../../../../../src/errors.ts';
import { EngineFailed } from '../../../../../src/targets/cloud/engine/child/command.ts';
import { failureOf } from '../../../../../src/targets/cloud/engine/child/failure.ts';

test('an engine that was killed is no fault of opta: the same command goes on', () => {
  const failure = failureOf(new EngineFailed({ stdout: '', stderr: '', code: -2 }));
  expect(failure).toMatchObject({ code: 'stack-process-ended', hints: [expect.stringContaining('again')] });
});

test('one that ended by itself with what nobody expected is', () => {
  expect(failureOf(new EngineFailed({ stdout: '', stderr: 'error: odd', code: 255 }))).toMatchObject({
    message: 'error: odd',
    stack: expect.any(String),
  });
});

test("what a user can mend stays the user's", () => {
  const failure = failureOf(new UserError('stack-locked', 'locked', { detail: ['by ann'], hints: ['Wait.'] }));
  expect(failure).toEqual({ message: 'locked\nby ann', code: 'stack-locked', hints: ['Wait.'] });
});
