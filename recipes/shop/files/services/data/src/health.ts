/** What probes ask, over HTTP on a port of its own: in a mesh an open port says only that the proxy runs. */
import { createServer } from 'node:http';

export interface Health {
  /** From now on calls are welcome. It stays so: when the database fails later, callers are told by gRPC. */
  ready(): void;
  close(): Promise<void>;
}

/** /live answers at once, /ready when the service is. */
export const serveHealth = async (host: string, port: number): Promise<Health> => {
  let isReady = false;
  const server = createServer(({ url }, response) => {
    if (url === '/live') response.end('live\n');
    else if (url === '/ready') response.writeHead(isReady ? 200 : 503).end(isReady ? 'ready\n' : 'not ready\n');
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  return {
    ready: () => {
      isReady = true;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};
