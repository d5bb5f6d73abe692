/** Sends the spans of the mesh and of the apps on to a collector of the user's: in batches, bounded, never waited for. */
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Hop } from '../../../engine/trace.ts';
import type { Clock } from '../../../system/system.ts';
import type { SpansTarget } from '../data-plane.ts';
import { spansOf } from './otlp-export.ts';

/** As the SDKs of OpenTelemetry do it: spans that wait, spans of a batch, milliseconds until a smaller one goes. */
const mostWaiting = 2048;
const batchSize = 512;
const batchMs = 1000;
/** Batches of apps that wait; their SDKs wait and batch before. */
const mostBodies = 64;
/** Milliseconds for one answer. */
const answerMs = 10_000;

interface Body {
  readonly bytes: Buffer;
  readonly type: string;
}

export class Exporter {
  readonly #clock: Clock;
  readonly #note: (text: string) => void;
  #target: SpansTarget | undefined;
  #hops: [string, Hop][] = [];
  #bodies: Body[] = [];
  #sending = false;
  #cancel: (() => void) | undefined;

  /** `note` must bear being told the same often. */
  constructor(clock: Clock, note: (text: string) => void) {
    this.#clock = clock;
    this.#note = note;
  }

  /** Undefined: nothing is sent. */
  set target(target: SpansTarget | undefined) {
    this.#target = target;
    if (target === undefined) [this.#hops, this.#bodies] = [[], []];
  }

  /** A span of the mesh. */
  add(trace: string, hop: Hop): void {
    if (this.#target === undefined) return;
    if (this.#hops.length >= mostWaiting) {
      this.#note('spans were left out: they come faster than they are taken');
      return;
    }
    this.#hops.push([trace, hop]);
    if (this.#hops.length >= batchSize) void this.#send();
    else this.#soon();
  }

  /** A batch of an app as it came, unpacked. */
  forward(bytes: Buffer, type: string): void {
    if (this.#target === undefined) return;
    if (this.#bodies.length >= mostBodies) {
      this.#note('spans of apps were left out: they come faster than taken');
      return;
    }
    this.#bodies.push({ bytes, type });
    void this.#send();
  }

  /** Sends what waits, once. */
  async flush(): Promise<void> {
    await this.#send();
  }

  close(): void {
    this.#cancel?.();
    this.target = undefined;
  }

  #soon(): void {
    this.#cancel ??= this.#clock.after(batchMs, () => void this.#send());
  }

  /** One after the other: a slow collector makes batches wait, not requests. */
  async #send(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#sending) return;
    this.#sending = true;
    try {
      for (let target = this.#target; target !== undefined; target = this.#target) {
        const body = this.#bodies.shift() ?? (await this.#batch(target));
        if (body === undefined) break;
        const failure = await post(target, body);
        if (failure !== undefined) this.#note(`spans were not taken by ${new URL(target.url).origin}: ${failure}`);
      }
    } finally {
      this.#sending = false;
    }
  }

  async #batch({ json }: SpansTarget): Promise<Body | undefined> {
    const hops = this.#hops.splice(0, batchSize);
    if (hops.length === 0) return undefined;
    const spans = spansOf(hops);
    if (json) return { bytes: Buffer.from(JSON.stringify(spans)), type: 'application/json' };
    const { encodeTraces } = await import('./otlp-protobuf.ts');
    return { bytes: encodeTraces(spans), type: 'application/x-protobuf' };
  }
}

/** Resolves with why it was not taken; never rejects. */
function post({ url, headers }: SpansTarget, { bytes, type }: Body): Promise<string | undefined> {
  return new Promise((resolve) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const fields = { ...headers, 'content-type': type, 'content-length': bytes.length };
    const sending = send(url, { method: 'POST', headers: fields, timeout: answerMs }, (response) => {
      const { statusCode = 0 } = response;
      response.resume().once('close', () => resolve(statusCode < 300 ? undefined : `status ${statusCode}`));
    });
    sending.once('timeout', () => sending.destroy(new Error('no answer in time')));
    sending.once('error', (error) => resolve(error.message || String((error as NodeJS.ErrnoException).code)));
    sending.end(bytes);
  });
}
