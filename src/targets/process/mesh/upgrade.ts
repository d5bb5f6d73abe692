/** Takes a protocol switch (WebSocket) to an upstream and joins the two connections. */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Connection } from '../../../engine/trace.ts';
import { Passing } from '../tracing/passing.ts';
import { dialled } from './dial.ts';
import type { Destination, Reachable } from './endpoint.ts';
import type { TracedAttempt } from './forward.ts';
import { refuseRaw, respondRaw } from './http-front.ts';
import { toldFailure } from './proxy-error.ts';
import { endToEnd, headBytes, type RawHeaders, without } from './raw-headers.ts';
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
  /** Tells of each attempt; absent when nobody wants to know. */
  trace?(chosen: Reachable, attempt: number): TracedAttempt;
  /** Called when the protocol was switched, for a request that is traced. */
  told?(seen: Switched): void;
  /** Called once at the end, whatever it was. */
  ended?(seen: Switched): void;
}

interface Switched {
  readonly status: string;
  readonly succeeded: boolean;
  readonly connection?: Connection;
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
  for (let count = 1; !socket.destroyed; count += 1) {
    const endpoint = to.pick(tried);
    if (endpoint === undefined) {
      to.ended?.({ status: refused ? '502' : '503', succeeded: false });
      const text = refused ? `502 ${to.service} refused the connection` : `503 ${to.service} has no ready replica`;
      const more = to.refusedBy === undefined ? {} : { [to.refusedBy]: 'connect refused' };
      return refuseRaw(request, socket, refused ? 502 : 503, text, more);
    }
    const leave = endpoint.enter();
    const traced = to.trace?.(endpoint, count);
    const end = await attempt(request, socket, head, { to, endpoint, traced });
    leave();
    if (end !== undefined) {
      traced?.end({ ...end, failed: !end.succeeded });
      to.ended?.(end);
      return;
    }
    traced?.end({ status: 'refused', failed: true });
    refused = true;
    tried.add(endpoint);
  }
  to.ended?.(gone);
}

/** The caller went away before there was an answer. */
const gone: Switched = { status: 'gone', succeeded: false };

interface Chosen {
  readonly to: Upgrading;
  readonly endpoint: Reachable;
  readonly traced: TracedAttempt | undefined;
}

/** Undefined when the endpoint could not be connected to; else resolves when the joined connections are closed. */
async function attempt(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  chosen: Chosen,
): Promise<Switched | undefined> {
  let upstream: Socket;
  try {
    upstream = await dialled(chosen.endpoint.dialer, 'http/1.1');
  } catch {
    return undefined;
  }
  if (socket.destroyed) {
    upstream.destroy();
    return gone;
  }
  return send(request, socket, head, { ...chosen, upstream });
}

function send(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  { to, endpoint, traced, upstream }: Chosen & { readonly upstream: Socket },
): Promise<Switched | undefined> {
  const more = to.more?.(endpoint) ?? [];
  const protocol = request.headers.upgrade ?? 'websocket';
  return new Promise((resolve) => {
    const outgoing = httpRequest({
      createConnection: () => upstream,
      method: request.method ?? 'GET',
      path: to.path,
      headers: [...(traced?.headers ?? to.headers), 'Connection', 'Upgrade', 'Upgrade', protocol],
      setHost: false,
    });
    const leave = (): void => void outgoing.destroy();
    socket.once('close', leave);
    outgoing.on('upgrade', (response, switched, first) => {
      socket.off('close', leave);
      socket.write(
        headBytes(`HTTP/1.1 101 ${response.statusMessage}`, [...without(response.rawHeaders, to.withhold), ...more]),
      );
      if (first.length > 0) switched.unshift(first);
      if (head.length > 0) switched.write(head);
      to.observe?.({ switched: true });
      void joined(socket, switched, protocol, { to, endpoint, traced }, head).then(resolve);
    });
    outgoing.on('response', (response) => {
      if (endpoint.mtls && toldFailure({ headers: response.rawHeaders })?.stage === 'connect') {
        socket.off('close', leave);
        response.destroy();
        return resolve(undefined);
      }
      const status = response.statusCode ?? 502;
      const answer = respondRaw(request, socket);
      const fields = [...endToEnd(response.rawHeaders, to.withhold), ...more];
      answer.writeHead(status, response.statusMessage, fields);
      response.on('error', () => answer.destroy());
      response.pipe(answer);
      response.once('close', () => resolve({ status: `${status}`, succeeded: status < 500 }));
    });
    outgoing.on('error', (error) => {
      if (socket.destroyed) return resolve(gone);
      refuseRaw(request, socket, 502, `502 ${to.service} gave no answer: ${error.message}`);
      resolve({ status: '502', succeeded: false });
    });
    outgoing.end();
  });
}

/** Joins the two and tells what passes, until both are closed. */
async function joined(
  socket: Duplex,
  switched: Duplex,
  protocol: string,
  { to, traced }: Chosen,
  head: Buffer,
): Promise<Switched> {
  const passing = traced === undefined ? undefined : new Passing(protocol);
  if (head.length > 0) passing?.passed('caller', head);
  const seen = () => ({
    ...{ status: '101', succeeded: true },
    ...(passing !== undefined && { connection: passing.connection() }),
  });
  if (traced !== undefined) {
    traced.tell({ ...seen(), failed: false });
    to.told?.(seen());
  }
  const carried = await tunnel(socket, switched, to.idleMs, passing);
  to.observe?.(carried);
  passing?.over();
  return seen();
}
