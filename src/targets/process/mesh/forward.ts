/** Takes a request to a destination and its answer back: attempts, timeouts, bodies, trailers, cancelling. */
import type { Connection } from '../../../engine/trace.ts';
import type { Clock } from '../../../system/system.ts';
import type { Upstream } from '../data-plane.ts';
import type { Observation } from './edges.ts';
import type { Destination } from './endpoint.ts';
import { answer, type Incoming } from './incoming.ts';
import { type Attempt, AttemptFailure, type OutgoingRequest, type Reply } from './outgoing.ts';
import { toldFailure } from './proxy-error.ts';
import { headerValue, type RawHeaders } from './raw-headers.ts';
import { relay } from './relay.ts';
import { ReplayBody } from './replay-body.ts';
import { backOff, mayRetryFailure, mayRetryReply, succeeded } from './retry.ts';
import type { RetryBudget } from './retry-budget.ts';

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
  /** Fields, in lower case, to take off the answer. */
  readonly withhold?: ReadonlySet<string>;
  /** Limits the retries that `retries` asks for. */
  readonly budget?: RetryBudget;
  /** Answers instead of us when there is no answer; undefined when there was nobody to ask. */
  refuse?(failed: AttemptFailure | undefined): void;
  /** Called once at the end. */
  observe?(seen: Omit<Observation, 'mtls'> & Answered): void;
  /** Tells of each attempt; absent when nobody wants to know. */
  trace?(destination: D, attempt: number): TracedAttempt;
}

/** What the caller was told. */
export interface Answered {
  /** `200`, `grpc 14`, or why there was none. */
  readonly status: string;
}

export interface TracedAttempt {
  /** Instead of `Forwarding.headers`. */
  readonly headers: RawHeaders;
  end(how: AttemptEnd): void;
  /** Of a connection: how it is so far. */
  tell(how: AttemptEnd): void;
}

interface AttemptEnd {
  readonly status: string;
  readonly failed: boolean;
  readonly connection?: Connection;
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
  #expired = false;
  #attempts = 0;
  #succeeded = false;
  #bytesIn = 0;
  #status = 'gone';

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
    const began = this.#to.clock.monotonic();
    this.#to.budget?.deposit(began);
    await this.#attempt();
    cancel?.();
    this.#to.observe?.({
      latencyMs: this.#to.clock.monotonic() - began,
      succeeded: this.#succeeded,
      retries: Math.max(0, this.#attempts - 1),
      bytesOut: this.#body?.bytes ?? 0,
      bytesIn: this.#bytesIn,
      status: this.#status,
    });
  }

  async #attempt(): Promise<void> {
    let last: AttemptFailure | undefined;
    for (let attempt = 1; !this.#over; attempt += 1) {
      const destination = this.#to.pick(this.#tried) ?? (await this.#afresh(last, attempt));
      if (destination === undefined) {
        this.#refuse(last);
        break;
      }
      this.#attempts = attempt;
      const leave = destination.enter();
      const outcome = await this.#try(destination, attempt);
      leave();
      if (outcome === 'done') break;
      if (outcome === 'again') {
        last = undefined;
        this.#tried.add(destination);
        await this.#to.clock.sleep(backOff(attempt));
      } else {
        last = outcome;
        if (this.#mayGoOn(destination, outcome, attempt)) continue;
        this.#refuse(outcome);
        break;
      }
    }
  }

  async #try(destination: D, attempt: number): Promise<Outcome> {
    const end = destination.begin?.();
    const traced = this.#to.trace?.(destination, attempt);
    const outcome = await this.#send(destination, traced?.headers);
    const failed = outcome instanceof AttemptFailure || !succeeded(outcome.status, outcome.headers);
    // A caller that has gone says nothing of the replica.
    end?.(this.#over && !this.#expired ? 'given up' : failed ? 'failed' : 'answered');
    if (outcome instanceof AttemptFailure) {
      traced?.end({ status: this.#over && !this.#expired ? 'gone' : outcome.message, failed: true });
      return outcome;
    }
    const taken = this.#over ? 'done' : await this.#take(destination, outcome, attempt);
    traced?.end({ status: statusOf(outcome), failed: failed || (taken === 'done' && !this.#succeeded) });
    return taken;
  }

  async #send(destination: D, headers: RawHeaders | undefined): Promise<Reply | AttemptFailure> {
    let reply: Reply;
    let current: Attempt;
    try {
      current = destination.send(headers === undefined ? this.#request : { ...this.#request, headers }, this.#te);
      this.#current = current;
      this.#body?.attach(current.sink, () => current.finish(this.#incoming.trailers()));
      if (this.#incoming.expectsContinue && this.#incoming.version === 2) this.#incoming.inform(100, []);
      reply = await current.reply;
    } catch (error) {
      this.#body?.detach();
      if (error instanceof AttemptFailure) return error;
      throw error;
    }
    const told = destination.mtls ? toldFailure(reply) : undefined;
    if (told === undefined || this.#over) return reply;
    this.#giveUp(reply);
    return told;
  }

  /** The answer is not handed on; another attempt may follow. */
  #giveUp(reply: Reply): void {
    this.#body?.detach();
    reply.body.on('error', () => {}).resume();
    // Its connection still waits for the rest of the body.
    if (this.#body !== undefined && !this.#body.ended) this.#current?.abort(8);
  }

  async #take(destination: D, reply: Reply, attempt: number): Promise<Outcome> {
    const { retries, budget, clock } = this.#to;
    if (mayRetryReply(reply, retries, this.#replayable, attempt) && (budget?.withdraw(clock.monotonic()) ?? true)) {
      this.#giveUp(reply);
      return 'again';
    }
    const current = this.#current;
    const relayed = await relay(reply, this.#incoming, { ...this.#to, more: this.#to.more?.(destination) ?? [] });
    this.#bytesIn = relayed.bytes;
    this.#status = statusOf(reply);
    this.#succeeded = relayed.whole && succeeded(reply.status, reply.headers) && succeeded(200, reply.trailersSent());
    if (this.#body !== undefined && !this.#body.ended) {
      this.#body.detach(true);
      current?.abort(0);
    }
    return 'done';
  }

  get #replayable(): boolean {
    return this.#body?.replayable ?? true;
  }

  #mayGoOn(destination: D, failed: AttemptFailure, attempt: number): boolean {
    const { retries, budget, clock } = this.#to;
    if (!mayRetryFailure(failed, this.#incoming.method, this.#replayable, attempt, retries)) return false;
    const asked = retries !== undefined && failed.stage === 'sent';
    if (asked && budget?.withdraw(clock.monotonic()) === false) return false;
    if (failed.stage === 'reused') destination.closeIdle();
    else this.#tried.add(destination);
    return true;
  }

  /** When every endpoint was tried: once more from the start, if `retries` asks for it. */
  async #afresh(last: AttemptFailure | undefined, attempt: number): Promise<D | undefined> {
    const { retries } = this.#to;
    if (attempt > 1 && last === undefined) {
      // An answer was thrown away for another one.
      this.#tried.clear();
      return this.#to.pick(this.#tried);
    }
    if (retries === undefined || !retries.on.includes('connect') || attempt > retries.attempts + 1) return undefined;
    if (last !== undefined && last.stage === 'sent') return undefined;
    await this.#to.clock.sleep(backOff(attempt));
    this.#tried.clear();
    return this.#to.pick(this.#tried);
  }

  #refuse(failed: AttemptFailure | undefined): void {
    if (this.#over) return;
    const { service, timeouts, refuse } = this.#to;
    this.#status = failed === undefined ? '503' : failed.timedOut ? '504' : '502';
    if (refuse !== undefined) refuse(failed);
    else if (failed === undefined)
      answer(this.#incoming, 503, `503 ${service} has no ready replica`, ['retry-after', '1']);
    else if (failed.timedOut) {
      const seconds = timeouts.idle ?? this.#to.idleMs / 1000;
      answer(this.#incoming, 504, `504 ${service} did not answer within ${seconds} s`);
    } else answer(this.#incoming, 502, `502 ${service} gave no answer: ${failed.message}`);
  }

  #expire(seconds: number): void {
    if (this.#over) return;
    this.#expired = true;
    this.#status = '504';
    answer(this.#incoming, 504, `504 ${this.#to.service} did not finish within ${seconds} s`);
    this.#stop(8);
  }

  #stop(code: number): void {
    this.#over = true;
    this.#body?.detach(true);
    this.#current?.abort(code);
  }
}

/** As a caller reads it. gRPC says it in trailers, or in the head when there is nothing else. */
function statusOf(reply: Reply): string {
  const grpc = headerValue(reply.trailersSent(), 'grpc-status') ?? headerValue(reply.headers, 'grpc-status');
  return grpc === undefined ? `${reply.status}` : `grpc ${grpc}`;
}
