/** When a request may be tried again. Pure. */
import type { Upstream } from '../data-plane.ts';
import type { FailureStage } from './outgoing.ts';
import { headerValue, type RawHeaders } from './raw-headers.ts';

/** Attempts without any `retries` in the definition, as ingress-nginx does. */
const attemptsByDefault = 3;

const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

export interface Failed {
  readonly stage: FailureStage;
  readonly timedOut: boolean;
}

/** True when nothing was done yet, or doing it twice is the same as once. A timeout is never tried again. */
export function mayRetryFailure(
  failed: Failed,
  method: string,
  replayable: boolean,
  attempt: number,
  retries?: Upstream['retries'],
): boolean {
  if (!replayable || failed.timedOut) return false;
  if (failed.stage === 'connect' || failed.stage === 'refused') return true;
  // No answer at all is what a proxy in between calls 502: asked for with 5xx.
  if (retries?.on.includes('5xx') && attempt <= retries.attempts) return true;
  if (attempt >= attemptsByDefault) return false;
  // A kept-alive connection that closes without an answer may have done a POST all the same (RFC 9110, 9.2.2).
  return idempotent.has(method);
}

/** True for an answer that `retries` asks to try again. `attempt` counts from 1. */
export function mayRetryReply(
  reply: { readonly status: number; readonly headers: RawHeaders; readonly ended: boolean },
  retries: Upstream['retries'],
  replayable: boolean,
  attempt: number,
): boolean {
  if (retries === undefined || !retries.on.includes('5xx') || attempt > retries.attempts || !replayable) return false;
  if (reply.status >= 500) return true;
  // gRPC: INTERNAL and UNAVAILABLE, told without a message.
  return reply.ended && ['13', '14'].includes(headerValue(reply.headers, 'grpc-status') ?? '');
}

/** gRPC statuses that count as the server's failure: UNKNOWN, DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE, DATA_LOSS. */
const failedStatuses = new Set(['2', '4', '13', '14', '15']);

/** False for an answer that counts against the success rate. `fields` are its head, or its trailers. */
export function succeeded(status: number, fields: RawHeaders): boolean {
  return status < 500 && !failedStatuses.has(headerValue(fields, 'grpc-status') ?? '0');
}

/** Milliseconds before attempt `attempt` + 1. */
export function backOff(attempt: number): number {
  return Math.min(10 * 2 ** attempt, 500);
}
