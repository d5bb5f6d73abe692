/** Joins two connections, byte for byte. */
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type Dialer, dialled } from './dial.ts';

interface MaybeSocket extends Duplex {
  setTimeout?(ms: number, act?: () => void): unknown;
}

/** Bytes that went through. */
export interface Carried {
  /** From `a`. */
  readonly bytesOut: number;
  readonly bytesIn: number;
}

/** Who wants to know what passes. `a` is the caller. */
export interface Watching {
  passed(from: 'caller' | 'service', chunk: Buffer): void;
  /** One side has said all, or broke off. */
  ended(from: 'caller' | 'service'): void;
}

/** Pipes both ways until both ends are closed; a break on one side breaks the other. `idleMs` 0 is for ever. */
export function tunnel(a: MaybeSocket, b: MaybeSocket, idleMs: number, watching?: Watching): Promise<Carried> {
  const breakOff = (): void => {
    a.destroy();
    b.destroy();
  };
  return new Promise((resolve) => {
    let open = 2;
    let [bytesOut, bytesIn] = [0, 0];
    a.on('data', (chunk: Buffer) => (bytesOut += chunk.length));
    b.on('data', (chunk: Buffer) => (bytesIn += chunk.length));
    if (watching !== undefined) watch(a, b, watching);
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      one.on('error', breakOff);
      one.once('close', () => {
        // A clean close was passed on by the pipe; what the other side still has to say is heard.
        if (!one.readableEnded) other.destroy();
        else if (!other.writableEnded) other.end();
        open -= 1;
        if (open === 0) resolve({ bytesOut, bytesIn });
      });
      // It went while the other one was being opened: its event will not come.
      if (one.closed) open -= 1;
    }
    if (open < 2) {
      breakOff();
      if (open === 0) resolve({ bytesOut, bytesIn });
      return;
    }
    a.pipe(b);
    b.pipe(a);
    if (idleMs > 0) a.setTimeout?.(idleMs, breakOff);
  });
}

function watch(a: Duplex, b: Duplex, watching: Watching): void {
  for (const [side, from] of [
    [a, 'caller'],
    [b, 'service'],
  ] as const) {
    side.on('data', (chunk: Buffer) => watching.passed(from, chunk));
    side.once('end', () => watching.ended(from)).once('close', () => watching.ended(from));
  }
}

/** Connects, or rejects with the system error. */
export function dial(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      socket.on('error', () => {});
      resolve(socket);
    });
  });
}

/** A connection through a replica's sidecar to its app; rejects when the app does not take it. */
export async function dialThrough(dialer: Dialer, traceparent?: string): Promise<Socket> {
  const socket = await dialled(dialer, traceparent === undefined ? 'opta/raw' : 'opta/traced');
  if (traceparent !== undefined) socket.write(traceparent);
  // One byte says that the app has taken it.
  await new Promise<void>((resolve, reject) => {
    const closed = (): void => reject(new Error('the app takes no connection'));
    const taken = (): void => {
      if (socket.read(1) === null) return;
      socket.off('close', closed).off('end', closed).off('readable', taken);
      resolve();
    };
    socket.on('readable', taken).once('end', closed).once('close', closed);
  });
  return socket;
}
