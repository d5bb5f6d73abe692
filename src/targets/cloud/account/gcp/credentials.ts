/** Credentials of Google, as its own tools find them: a token of the environment, else application default credentials. */
import { UserError } from '../../../../errors.ts';
import type { AccountOptions } from '../account.ts';

export interface GoogleCredentials {
  /** Headers that say who calls; made anew when the token has run out. */
  headers(): Promise<Readonly<Record<string, string>>>;
}

const scope = 'https://www.googleapis.com/auth/cloud-platform';

type Options = Pick<AccountOptions, 'environment' | 'env' | 'hide' | 'signal'>;

/** Throws UserError `credentials-missing`. */
export function googleCredentials(options: Options): GoogleCredentials {
  const { env, hide, environment } = options;
  const given = env['GOOGLE_OAUTH_ACCESS_TOKEN'];
  if (given !== undefined && given !== '') {
    hide(given);
    return { headers: async () => ({ authorization: `Bearer ${given}` }) };
  }
  let client: ReturnType<typeof clientOf> | undefined;
  return {
    async headers() {
      client ??= clientOf();
      try {
        const found = await (await client).getRequestHeaders();
        const authorization = found.get('authorization') ?? '';
        hide(authorization.replace(/^Bearer /, ''));
        // Calls of a person are counted for the project that they are about.
        const payer = found.get('x-goog-user-project') ?? environment.account;
        return { authorization, 'x-goog-user-project': payer };
      } catch (error) {
        options.signal.throwIfAborted();
        throw missing(error, env);
      }
    },
  };
}

async function clientOf() {
  const { GoogleAuth } = await import('google-auth-library');
  return new GoogleAuth({ scopes: [scope] }).getClient();
}

function missing(error: unknown, env: Options['env']): UserError {
  const said = error instanceof Error ? error.message : String(error);
  const expired = /invalid_grant|invalid_rapt|reauth/i.test(said);
  const file = env['GOOGLE_APPLICATION_CREDENTIALS'];
  return new UserError(
    expired ? 'credentials-refused' : 'credentials-missing',
    expired ? 'the credentials of Google have run out' : 'no credentials of Google were found',
    {
      hints: [
        'Log in with `gcloud auth application-default login`; `gcloud auth login` alone is for gcloud only.',
        file === undefined
          ? 'In CI: name a file of credentials with GOOGLE_APPLICATION_CREDENTIALS.'
          : `GOOGLE_APPLICATION_CREDENTIALS names ${file}.`,
        '`--rehearse` needs no account.',
      ],
      detail: said.split('\n').slice(0, 3),
      cause: error,
    },
  );
}
