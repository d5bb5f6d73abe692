/** Every stable error code, sorted. docs/errors.md has one heading for each; test/unit/error-codes.test.ts holds both together. */
export const errorCodes = [
  'bad-stream',
  'not-implemented',
  'step-timeout',
  'unknown-command',
  'unknown-flag',
] as const;

export type ErrorCode = (typeof errorCodes)[number];
