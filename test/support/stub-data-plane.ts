/**
 * A data plane small enough to trust: an HTTP proxy on httpPort over the endpoints of its first upstream. Its first
 * argument: milliseconds until it takes endpoints.
 */
import { Agent, createServer, request } from 'node:http';
import type { DataPlaneRequest, Endpoint } from '../../src/targets/process/data-plane.ts';

let endpoints: readonly Endpoint[] = [];
let turn = 0;
const slowMs = Number(process.argv[2] ?? 0);
const open = new Map<number, number>();
const agent = new Agent({ keepAlive: false });

const server = createServer((incoming, outgoing) => {
  turn += 1;
  const port = endpoints[turn % endpoints.length]?.port;
  if (port === undefined) return outgoing.writeHead(503).end('no endpoint');
  open.set(port, (open.get(port) ?? 0) + 1);
  const passed = request({ host: '127.0.0.1', port, path: incoming.url, agent }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 500);
    answer.pipe(outgoing);
  });
  passed.on('error', (error) => outgoing.writeHead(502).end(error.message));
  outgoing.on('close', () => open.set(port, (open.get(port) ?? 1) - 1));
  passed.end();
});

async function drained(port: number, graceMs: number): Promise<void> {
  const end = performance.now() + graceMs;
  while ((open.get(port) ?? 0) > 0 && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
}

process.on('message', async (message: DataPlaneRequest) => {
  const { seq } = message;
  if (message.type === 'config') {
    endpoints = message.config.upstreams[0]?.endpoints ?? [];
    const port = message.config.ingress.httpPort;
    const failed = (error: NodeJS.ErrnoException) =>
      process.send?.({ seq, ok: false, code: error.code, message: error.message, port });
    if (server.listening) return process.send?.({ seq, ok: true });
    server.once('error', failed);
    return server.listen(port, '127.0.0.1', () => process.send?.({ seq, ok: true }));
  }
  if (message.type === 'endpoints') {
    await new Promise((resolve) => setTimeout(resolve, slowMs));
    endpoints = message.endpoints;
  }
  if (message.type === 'drain') await drained(message.port, message.graceMs);
  process.send?.({ seq, ok: true });
});
process.on('disconnect', () => process.exit(0));
