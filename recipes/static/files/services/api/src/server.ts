/** Fastify as every service here runs it: probes, logs of one JSON object a line, loopback unless told otherwise, a graceful end. */
import fastify, { type FastifyInstance } from 'fastify';

/** A server that is not yet listening. `ready` answers whether what it needs is there; it throws or rejects when not. */
export const createServer = (ready: () => unknown): FastifyInstance => {
  // The ingress tells the caller's address and protocol in X-Forwarded-*.
  const server = fastify({ logger: true, trustProxy: true, forceCloseConnections: 'idle' });
  server.get('/live', { logLevel: 'warn' }, () => 'live');
  server.get('/ready', { logLevel: 'warn' }, async (_, reply) => {
    try {
      await ready();
      return 'ready';
    } catch (error) {
      server.log.warn(error, 'not ready');
      return reply.code(503).send('not ready');
    }
  });
  return server;
};

/** Listens on PORT, and closes on SIGTERM or SIGINT: requests under way are answered, then `close` runs, then it ends with 0. */
export const listen = async (server: FastifyInstance, close: () => unknown = () => undefined): Promise<void> => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, async () => {
      await server.close();
      await close();
      process.exit(0);
    });
  }
  await server.listen({ host: process.env.BIND_ADDRESS ?? '127.0.0.1', port: Number(process.env.PORT ?? 8080) });
};
