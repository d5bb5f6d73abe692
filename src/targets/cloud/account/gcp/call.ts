/** Calls to Google's APIs: JSON over HTTP, with a token. */
import type { AccountOptions } from '../account.ts';
import { type Answered, CloudRefused, send } from '../request.ts';
import type { GoogleCredentials } from './credentials.ts';

interface GoogleCall {
  /** As its host begins: `compute`, `storage`, `cloudkms`. */
  readonly service: string;
  readonly method?: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** From the root of the host. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface GoogleCaller {
  /** Throws CloudRefused for every answer but 2xx. */
  call(call: GoogleCall): Promise<Answered>;
  json<T>(call: GoogleCall): Promise<T>;
}

/**
 * `GOOGLE_COMPUTE_CUSTOM_ENDPOINT` and the like, as the provider of Google takes them, and `STORAGE_EMULATOR_HOST`, as its
 * libraries do.
 */
function hostOf(service: string, env: AccountOptions['env']): string {
  const emulator = service === 'storage' ? env['STORAGE_EMULATOR_HOST'] : undefined;
  const own = emulator ?? env[`GOOGLE_${service.toUpperCase()}_CUSTOM_ENDPOINT`];
  if (own === undefined || own === '') return `https://${service}.googleapis.com`;
  return (own.includes('://') ? own : `http://${own}`).replace(/\/+$/, '');
}

interface Refusal {
  readonly error?:
    | string
    | {
        readonly status?: string;
        readonly message?: string;
        readonly errors?: readonly { readonly reason?: string }[];
        readonly details?: readonly { readonly reason?: string }[];
      };
}

function refusal({ service, path }: GoogleCall, answered: Answered): CloudRefused {
  const { error } = (/^\s*\{/.test(answered.text) ? JSON.parse(answered.text) : {}) as Refusal;
  const known = typeof error === 'string' ? { status: error } : (error ?? {});
  const detailed = 'details' in known ? known.details?.find(({ reason }) => reason !== undefined)?.reason : undefined;
  const listed = 'errors' in known ? known.errors?.[0]?.reason : undefined;
  const reason = detailed ?? known.status ?? listed ?? `status ${answered.status}`;
  const message = 'message' in known ? (known.message ?? '') : '';
  const hints = [
    answered.status === 403
      ? 'Whoever promotes needs that permission in the project.'
      : 'Mend what Google says, then run the same command again.',
  ];
  return new CloudRefused(`Google refused ${service} ${path.split('?')[0]}`, answered, reason, message, hints);
}

export function googleCaller(options: AccountOptions, credentials: GoogleCredentials): GoogleCaller {
  const call = async (one: GoogleCall): Promise<Answered> => {
    const { service, method = 'GET', path, body, headers = {} } = one;
    const answered = await send(async () => {
      const own = await credentials.headers();
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      return new Request(`${hostOf(service, options.env)}${path}`, {
        method,
        headers: { ...own, ...(text !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(text !== undefined && { body: text }),
      });
    }, options);
    if (answered.status < 200 || answered.status > 299) throw refusal(one, answered);
    return answered;
  };
  return {
    call,
    json: async <T>(one: GoogleCall) => JSON.parse((await call(one)).text || '{}') as T,
  };
}

/** Reasons by which Google says that there is no such thing. */
export const isAbsent = (error: unknown): boolean => error instanceof CloudRefused && error.status === 404;
