/** Takes an answer back to who asked: fields, body, trailers, and how it broke off. */
import type { Clock } from '../../../system/system.ts';
import type { Incoming } from './incoming.ts';
import type { Reply } from './outgoing.ts';
import { endToEnd, headerValue, type RawHeaders } from './raw-headers.ts';

/** Milliseconds in which the end of a connection follows that of its streams. */
const connectionEndMs = 20;

export interface Relaying {
  readonly clock: Clock;
  readonly service: string;
  /** Fields to add. */
  readonly more: RawHeaders;
  /** Fields to take off, in lower case. */
  readonly withhold?: ReadonlySet<string>;
}

export interface Relayed {
  /** Of the body. */
  readonly bytes: number;
  /** It did not break off. */
  readonly whole: boolean;
}

/** A call that has begun and lost its server ends as a status, which is not taken for the caller's own cancel. */
function unavailable({ service }: Relaying): RawHeaders {
  return ['grpc-status', '14', 'grpc-message', `${service} broke the connection off`];
}

/** Resolves when the last byte was handed over or it broke off. */
export function relay(reply: Reply, incoming: Incoming, how: Relaying): Promise<Relayed> {
  const { body, status } = reply;
  const bodyless = reply.ended || incoming.method === 'HEAD' || status === 204 || status === 205 || status === 304;
  const headers = [...endToEnd(reply.headers, how.withhold), ...how.more];
  const grpc = incoming.version === 2 && (headerValue(headers, 'content-type') ?? '').startsWith('application/grpc');
  let bytes = 0;
  return new Promise((resolve) => {
    const sink = incoming.respond({ status, message: reply.message, headers, trailers: reply.trailers }, bodyless);
    const breakOff = async (code: number): Promise<void> => {
      // A server on its way out may cancel its streams one by one just before.
      if (grpc && !bodyless && !reply.lost()) await how.clock.sleep(connectionEndMs);
      if (grpc && !bodyless && reply.lost()) incoming.finish(unavailable(how));
      else incoming.reset(code);
      resolve({ bytes, whole: false });
    };
    body.once('close', () => {
      if (!body.readableEnded) void breakOff(reply.brokenBy() || 8);
      else resolve({ bytes, whole: true });
    });
    body.once('end', () => {
      const code = reply.brokenBy();
      if (code !== 0) return void breakOff(code);
      if (!bodyless) incoming.finish(reply.trailersSent());
      resolve({ bytes, whole: true });
    });
    if (bodyless) {
      body.resume();
      return;
    }
    if (body.readableLength === 0) incoming.flush();
    body.on('data', (chunk: Buffer) => (bytes += chunk.length));
    body.pipe(sink, { end: false });
  });
}
