/** A loopback port that is open while what answers on it may be replaced. */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A port that cannot be opened. `code` is `port-taken` or `port-not-allowed`. */
export class PortFailure extends Error {
  readonly code: 'port-taken' | 'port-not-allowed';
  readonly port: number;

  constructor(code: 'port-taken' | 'port-not-allowed', port: number, cause: Error) {
    super(code === 'port-taken' ? `port ${port} is taken` : `port ${port} may not be opened`, { cause });
    this.code = code;
    this.port = port;
  }
}

export class Listener {
  #port: number;
  accept: (socket: Socket) => void;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #waiting: (() => void)[] = [];

  private constructor(port: number, accept: (socket: Socket) => void) {
    this.#port = port;
    this.accept = accept;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => {
        this.#sockets.delete(socket);
        if (this.#sockets.size === 0) for (const act of this.#waiting.splice(0)) act();
      });
      socket.on('error', () => {});
      this.accept(socket);
    });
  }

  get port(): number {
    return this.#port;
  }

  /** Rejects with PortFailure. Port 0 is any free one. */
  static open(port: number, accept: (socket: Socket) => void): Promise<Listener> {
    const listener = new Listener(port, accept);
    return new Promise((resolve, reject) => {
      const server = listener.#server;
      server.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE') reject(new PortFailure('port-taken', port, error));
        else if (error.code === 'EACCES') reject(new PortFailure('port-not-allowed', port, error));
        else reject(error);
      });
      server.listen({ port, host: '127.0.0.1', backlog: 1024, exclusive: true }, () => {
        server.removeAllListeners('error');
        server.on('error', () => {});
        listener.#port = (server.address() as AddressInfo).port;
        resolve(listener);
      });
    });
  }

  /** Takes no new connection. */
  close(): void {
    this.#server.close();
  }

  /** Resolves when no connection is left. */
  quiet(): Promise<void> {
    return this.#sockets.size === 0 ? Promise.resolve() : new Promise((resolve) => this.#waiting.push(resolve));
  }

  destroyAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
