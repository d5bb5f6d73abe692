/** One attempt to have a request answered by an endpoint, the same shape for HTTP/1 and HTTP/2. */
import type { Readable, Writable } from 'node:stream';
import type { ReplyHead } from './incoming.ts';
import type { RawHeaders } from './raw-headers.ts';

export interface OutgoingRequest {
  readonly method: string;
  readonly path: string;
  /** Where HTTP/2 has it as a pseudo field. */
  readonly authority: string;
  /** End-to-end fields only. */
  readonly headers: RawHeaders;
  readonly hasBody: boolean;
  /** Milliseconds without a byte either way until the attempt fails. */
  readonly idleMs: number;
  onInterim(status: number, headers: RawHeaders): void;
}

export interface Reply extends ReplyHead {
  readonly body: Readable;
  /** The head was all. */
  readonly ended: boolean;
  /** Known when the body has ended. */
  trailersSent(): RawHeaders;
  /** The HTTP/2 error code that broke the answer off; 0 when none. */
  brokenBy(): number;
  /** It broke off with its whole connection, not by itself. */
  lost(): boolean;
}

export interface Attempt {
  /** Rejects with an AttemptFailure. */
  readonly reply: Promise<Reply>;
  readonly sink: Writable;
  finish(trailers: RawHeaders): void;
  abort(code: number): void;
}

/**
 * connect: nothing was sent. reused: a kept connection closed under us. refused: the endpoint said it did nothing.
 * sent: it may have been worked on.
 */
export type FailureStage = 'connect' | 'reused' | 'refused' | 'sent';

export class AttemptFailure extends Error {
  readonly stage: FailureStage;
  readonly timedOut: boolean;

  constructor(stage: FailureStage, timedOut: boolean, message: string) {
    super(message);
    this.stage = stage;
    this.timedOut = timedOut;
  }
}
