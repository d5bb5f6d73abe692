/** The sidecar before one port of one replica: takes mTLS only, checks who calls, and hands on to the app. */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls';
import { holderOf, identityOf, missingLink } from '../../../app/identity.ts';
import type { Clock } from '../../../system/system.ts';
import type { Endpoint, Upstream } from '../data-plane.ts';
import { inboundHop, rawInboundHop } from '../tracing/hops.ts';
import { tunnelTraced } from '../tracing/raw-tunnel.ts';
import { readTraceparent } from '../tracing/traceparent.ts';
import type { Tracer } from '../tracing/tracer.ts';
import type { Credentials } from './credentials.ts';
import { dialled } from './dial.ts';
import type { Edges } from './edges.ts';
import { appBehind, type Reachable, type Sidecar } from './endpoint.ts';
import { forward } from './forward.ts';
import { HttpFront, refuseRaw } from './http-front.ts';
import { answer, type Incoming } from './incoming.ts';
import { target } from './incoming-http1.ts';
import { Listener } from './listener.ts';
import type { Pool } from './pool.ts';
import { proxyErrorField, tellFailure } from './proxy-error.ts';
import { endToEnd, type RawHeaders } from './raw-headers.ts';
import { sniff } from './sniff.ts';
import { forwardUpgrade } from './upgrade.ts';

/** Tells the app who calls, as Linkerd does. */
const clientField = 'l5d-client-id';
const fromClients = new Set([clientField]);
const fromApps = new Set([proxyErrorField]);

export interface InboundParts {
  readonly clock: Clock;
  readonly credentials: Credentials;
  readonly edges: Edges;
  readonly tracer: Tracer;
  /** As it is now. */
  upstream(): Upstream;
  note(text: string): void;
}

export class Inbound implements Sidecar {
  readonly #parts: InboundParts;
  readonly #app: Reachable & { readonly pool: Pool };
  readonly #fronts = new Map<string, HttpFront>();
  readonly #tls: TlsServer;
  readonly #listener: Listener;

  /** Only after the credentials are ready. */
  static async open(endpoint: Endpoint, parts: InboundParts): Promise<Inbound> {
    const listener = await Listener.open(0, (socket) => socket.destroy());
    return new Inbound(endpoint, parts, listener);
  }

  private constructor(endpoint: Endpoint, parts: InboundParts, listener: Listener) {
    const { service, protocol } = parts.upstream();
    this.#parts = parts;
    this.#app = appBehind(endpoint, protocol === 'grpc');
    this.#tls = createTlsServer(
      {
        ...parts.credentials.of(service).material,
        requestCert: true,
        rejectUnauthorized: true,
        ALPNProtocols: ['h2', 'http/1.1', 'opta/raw', 'opta/traced'],
        handshakeTimeout: 10_000,
      },
      (socket) => this.#accept(socket),
    );
    this.#tls.on('tlsClientError', (_error, socket) => socket.destroy());
    this.#listener = listener;
    listener.accept = (socket: Socket) => void this.#tls.emit('connection', socket);
  }

  get port(): number {
    return this.#listener.port;
  }

  renewed(): void {
    this.#tls.setSecureContext(this.#parts.credentials.of(this.#parts.upstream().service).material);
  }

  destroy(): void {
    this.#listener.close();
    this.#listener.destroyAll();
    this.#app.pool.destroy();
  }

  #allows(caller: string): boolean {
    const { callers } = this.#parts.upstream();
    return callers === undefined || callers.includes(caller);
  }

  /** The words for a caller that may not; told on this side too. */
  #refusal(caller: string): string {
    const { service } = this.#parts.upstream();
    const text = missingLink(caller, service);
    this.#parts.edges.refuse(caller, service);
    this.#parts.note(text);
    return text;
  }

  #accept(socket: TLSSocket): void {
    socket.on('error', () => {});
    const caller = holderOf(socket.getPeerCertificate().subjectaltname);
    if (caller === undefined) {
      socket.destroy();
      return;
    }
    socket.setNoDelay(true);
    if (socket.alpnProtocol === 'opta/raw') void this.#join(caller, socket, true);
    else if (socket.alpnProtocol === 'opta/traced')
      readTraceparent(socket, (traceparent) => void this.#join(caller, socket, true, traceparent));
    else if (socket.alpnProtocol) this.#front(caller).accept(socket, socket.alpnProtocol === 'h2' ? 2 : 1);
    else if (this.#parts.upstream().protocol === 'tcp') void this.#join(caller, socket, false);
    else {
      sniff(socket, (spoken) => {
        if (spoken === 'other') void this.#join(caller, socket, false);
        else this.#front(caller).accept(socket, spoken === 'http2' ? 2 : 1);
      });
    }
  }

  #front(caller: string): HttpFront {
    const known = this.#fronts.get(caller);
    if (known !== undefined) return known;
    const front = new HttpFront({
      exchange: (incoming) => this.#exchange(caller, incoming),
      upgrade: (request, socket, head) => this.#upgrade(caller, request, socket, head),
    });
    this.#fronts.set(caller, front);
    return front;
  }

  #exchange(caller: string, incoming: Incoming): void {
    const { service } = this.#parts.upstream();
    const headers = withCaller(incoming.headers, caller);
    const hop = inboundHop(this.#parts.tracer, incoming, { caller, service, replica: this.#app.replica, headers });
    if (!this.#allows(caller)) {
      const refused = this.#refusal(caller);
      answer(incoming, 403, refused);
      hop?.end({ status: '403', failed: true, refused });
      return;
    }
    void forward(incoming, {
      clock: this.#parts.clock,
      service,
      path: incoming.path,
      headers,
      ...(hop && { trace: hop.trace, observe: hop.ended }),
      // The caller's side keeps the time.
      timeouts: {},
      idleMs: 0,
      pick: (tried) => (tried.has(this.#app) ? undefined : this.#app),
      withhold: fromApps,
      refuse: (failed) => tellFailure(incoming, failed),
    });
  }

  #upgrade(caller: string, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { service } = this.#parts.upstream();
    const { path } = target(request.url ?? '/', undefined);
    const headers = withCaller(request.rawHeaders, caller);
    const asked = { method: request.method ?? 'GET', path, headers };
    const hop = inboundHop(this.#parts.tracer, asked, { caller, service, replica: this.#app.replica, headers });
    if (!this.#allows(caller)) {
      const refused = this.#refusal(caller);
      refuseRaw(request, socket, 403, refused);
      hop?.end({ status: '403', failed: true, refused });
      return;
    }
    void forwardUpgrade(request, socket, head, {
      ...{ service, path, headers },
      ...(hop && { trace: hop.trace, told: hop.told, ended: hop.ended }),
      idleMs: 0,
      pick: (tried) => (tried.has(this.#app) ? undefined : this.#app),
      withhold: fromApps,
      refusedBy: proxyErrorField,
    });
  }

  /** With `tell`, one byte says that the app has taken the connection: without it another replica is asked. */
  async #join(caller: string, socket: TLSSocket, tell: boolean, traceparent?: string): Promise<void> {
    const at = { caller, service: this.#parts.upstream().service, replica: this.#app.replica };
    const hop = rawInboundHop(this.#parts.tracer, traceparent, at);
    if (!this.#allows(caller)) {
      const refused = this.#refusal(caller);
      hop?.end({ status: 'refused', failed: true, refused });
      socket.destroy();
      return;
    }
    let app: Socket;
    try {
      app = await dialled(this.#app.dialer, 'opta/raw');
    } catch {
      // Told by the closed connection.
      hop?.end({ status: 'refused', failed: true });
      socket.destroy();
      return;
    }
    if (tell) socket.write(Buffer.of(0));
    await tunnelTraced(socket, app, 0, hop);
  }
}

function withCaller(headers: RawHeaders, caller: string): string[] {
  return [...endToEnd(headers, fromClients), clientField, identityOf(caller)];
}
