/** The account of an environment, with what its cloud needs loaded only then. */
import type { AccountOptions, CloudAccount } from './account.ts';

export async function openAccount(options: AccountOptions): Promise<CloudAccount> {
  if (options.environment.cloud === 'aws') return (await import('./aws/account.ts')).awsAccount(options);
  return (await import('./gcp/account.ts')).gcpAccount(options);
}
