/** Credentials of AWS, as its own tools find them: environment, profiles, SSO, web identity, containers, machines. */
import { UserError } from '../../../../errors.ts';
import type { AccountOptions } from '../account.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** Milliseconds that finding them may take: an SSO session is renewed over the network. */
const limit = 15_000;

const hints = [
  'Log in with `aws sso login` (or `aws configure`), and choose the profile with AWS_PROFILE.',
  'In CI: give the run a role, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.',
  '`--rehearse` needs no account.',
];

/** Found once and kept while they last. Throws UserError `credentials-missing`. */
export function awsCredentials(options: Pick<AccountOptions, 'environment' | 'hide' | 'sleep' | 'signal'>) {
  let provider: (() => Promise<AwsCredentials>) | undefined;
  return async (): Promise<AwsCredentials> => {
    provider ??= await chainOf(options.environment.region);
    const found = await within(limit, provider(), options).catch((error: unknown) => {
      options.signal.throwIfAborted();
      throw missing(error);
    });
    options.hide(found.secretAccessKey);
    if (found.sessionToken !== undefined) options.hide(found.sessionToken);
    return found;
  };
}

async function chainOf(region: string): Promise<() => Promise<AwsCredentials>> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  // A machine outside of AWS has no metadata service: one short try is enough.
  return defaultProvider({ timeout: 1000, maxRetries: 0, clientConfig: { region } });
}

async function within<T>(
  ms: number,
  work: Promise<T>,
  { sleep, signal }: Pick<AccountOptions, 'sleep' | 'signal'>,
): Promise<T> {
  const ended = new AbortController();
  const late = sleep(ms, AbortSignal.any([signal, ended.signal])).then(() => {
    throw new Error(`nothing was found within ${ms / 1000} s`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    ended.abort();
    late.catch(() => {});
  }
}

function missing(error: unknown): UserError {
  const said = error instanceof Error ? error.message : String(error);
  return new UserError('credentials-missing', 'no credentials of AWS were found', {
    hints,
    detail: said.split('\n').slice(0, 3),
    cause: error,
  });
}
