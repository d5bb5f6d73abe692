/** Errors that both clouds have about the account itself. */
import { UserError } from '../../../errors.ts';
import type { CloudEnvironment } from '../environment.ts';
import type { Identity } from './account.ts';

export function accountDiffers(
  { name, account }: CloudEnvironment,
  { account: found, who }: Identity,
  hints: readonly string[],
): UserError {
  return new UserError('account-differs', `${name} is in ${account}, and the credentials here are of ${found}`, {
    hints,
    detail: [who],
  });
}

export const zonesMissing = (region: string, zones: readonly string[]): UserError =>
  new UserError('zones-missing', `${region} has ${zones.length} zones that this account can use; three are needed`, {
    hints: ['Choose another region for the environment.'],
    detail: [...zones],
  });
