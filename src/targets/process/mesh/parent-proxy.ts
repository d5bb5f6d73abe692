/** The way to hosts that are not ours: straight, or through the user's own proxy. */
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as tlsConnect } from 'node:tls';
import type { DataPlaneConfig } from '../data-plane.ts';
import type { Destination } from './endpoint.ts';
import { bypassesProxy, isLoopback } from './no-proxy.ts';
import { AttemptFailure } from './outgoing.ts';
import { sendHttp1 } from './outgoing-http1.ts';
import { dial } from './tunnel.ts';

type ParentSettings = DataPlaneConfig['parentProxy'];

const kept = { keepAlive: true, maxFreeSockets: 64, timeout: 60_000 } as const;
/** Connections to hosts that are not ours, kept between requests. */
const straight = new Agent(kept);
/** Connections to a parent proxy that itself speaks TLS. */
const secure = Object.assign(new Agent(kept), {
  createConnection: (options: { host: string; port: number }) =>
    tlsConnect({ host: options.host, port: options.port, servername: options.host }),
});

/** The parent for a host, or undefined for a direct connection. */
export function parentFor(settings: ParentSettings, host: string, port: number): URL | undefined {
  if (settings === undefined || isLoopback(host) || bypassesProxy(settings.no, host, port)) return undefined;
  const written = port === 443 ? (settings.https ?? settings.http) : (settings.http ?? settings.https);
  if (written === undefined || written === '') return undefined;
  return URL.parse(written.includes('://') ? written : `http://${written}`) ?? undefined;
}

/** As the fields that carry the credentials of the proxy's URL. */
function authorization(parent: URL): string[] {
  if (parent.username === '' && parent.password === '') return [];
  const pair = `${decodeURIComponent(parent.username)}:${decodeURIComponent(parent.password)}`;
  return ['Proxy-Authorization', `Basic ${Buffer.from(pair).toString('base64')}`];
}

function mustBeHttp(parent: URL): void {
  if (parent.protocol === 'http:' || parent.protocol === 'https:') return;
  throw new AttemptFailure('connect', false, `a proxy with ${parent.protocol}// is not supported`);
}

function portOf(parent: URL): number {
  return parent.port === '' ? (parent.protocol === 'https:' ? 443 : 80) : Number(parent.port);
}

function hostnameOf(parent: URL): string {
  return parent.hostname.replace(/^\[(.*)\]$/, '$1');
}

/** Where a name of this machine is reached; others are looked up. */
function reachable(host: string): string {
  return host.toLowerCase().endsWith('.localhost') ? '127.0.0.1' : host;
}

/** For a request in absolute form. */
export function outsideDestination(settings: ParentSettings, host: string, port: number): Destination {
  const parent = parentFor(settings, host, port);
  const label = parent === undefined ? host : `${host} through the proxy ${parent.host}`;
  return {
    label,
    mtls: false,
    enter: () => () => {},
    closeIdle: () => {},
    send(request) {
      if (parent !== undefined) {
        mustBeHttp(parent);
        const name = host.includes(':') ? `[${host}]` : host;
        const path = `http://${name}${port === 80 ? '' : `:${port}`}${request.path}`;
        const headers = [...request.headers, ...authorization(parent)];
        const agent = parent.protocol === 'https:' ? secure : straight;
        return sendHttp1({ host: hostnameOf(parent), port: portOf(parent) }, agent, { ...request, path, headers });
      }
      return sendHttp1({ host: reachable(host), port }, straight, request);
    },
  };
}

/** A connection to a host that is not ours, for CONNECT. Rejects with a message fit to be shown. */
export async function dialOutside(settings: ParentSettings, host: string, port: number): Promise<Duplex> {
  const parent = parentFor(settings, host, port);
  if (parent === undefined) return dial(reachable(host), port);
  mustBeHttp(parent);
  return connectThrough(parent, host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
}

function connectThrough(parent: URL, authority: string): Promise<Socket> {
  const address = { host: hostnameOf(parent), port: portOf(parent) };
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      ...address,
      agent: false,
      ...(parent.protocol === 'https:' && {
        createConnection: () => tlsConnect({ ...address, servername: address.host }),
      }),
      method: 'CONNECT',
      path: authority,
      headers: ['Host', authority, ...authorization(parent)],
      setHost: false,
    });
    request.on('connect', (response: IncomingMessage, socket: Socket, head: Buffer) => {
      socket.on('error', () => {});
      if (response.statusCode === 200) {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
        return;
      }
      socket.destroy();
      reject(new Error(`the proxy ${parent.host} answered ${response.statusCode} ${response.statusMessage}`));
    });
    request.on('response', (response) => {
      response.destroy();
      reject(new Error(`the proxy ${parent.host} answered ${response.statusCode}`));
    });
    request.on('error', (error) => reject(new Error(`the proxy ${parent.host}: ${error.message}`)));
    request.end();
  });
}
