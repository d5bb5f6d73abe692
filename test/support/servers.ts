/** Small real servers for tests: HTTP/1, and a raw one that says what it got byte for byte. */
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer, type Server as NetServer, type Socket } from 'node:net';

export interface Served {
  readonly port: number;
  close(): Promise<void>;
}

function portOf(server: NetServer | Server): number {
  return (server.address() as AddressInfo).port;
}

export async function serveHttp(act: RequestListener, prepare: (server: Server) => void = () => {}): Promise<Served> {
  const server = createHttpServer({ keepAliveTimeout: 60_000 }, act);
  prepare(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(server),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Hands each connection over. */
export async function serveRaw(act: (socket: Socket) => void): Promise<Served> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    act(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(server),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
