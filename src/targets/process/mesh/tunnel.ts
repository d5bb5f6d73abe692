/** Joins two connections, byte for byte. */
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

interface MaybeSocket extends Duplex {
  setTimeout?(ms: number, act?: () => void): unknown;
}

/** Pipes both ways until both ends are closed; a break on one side breaks the other. `idleMs` 0 is for ever. */
export function tunnel(a: MaybeSocket, b: MaybeSocket, idleMs: number): Promise<void> {
  const breakOff = (): void => {
    a.destroy();
    b.destroy();
  };
  return new Promise((resolve) => {
    let open = 2;
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
        if (open === 0) resolve();
      });
      if (one.closed) breakOff();
    }
    a.pipe(b);
    b.pipe(a);
    if (idleMs > 0) a.setTimeout?.(idleMs, breakOff);
  });
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
