/** Takes a protocol switch (WebSocket) to an upstream and joins the two connections. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { LiveEndpoint } from './endpoint.ts';
import { headBytes, refuseRaw, respondRaw } from './http-front.ts';
import { endToEnd, type RawHeaders } from './raw-headers.ts';
import { tunnel } from './tunnel.ts';

export interface Upgrading {
  readonly service: string;
  readonly path: string;
  /** End-to-end fields of the request. */
  readonly headers: RawHeaders;
  /** Milliseconds without a byte either way until the connection is closed. */
  readonly idleMs: number;
  pick(tried: ReadonlySet<LiveEndpoint>): LiveEndpoint | undefined;
  more?(chosen: LiveEndpoint): RawHeaders;
}

/** Tries each endpoint that refuses the connection once. */
export async function forwardUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  to: Upgrading,
): Promise<void> {
  const tried = new Set<LiveEndpoint>();
  let refused = false;
  while (!socket.destroyed) {
    const endpoint = to.pick(tried);
    if (endpoint === undefined) {
      const text = refused ? `502 ${to.service} refused the connection` : `503 ${to.service} has no ready replica`;
      return refuseRaw(request, socket, refused ? 502 : 503, text);
    }
    const leave = endpoint.enter();
    const connected = await attempt(request, socket, head, to, endpoint);
    leave();
    if (connected) return;
    refused = true;
    tried.add(endpoint);
  }
}

/** False when the endpoint could not be connected to; else resolves when the joined connections are closed. */
function attempt(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  to: Upgrading,
  endpoint: LiveEndpoint,
): Promise<boolean> {
  const more = to.more?.(endpoint) ?? [];
  return new Promise((resolve) => {
    const outgoing = httpRequest({
      host: '127.0.0.1',
      port: endpoint.port,
      agent: false,
      method: request.method ?? 'GET',
      path: to.path,
      headers: [...to.headers, 'Connection', 'Upgrade', 'Upgrade', request.headers.upgrade ?? 'websocket'],
      setHost: false,
    });
    let connected = false;
    outgoing.on('socket', (upstream) => upstream.once('connect', () => (connected = true)));
    const gone = (): void => void outgoing.destroy();
    socket.once('close', gone);
    outgoing.on('upgrade', (response, upstream, first) => {
      socket.off('close', gone);
      socket.write(headBytes(`HTTP/1.1 101 ${response.statusMessage}`, [...response.rawHeaders, ...more]));
      if (first.length > 0) upstream.unshift(first);
      if (head.length > 0) upstream.write(head);
      void tunnel(socket, upstream, to.idleMs).then(() => resolve(true));
    });
    outgoing.on('response', (response) => {
      const answer = respondRaw(request, socket);
      answer.writeHead(response.statusCode ?? 502, response.statusMessage, [...endToEnd(response.rawHeaders), ...more]);
      response.on('error', () => answer.destroy());
      response.pipe(answer);
      response.once('close', () => resolve(true));
    });
    outgoing.on('error', (error) => {
      if (!connected && !socket.destroyed) return resolve(false);
      if (!socket.destroyed) refuseRaw(request, socket, 502, `502 ${to.service} gave no answer: ${error.message}`);
      resolve(true);
    });
    outgoing.end();
  });
}
