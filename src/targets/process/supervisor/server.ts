/** The control socket: takes clients and their requests; a bad client harms only itself. */
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { type Asking, answer } from './answer.ts';
import { failureOf, stoppingError } from './failures.ts';
import { splitLines } from './lines.ts';
import { longestMessage, type Request, type Response } from './protocol.ts';

/** Bytes waiting for a slow client above which it gets no more log lines. */
const slowClient = 8 * 1024 * 1024;

export interface ServerOptions {
  /** The rest of `Asking` is the connection's own. */
  readonly shared: Pick<Asking, 'supervisor' | 'hello' | 'stop'>;
  note(text: string): void;
  /** An owner's connection dropped and no owner is left. */
  abandoned(): void;
  /** A connection has ended; the number of those left. */
  left(count: number): void;
}

export interface ControlServer {
  /** Takes no new connections; from now on the socket's path is another supervisor's. */
  unlisten(): void;
  /** Takes no new connections, and ends all others once what was written to them is sent. */
  close(): Promise<void>;
  clients(): number;
}

function serveClient(socket: Socket, owners: Set<Socket>, shared: ServerOptions['shared']): void {
  const running = new Map<number, AbortController>();
  const send = (response: Response) => {
    if (!socket.destroyed && socket.writable) socket.write(`${JSON.stringify(response)}\n`);
  };
  const serve = async (request: Request) => {
    const { seq } = request;
    const abort = new AbortController();
    running.set(seq, abort);
    try {
      const value = await answer(request, {
        ...shared,
        signal: abort.signal,
        item: (item, lossy) => {
          if (!lossy || socket.writableLength < slowClient) send({ seq, item });
        },
        own: (owned) => (owned ? owners.add(socket) : owners.delete(socket)),
        cancel: (of) => running.get(of)?.abort(new Error('cancelled')),
      });
      send({ seq, value });
    } catch (error) {
      // What fails because everything ends says only that.
      const stopped = shared.supervisor.stopping && request.type !== 'stop';
      send({ seq, failure: failureOf(stopped ? stoppingError() : error) });
    } finally {
      running.delete(seq);
    }
  };
  const splitter = splitLines((line) => {
    let request: Request;
    try {
      request = JSON.parse(line) as Request;
      if (typeof request?.seq !== 'number') throw new Error('no number');
    } catch {
      socket.destroy();
      return;
    }
    void serve(request);
  }, longestMessage);
  socket.on('data', (chunk) => splitter.push(chunk));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    for (const abort of running.values()) abort.abort(new Error('the client has gone'));
  });
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      if (!path.startsWith('\\\\')) chmodSync(path, 0o600);
      resolve();
    });
  });
}

/** Only for the holder of the lock: a file that is already there is one of a dead supervisor. */
export async function openControl(path: string, options: ServerOptions): Promise<ControlServer> {
  const sockets = new Set<Socket>();
  const owners = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    serveClient(socket, owners, options.shared);
    socket.on('close', () => {
      sockets.delete(socket);
      if (owners.delete(socket) && owners.size === 0) options.abandoned();
      options.left(sockets.size);
    });
  });
  rmSync(path, { force: true });
  await listen(server, path);
  // Such as too many open files: that client is turned away, the others stay.
  server.on('error', (error) => options.note(`control socket: ${error.message}`));
  const closed = new Promise<void>((resolve) => server.once('close', resolve));
  // Closing removes the socket's file.
  const unlisten = () => void (server.listening && server.close());
  return {
    unlisten,
    clients: () => sockets.size,
    close() {
      unlisten();
      const last: Response = { seq: 0, failure: failureOf(stoppingError()) };
      for (const socket of sockets) {
        // Who asks for nothing just now learns by it that this end is no crash.
        if (socket.writable) socket.write(`${JSON.stringify(last)}\n`);
        socket.destroySoon();
      }
      return closed;
    },
  };
}
