/** What the state buckets of both clouds share: the mark that one is whole, tags, and the error when it is somebody else's. */
import { UserError } from '../../../errors.ts';
import type { CloudEnvironment } from '../environment.ts';

/** Written last, so that a bucket whose making was broken off is made whole by the next run. */
export const readyKey = 'opta.json';

export const readyText = ({ name, organisation }: CloudEnvironment): string =>
  `${JSON.stringify({ environment: name, organisation, holds: 'state, releases and promotions of opta' })}\n`;

export const environmentTags = ({ name, organisation }: CloudEnvironment): Readonly<Record<string, string>> => ({
  'opta:environment': name,
  'opta:organisation': organisation === '' ? 'none' : organisation,
  'opta:stack': 'state',
});

export const takenBucket = (name: string, cause: unknown): UserError =>
  new UserError('state-bucket-taken', `the bucket ${name} exists and is not this account's, or is in another region`, {
    hints: [
      'Names of buckets are unique in the world: choose another `org` or environment name in the definition.',
      'If the region of the environment was changed, set it back: what stands does not move.',
      'If it is yours, whoever promotes needs to read and write its objects.',
    ],
    cause,
  });
