/** What the data plane itself sees of a request: a hop at the edge, at the route, at each attempt and at each sidecar. */
import { randomFillSync } from 'node:crypto';
import type { Connection, Hop } from '../../../engine/trace.ts';
import type { Clock } from '../../../system/system.ts';
import { headerValue, type RawHeaders } from '../mesh/raw-headers.ts';
import { Exporter } from './exporter.ts';
import { Sampling } from './sampling.ts';
import { SpanStore } from './store.ts';
import {
  type Context,
  isSampled,
  parseTraceparent,
  traceparentField,
  traceparentOf,
  withTraceparent,
} from './traceparent.ts';

/** Milliseconds that the two clocks may be apart: the machine slept, or its time was set. */
const driftMs = 2;
/** Milliseconds within which two clocks are read for one moment. */
const togetherMs = 0.5;
const longestName = 200;

/** How an attempt, or all of it, ended. */
interface Ended {
  readonly status: string | undefined;
  readonly failed: boolean;
  readonly refused?: string;
  readonly connection?: Connection;
}

/** A hop that is under way. */
export interface Open {
  readonly id: string;
  end(how: Ended): void;
  /** Records it as it is so far; `end` comes in its place. */
  tell(how: Ended): void;
}

/** What is known of a hop when it begins. */
export type Begun = Omit<Hop, 'id' | 'start' | 'ms' | 'status' | 'failed' | 'refused' | 'connection'>;

export class Tracer {
  readonly store = new SpanStore();
  readonly exporter: Exporter;
  readonly #clock: Clock;
  readonly #sampling = new Sampling();
  #origin: number;

  constructor(clock: Clock, note: (text: string) => void = () => {}) {
    this.#clock = clock;
    this.exporter = new Exporter(clock, note);
    this.#origin = this.#measured() ?? clock.now() - clock.monotonic();
  }

  /** Milliseconds since 1970 with fractions, as spans of apps have them. */
  wall(): number {
    // Whole milliseconds are cut off, never added: the greatest difference is the best one.
    const origin = this.#measured();
    if (origin !== undefined && (origin > this.#origin || this.#origin - origin > driftMs)) this.#origin = origin;
    return this.#origin + this.#clock.monotonic();
  }

  /** When the monotonic clock began; undefined when the process was not run between two looks at the clocks. */
  #measured(): number | undefined {
    const before = this.#clock.monotonic();
    const now = this.#clock.now();
    const after = this.#clock.monotonic();
    return after - before < togetherMs ? now - after : undefined;
  }

  /** The trace that a request belongs to; undefined when it has none or its spans are not wanted. */
  of(headers: RawHeaders): Context | undefined {
    const context = parseTraceparent(headerValue(headers, traceparentField));
    return context !== undefined && isSampled(context) ? context : undefined;
  }

  /**
   * At the edge: the client's trace, which is always heard, or a new one, which is recorded when sampling wants it. The
   * fields that are given back name it in any case. `name` is `requestName`'s.
   */
  start(headers: RawHeaders, name: string): { readonly context: Context; readonly headers: RawHeaders } {
    const given = parseTraceparent(headerValue(headers, traceparentField));
    if (given !== undefined) return { context: given, headers };
    const flags = this.#sampling.wants(name, this.#clock.monotonic()) ? '01' : '00';
    const context = { trace: randomHex(16), flags };
    // The state of a trace means nothing in another one (W3C Trace Context, 3.3).
    const own = headers.filter((_, i) => !/^tracestate$/i.test(headers[i - (i % 2)] as string));
    return { context, headers: withTraceparent(own, traceparentOf(context, newSpanId())) };
  }

  begin(trace: string, begun: Begun): Open {
    const id = newSpanId();
    const start = this.wall();
    const began = this.#clock.monotonic();
    const hopOf = ({ status, failed, refused, connection }: Ended): Hop => ({
      ...begun,
      id,
      name: begun.name.slice(0, longestName),
      start,
      ms: this.#clock.monotonic() - began,
      ...(status !== undefined && { status }),
      failed,
      ...(refused !== undefined && { refused }),
      ...(connection !== undefined && { connection }),
    });
    let open = true;
    return {
      id,
      tell: (how) => {
        if (open) this.store.add(trace, hopOf(how));
      },
      end: (how) => {
        if (!open) return;
        open = false;
        const hop = hopOf(how);
        this.store.add(trace, hop);
        this.exporter.add(trace, hop);
      },
    };
  }
}

/** Random bytes in stock: a call of the system for each id would cost more than the rest of a hop. */
const stock = Buffer.alloc(4096);
let used = stock.length;

function randomHex(bytes: number): string {
  if (used + bytes > stock.length) {
    randomFillSync(stock);
    used = 0;
  }
  used += bytes;
  return stock.toString('hex', used - bytes, used);
}

const newSpanId = (): string => randomHex(8);

/** `GET /orders` or `catalog.v1.Catalog/ListProducts`; without the query string, which may hold secrets. */
export function requestName(method: string, path: string, headers: RawHeaders): string {
  const [plain = '/'] = path.split(/[?#]/, 1);
  const grpc = (headerValue(headers, 'content-type') ?? '').startsWith('application/grpc');
  return grpc ? plain.slice(1) : `${method} ${plain}`;
}
