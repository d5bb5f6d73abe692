/** Takes a request to a destination and its answer back: attempts, timeouts, bodies, trailers, cancelling. */
import type { Clock } from '../../../system/system.ts';
import type { Upstream } from '../data-plane.ts';
import type { Destination } from './endpoint.ts';
import { answer, type Incoming } from './incoming.ts';
import { type Attempt, AttemptFailure, type OutgoingRequest, type Reply } from './outgoing.ts';
import { endToEnd, headerValue, type RawHeaders } from './raw-headers.ts';
import { ReplayBody } from './replay-body.ts';
import { backOff, mayRetryFailure, mayRetryReply } from './retry.ts';

export interface Forwarding<D extends Destination = Destination> {
  readonly clock: Clock;
  /** `<layer>/<module>`, or the host that is not ours. */
  readonly service: string;
  readonly path: string;
  /** End-to-end fields of the request. */
  readonly headers: RawHeaders;
  /** Seconds. */
  readonly timeouts: Upstream['timeouts'];
  readonly retries?: Upstream['retries'];
  /** Milliseconds when `timeouts.idle` is not given. */
  readonly idleMs: number;
  pick(tried: ReadonlySet<D>): D | undefined;
  /** Fields to add to the answer. */
  more?(chosen: D): RawHeaders;
}

type Outcome = 'done' | 'again' | AttemptFailure;

/** Resolves when the answer has been handed on, or refused. Never rejects for what client or upstream do. */
export async function forward<D extends Destination>(incoming: Incoming, to: Forwarding<D>): Promise<void> {
  const exchange = new Exchange(incoming, to);
  await exchange.run();
}

class Exchange<D extends Destination> {
  readonly #incoming: Incoming;
  readonly #to: Forwarding<D>;
  readonly #body: ReplayBody | undefined;
  readonly #tried = new Set<D>();
  readonly #request: OutgoingRequest;
  readonly #te: string | undefined;
  #current: Attempt | undefined;
  #over = false;

  constructor(incoming: Incoming, to: Forwarding<D>) {
    this.#incoming = incoming;
    this.#to = to;
    this.#body = incoming.body === undefined ? undefined : new ReplayBody(incoming.body);
    this.#te = headerValue(incoming.headers, 'te');
    this.#request = {
      method: incoming.method,
      path: to.path,
      authority: incoming.authority,
      headers: to.headers,
      hasBody: this.#body !== undefined,
      idleMs: to.timeouts.idle === undefined ? to.idleMs : to.timeouts.idle * 1000,
      onInterim: (status, headers) => incoming.inform(status, headers),
    };
    incoming.onGone((code) => this.#stop(code));
  }

  async run(): Promise<void> {
    const { request } = this.#to.timeouts;
    const cancel =
      request === undefined ? undefined : this.#to.clock.after(request * 1000, () => this.#expire(request));
    let last: AttemptFailure | undefined;
    for (let attempt = 1; !this.#over; attempt += 1) {
      const destination = this.#to.pick(this.#tried) ?? (await this.#afresh(last, attempt));
      if (destination === undefined) {
        this.#refuse(last);
        break;
      }
      const leave = destination.enter();
      const outcome = await this.#try(destination, attempt);
      leave();
      if (outcome === 'done') break;
      if (outcome === 'again') await this.#to.clock.sleep(backOff(attempt));
      else {
        last = outcome;
        if (this.#mayGoOn(destination, outcome, attempt)) continue;
        this.#refuse(outcome);
        break;
      }
    }
    cancel?.();
  }

  async #try(destination: D, attempt: number): Promise<Outcome> {
    let reply: Reply;
    let current: Attempt;
    try {
      current = destination.send(this.#request, this.#te);
      this.#current = current;
      this.#body?.attach(current.sink, () => current.finish(this.#incoming.trailers()));
      if (this.#incoming.expectsContinue && this.#incoming.version === 2) this.#incoming.inform(100, []);
      reply = await current.reply;
    } catch (error) {
      this.#body?.detach();
      if (error instanceof AttemptFailure) return error;
      throw error;
    }
    if (this.#over) return 'done';
    if (mayRetryReply(reply, this.#to.retries, this.#replayable, attempt)) {
      this.#body?.detach();
      reply.body.resume();
      return 'again';
    }
    await relay(reply, this.#incoming, this.#to.more?.(destination) ?? []);
    if (this.#body !== undefined && !this.#body.ended) {
      this.#body.detach(true);
      current.abort(0);
    }
    return 'done';
  }

  get #replayable(): boolean {
    return this.#body?.replayable ?? true;
  }

  #mayGoOn(destination: D, failed: AttemptFailure, attempt: number): boolean {
    if (!mayRetryFailure(failed, this.#incoming.method, this.#replayable, attempt)) return false;
    if (failed.stage === 'reused') destination.closeIdle();
    else this.#tried.add(destination);
    return true;
  }

  /** When every endpoint was tried: once more from the start, if `retries` asks for it. */
  async #afresh(last: AttemptFailure | undefined, attempt: number): Promise<D | undefined> {
    const { retries } = this.#to;
    if (retries === undefined || !retries.on.includes('connect') || attempt > retries.attempts + 1) return undefined;
    if (last !== undefined && last.stage === 'sent') return undefined;
    await this.#to.clock.sleep(backOff(attempt));
    this.#tried.clear();
    return this.#to.pick(this.#tried);
  }

  #refuse(failed: AttemptFailure | undefined): void {
    if (this.#over) return;
    const { service, timeouts } = this.#to;
    if (failed === undefined) answer(this.#incoming, 503, `503 ${service} has no ready replica`, ['retry-after', '1']);
    else if (failed.timedOut) {
      const seconds = timeouts.idle ?? this.#to.idleMs / 1000;
      answer(this.#incoming, 504, `504 ${service} did not answer within ${seconds} s`);
    } else answer(this.#incoming, 502, `502 ${service} gave no answer: ${failed.message}`);
  }

  #expire(seconds: number): void {
    if (this.#over) return;
    answer(this.#incoming, 504, `504 ${this.#to.service} did not finish within ${seconds} s`);
    this.#stop(8);
  }

  #stop(code: number): void {
    this.#over = true;
    this.#body?.detach(true);
    this.#current?.abort(code);
  }
}

/** Sends an answer on; resolves when its last byte was handed over or it broke off. */
function relay(reply: Reply, incoming: Incoming, more: RawHeaders): Promise<void> {
  const { body, status } = reply;
  const bodyless = reply.ended || incoming.method === 'HEAD' || status === 204 || status === 205 || status === 304;
  return new Promise((resolve) => {
    const headers = [...endToEnd(reply.headers), ...more];
    const sink = incoming.respond({ status, message: reply.message, headers, trailers: reply.trailers }, bodyless);
    body.once('close', () => {
      if (!body.readableEnded) incoming.reset(reply.brokenBy() || 8);
      resolve();
    });
    body.once('end', () => {
      const code = reply.brokenBy();
      if (code !== 0) incoming.reset(code);
      else if (!bodyless) incoming.finish(reply.trailersSent());
      resolve();
    });
    if (bodyless) {
      body.resume();
      return;
    }
    if (body.readableLength === 0) incoming.flush();
    body.pipe(sink, { end: false });
  });
}
