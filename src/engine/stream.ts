/** The event stream: stamps each event, takes secrets and control characters out of it, and hands it to every renderer. */
import type { Clock } from '../system/system.ts';
import { clean } from './clean.ts';
import type { Emit, Event, Said } from './event.ts';
import { createSecrets, type Secrets } from './secrets.ts';

type Sink = (event: Event) => void;

export interface EventStream {
  readonly emit: Emit;
  readonly secrets: Secrets;
  /** Hands every later event to `sink`; the returned function ends that. */
  attach(sink: Sink): () => void;
}

/** Characters of one text that are kept; the rest of an endless line is only counted. */
const longest = 16_384;

/** Fields whose values are our own closed words. A weak password that equals one must not break the stream. */
const own = new Set(['type', 'state', 'kind', 'goal', 'outcome', 'stream', 'unit', 'code', 'severity']);

function shorten(text: string): string {
  return text.length <= longest
    ? text
    : `${text.slice(0, longest).toWellFormed()}… (${text.length - longest} characters more)`;
}

function safeValue(value: unknown, safe: (text: string) => string): unknown {
  if (typeof value === 'string') return safe(value);
  if (Array.isArray(value)) return value.map((item) => safeValue(item, safe));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, own.has(key) ? item : safeValue(item, safe)]),
  );
}

/** A log event is one line, so its newlines go too. */
function safeEvent(said: Said, safe: (text: string) => string): Said {
  if (said.type === 'log') return { ...said, line: safe(said.line).replaceAll('\n', ' ') };
  return safeValue(said, safe) as Said;
}

/** A stream keeps no event: memory is what its sinks keep. A sink that throws is a bug, told to the one who emits. */
export function createStream({
  clock,
  secrets = createSecrets(),
}: {
  readonly clock: Clock;
  readonly secrets?: Secrets;
}): EventStream {
  const sinks = new Set<Sink>();
  const safe = (text: string) => shorten(secrets.redact(clean(text)));
  return {
    secrets,
    emit(said) {
      const event = { at: clock.now(), ...safeEvent(said, safe) } as Event;
      for (const sink of sinks) sink(event);
    },
    attach(sink) {
      sinks.add(sink);
      return () => sinks.delete(sink);
    },
  };
}
