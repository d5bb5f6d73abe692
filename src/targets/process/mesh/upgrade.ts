/** Takes a protocol switch (WebSocket) to an upstream and joins the two connections. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { dialled } from './dial.ts';
import type { Destination, Reachable } from './endpoint.ts';
import { headBytes, refuseRaw, respondRaw } from './http-front.ts';
import { toldFailure } from './proxy-error.ts';
import { endToEnd, type RawHeaders } from './raw-headers.ts';
import { type Carried, tunnel } from './tunnel.ts';

export interface Upgrading {
  readonly service: string;
  readonly path: string;
  /** End-to-end fields of the request. */
  readonly headers: RawHeaders;
  /** Milliseconds without a byte either way until the connection is closed; 0 is for ever. */
  readonly idleMs: number;
  pick(tried: ReadonlySet<Destination>): Reachable | undefined;
  more?(chosen: Reachable): RawHeaders;
  /** Fields, in lower case, to take off the answer. */
  readonly withhold?: ReadonlySet<string>;
  /** Name of a field that says so when there is no answer, for the caller's side of the mesh. */
  readonly refusedBy?: string;
  /** Called when the protocol was switched, and again when the connection has ended. */
  observe?(seen: { readonly switched: true } | Carried): void;
}

/** Tries each endpoint that refuses the connection once. */
export async function forwardUpgrade(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  to: Upgrading,
): Promise<void> {
  const tried = new Set<Destination>();
  let refused = false;
  while (!socket.destroyed) {
    const endpoint = to.pick(tried);
    if (endpoint === undefined) {
      const text = refused ? `502 ${to.service} refused the connection` : `503 ${to.service} has no ready replica`;
      const more = to.refusedBy === undefined ? {} : { [to.refusedBy]: 'connect refused' };
      return refuseRaw(request, socket, refused ? 502 : 503, text, more);
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
async function attempt(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  to: Upgrading,
  endpoint: Reachable,
): Promise<boolean> {
  let upstream: Socket;
  try {
    upstream = await dialled(endpoint.dialer, 'http/1.1');
  } catch {
    return false;
  }
  if (socket.destroyed) {
    upstream.destroy();
    return true;
  }
  return send(request, socket, head, { to, endpoint, upstream });
}

function send(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { to, endpoint, upstream }: { to: Upgrading; endpoint: Reachable; upstream: Socket },
): Promise<boolean> {
  const more = to.more?.(endpoint) ?? [];
  return new Promise((resolve) => {
    const outgoing = httpRequest({
      createConnection: () => upstream,
      method: request.method ?? 'GET',
      path: to.path,
      headers: [...to.headers, 'Connection', 'Upgrade', 'Upgrade', request.headers.upgrade ?? 'websocket'],
      setHost: false,
    });
    const gone = (): void => void outgoing.destroy();
    socket.once('close', gone);
    outgoing.on('upgrade', (response, switched, first) => {
      socket.off('close', gone);
      socket.write(headBytes(`HTTP/1.1 101 ${response.statusMessage}`, [...response.rawHeaders, ...more]));
      if (first.length > 0) switched.unshift(first);
      if (head.length > 0) switched.write(head);
      to.observe?.({ switched: true });
      void tunnel(socket, switched, to.idleMs).then((carried) => {
        to.observe?.(carried);
        resolve(true);
      });
    });
    outgoing.on('response', (response) => {
      if (endpoint.mtls && toldFailure({ headers: response.rawHeaders })?.stage === 'connect') {
        socket.off('close', gone);
        response.destroy();
        return resolve(false);
      }
      const answer = respondRaw(request, socket);
      const fields = [...endToEnd(response.rawHeaders, to.withhold), ...more];
      answer.writeHead(response.statusCode ?? 502, response.statusMessage, fields);
      response.on('error', () => answer.destroy());
      response.pipe(answer);
      response.once('close', () => resolve(true));
    });
    outgoing.on('error', (error) => {
      if (!socket.destroyed) refuseRaw(request, socket, 502, `502 ${to.service} gave no answer: ${error.message}`);
      resolve(true);
    });
    outgoing.end();
  });
}
