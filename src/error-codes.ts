/** Every stable error code, sorted. docs/errors.md has one heading for each; test/unit/error-codes.test.ts holds both together. */
export const errorCodes = [
  'not-implemented',
  'unknown-command',
  'unknown-flag',
] as const;

export type ErrorCode = (typeof errorCodes)[number];
