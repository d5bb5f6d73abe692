/** One call of our own to a cloud: a limit of time, tries for what passes by itself, and errors that a user can act on. */
import { UserError } from '../../../errors.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface SendOptions {
  readonly signal: AbortSignal;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Milliseconds for one try. */
  readonly limitMs?: number;
}

const tries = 3;
/** Milliseconds; the plain calls that we make are answered in well under a second. */
const limit = 15_000;

const passes = (status: number): boolean => status === 429 || status >= 500;

/** `make` is called for each try, since a signature holds for a moment only. Throws UserError `cloud-unreachable`. */
export async function send(make: () => Promise<Request>, options: SendOptions): Promise<Answered> {
  for (let attempt = 1; ; attempt++) {
    const request = await make();
    const answer = await once(request, options).catch((error: unknown) => {
      options.signal.throwIfAborted();
      if (attempt < tries && !isFinal(error)) return undefined;
      throw unreachable(new URL(request.url).host, error);
    });
    if (answer !== undefined && (!passes(answer.status) || attempt === tries)) return answer;
    await options.sleep(200 * 2 ** attempt, options.signal);
  }
}

async function once(request: Request, { signal, limitMs = limit }: SendOptions): Promise<Answered> {
  const answer = await fetch(request, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(limitMs)]),
    redirect: 'manual',
  });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
}

const codeOf = (error: unknown): string => {
  const { cause, name } = error as { cause?: { code?: string }; name?: string };
  if (name === 'TimeoutError') return 'no answer in time';
  return cause?.code ?? (error instanceof Error ? error.message : String(error));
};

/** Asking again helps against neither; a name that is not found may be a slip of the network. */
const isFinal = (error: unknown): boolean => ['ECONNREFUSED', 'no answer in time'].includes(codeOf(error));

function unreachable(host: string, error: unknown): UserError {
  return new UserError('cloud-unreachable', `${host} could not be reached (${codeOf(error)})`, {
    hints: [
      'See whether this machine reaches the network, and whether a proxy is needed (HTTPS_PROXY with NODE_USE_ENV_PROXY=1).',
      '`--rehearse` runs all of it without an account and without a network.',
    ],
    cause: error,
  });
}

/** The cloud said no. Whoever knows the reason handles it; else it is shown as it is. */
export class CloudRefused extends UserError {
  readonly reason: string;
  readonly status: number;

  constructor(call: string, { status }: Answered, reason: string, message: string, hints: readonly string[]) {
    const expired = expiredReasons.has(reason);
    super(expired ? 'credentials-refused' : 'cloud-refused', `${call}: ${reason}${message && `: ${message}`}`, {
      hints,
    });
    this.reason = reason;
    this.status = status;
  }
}

const expiredReasons = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'AuthFailure',
  'UNAUTHENTICATED',
  'invalid_token',
  'invalid_grant',
]);

export const isRefused = (error: unknown, ...reasons: readonly string[]): error is CloudRefused =>
  error instanceof CloudRefused && reasons.includes(error.reason);
