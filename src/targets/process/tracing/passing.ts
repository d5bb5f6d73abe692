/** What is said of a joined connection that is traced: its bytes each way, and how it ended. */
import type { Connection } from '../../../engine/trace.ts';
import type { Watching } from '../mesh/tunnel.ts';
import { CloseFrames } from './close-frames.ts';

export class Passing implements Watching {
  readonly #protocol: string;
  readonly #frames: { readonly caller: CloseFrames; readonly service: CloseFrames } | undefined;
  readonly #bytes = { caller: 0, service: 0 };
  /** Who said first that it ends, by a close frame or by the connection's own end. */
  #by: 'caller' | 'service' | undefined;
  #over = false;

  /** `protocol` is that of the `Upgrade` field, or `tcp`. */
  constructor(protocol: string) {
    this.#protocol = protocol.toLowerCase();
    if (this.#protocol === 'websocket') this.#frames = { caller: new CloseFrames(), service: new CloseFrames() };
  }

  passed(from: 'caller' | 'service', chunk: Buffer): void {
    this.#bytes[from] += chunk.length;
    const frames = this.#frames?.[from];
    if (frames === undefined || frames.found !== undefined) return;
    frames.read(chunk);
    if (frames.found !== undefined) this.#by ??= from;
  }

  ended(from: 'caller' | 'service'): void {
    this.#by ??= from;
  }

  over(): this {
    this.#over = true;
    return this;
  }

  connection(): Connection {
    const by = this.#by;
    return {
      protocol: this.#protocol,
      open: !this.#over,
      bytesOut: this.#bytes.caller,
      bytesIn: this.#bytes.service,
      ...(this.#over && by !== undefined && { closed: { by, ...this.#frames?.[by].found } }),
    };
  }
}
