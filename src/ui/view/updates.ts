/** What the view's pages are told, folded on this side: four updates a second at most, however many requests pass. */
import type { Picture } from '../../app/picture.ts';
import type { Event } from '../../engine/event.ts';
import type { Trace } from '../../engine/trace.ts';
import type { Clock } from '../../system/system.ts';
import { mapOf } from './map.ts';
import { type EdgeCounts, Rates } from './rates.ts';
import { Thinning } from './thinning.ts';
import type { Logs, ServiceNow, Updates } from './wire.ts';

/** Where the view's facts come from: one for each target. */
export interface ViewFeed {
  readonly picture: Picture;
  /** What is known now, then every event; rejects when what runs has ended. */
  watch(act: (event: Event) => void, signal: AbortSignal): Promise<void>;
  edges(): Promise<readonly EdgeCounts[]>;
  /** Traces that changed after `after`, newest first. */
  traces(after: number, limit: number): Promise<{ readonly upTo: number; readonly traces: readonly Trace[] }>;
}

export type Send = <K extends keyof Updates>(name: K, data: Updates[K]) => void;

const everyMs = 250;
const linesAtOnce = 100;
const linesKept = 300;
/** More than are recorded in that time. */
const tracesAtOnce = 30;
const tracesKept = 60;

/** The map calls the ingress by its id there. */
const spotOf = (service: string): string => (service === 'opta/ingress' ? 'ingress' : service);

export class ViewUpdates {
  readonly #clock: Clock;
  readonly #feed: ViewFeed;
  readonly #pages = new Set<Send>();
  readonly #rates = new Rates();
  readonly #thinning = new Thinning();
  readonly #services = new Map<string, ServiceNow>();
  #lines: Logs['lines'][number][] = [];
  #fresh: Logs['lines'][number][] = [];
  #dropped = 0;
  #traces: Trace[] = [];
  #after = 0;
  #said = '';
  #stop: (() => void) | undefined;
  #busy = false;

  constructor(clock: Clock, feed: ViewFeed) {
    this.#clock = clock;
    this.#feed = feed;
  }

  /** Resolves when the signal aborts; rejects when what runs has ended. */
  run(signal: AbortSignal): Promise<void> {
    return this.#feed.watch((event) => this.#take(event), signal);
  }

  /** A page has opened; the returned function says that it has gone. Without pages nothing is asked. */
  open(send: Send): () => void {
    this.#pages.add(send);
    send('map', mapOf(this.#feed.picture));
    send('now', { services: [...this.#services.values()], edges: this.#rates.now(spotOf) });
    send('logs', { lines: this.#lines, dropped: 0 });
    send('traces', this.#traces);
    this.#stop ??= this.#clock.every(everyMs, () => void this.#tick());
    return () => {
      this.#pages.delete(send);
      if (this.#pages.size > 0) return;
      this.#stop?.();
      this.#stop = undefined;
    };
  }

  #take(event: Event): void {
    if (event.type === 'service' && !event.service.startsWith('opta/')) {
      const { service: id, state, ready, wanted, why } = event;
      this.#services.set(id, { id, state, ready, wanted, ...(why !== undefined && { why }) });
    }
    if (event.type !== 'log') return;
    const { at, service, replica, stream, line } = event;
    this.#fresh.push({ at, service, replica, stream, line: line.slice(0, 2000) });
    if (this.#fresh.length <= linesAtOnce) return;
    this.#fresh.shift();
    this.#dropped += 1;
  }

  async #tick(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    try {
      const [edges, { upTo, traces }] = await Promise.all([
        this.#feed.edges(),
        this.#feed.traces(this.#after, tracesAtOnce),
      ]);
      this.#after = upTo;
      this.#rates.add(this.#clock.monotonic(), edges);
      this.#tellNow();
      if (traces.length > 0) this.#tellTraces(traces);
      this.#tellLogs();
    } catch {
      // What runs has ended, or ends: `run` says so.
    } finally {
      this.#busy = false;
    }
  }

  #tellNow(): void {
    const now = { services: [...this.#services.values()], edges: this.#rates.now(spotOf) };
    const text = JSON.stringify(now);
    if (text === this.#said) return;
    this.#said = text;
    this.#tell('now', now);
  }

  #tellTraces(all: readonly Trace[]): void {
    const known = new Set(this.#traces.map(({ id }) => id));
    const traces = this.#thinning.of(all, known, this.#clock.monotonic());
    if (traces.length === 0) return;
    const changed = new Set(traces.map(({ id }) => id));
    this.#traces = [...traces, ...this.#traces.filter(({ id }) => !changed.has(id))].slice(0, tracesKept);
    this.#tell('traces', traces);
  }

  #tellLogs(): void {
    const [lines, dropped] = [this.#fresh, this.#dropped];
    if (lines.length === 0) return;
    [this.#fresh, this.#dropped] = [[], 0];
    this.#lines = [...this.#lines, ...lines].slice(-linesKept);
    this.#tell('logs', { lines, dropped });
  }

  #tell: Send = (name, data) => {
    for (const send of this.#pages) send(name, data);
  };
}
