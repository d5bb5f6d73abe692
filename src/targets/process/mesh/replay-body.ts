/** A request body on its way to an upstream, kept while it is small so that another attempt can send it again. */
import type { Readable, Writable } from 'node:stream';

/** Bytes. Linkerd's limit for retries too. */
export const replayLimit = 64 * 1024;

export class ReplayBody {
  readonly #source: Readable;
  #kept: Buffer[] | undefined = [];
  #size = 0;
  #bytes = 0;
  #ended = false;
  #sink: Writable | undefined;
  #finish: (() => void) | undefined;
  readonly #onDrain = (): void => void this.#source.resume();

  constructor(source: Readable) {
    this.#source = source;
    source.on('error', () => {});
    source.once('end', () => {
      this.#ended = true;
      this.#finish?.();
    });
  }

  /** Nothing sent so far has been forgotten. */
  get replayable(): boolean {
    return this.#kept !== undefined;
  }

  /** Bytes that came so far. */
  get bytes(): number {
    return this.#bytes;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Sends what is kept, then what comes. `finish` is called once after the last byte was written. */
  attach(sink: Writable, finish: () => void): void {
    const first = this.#source.listenerCount('data') === 0;
    this.#sink = sink;
    this.#finish = finish;
    sink.on('drain', this.#onDrain);
    for (const chunk of this.#kept ?? []) sink.write(chunk);
    if (this.#ended) finish();
    else if (first) this.#source.on('data', (chunk: Buffer) => this.#take(chunk));
    else this.#source.resume();
  }

  /** Stops sending; the rest of the body is held back for the next attempt, or thrown away with `discard`. */
  detach(discard = false): void {
    this.#sink?.off('drain', this.#onDrain);
    this.#sink = undefined;
    this.#finish = undefined;
    if (discard) {
      this.#kept = undefined;
      this.#source.resume();
    } else this.#source.pause();
  }

  #take(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#kept !== undefined) {
      this.#size += chunk.length;
      if (this.#size > replayLimit) this.#kept = undefined;
      else this.#kept.push(chunk);
    }
    if (this.#sink === undefined || this.#sink.destroyed) return;
    if (!this.#sink.write(chunk)) this.#source.pause();
  }
}
