/** Ports of 127.0.0.1, asked of the kernel. */
import { connect, createServer } from 'node:net';
import type { Network } from './system.ts';

const host = '127.0.0.1';

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}

export function nodeNetwork(): Network {
  const handedOut = new Set<number>();
  return {
    async canListen(port) {
      try {
        await listenOnce(port);
        return true;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
        throw error;
      }
    },
    async freePort() {
      for (;;) {
        const port = await listenOnce(0);
        if (handedOut.has(port)) continue;
        handedOut.add(port);
        return port;
      }
    },
    accepts: (port, timeoutMs = 1000) =>
      new Promise((resolve) => {
        const socket = connect({ host, port });
        const answer = (yes: boolean) => {
          socket.destroy();
          resolve(yes);
        };
        socket.setTimeout(timeoutMs, () => answer(false));
        socket.once('connect', () => answer(true));
        socket.once('error', () => answer(false));
      }),
  };
}
