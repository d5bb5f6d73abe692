/** Serves the web view on loopback: the page's three files, and its updates as server-sent events. */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Clock } from '../../system/system.ts';
import { type Send, type ViewFeed, ViewUpdates } from './updates.ts';

export interface View {
  /** With the token that only who started it knows. */
  readonly url: string;
  /** Resolves when the signal aborts; rejects when what runs has ended. */
  readonly ended: Promise<void>;
}

export interface ViewOptions {
  readonly clock: Clock;
  /** Folder of the bundled page. */
  readonly folder: string;
  /** 0 is any free one. */
  readonly port: number;
  readonly signal: AbortSignal;
}

const types: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'page.js': 'text/javascript; charset=utf-8',
  'page.css': 'text/css; charset=utf-8',
};

const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** Bytes that may wait for a page that does not read; more, and it misses updates until it does. */
const mostWaiting = 1024 * 1024;

/** Rejects when the port is taken. */
export async function serveView(feed: ViewFeed, options: ViewOptions): Promise<View> {
  const { clock, folder, port, signal } = options;
  const token = randomBytes(16).toString('hex');
  const updates = new ViewUpdates(clock, feed);
  const files = new Map(
    await Promise.all(Object.keys(types).map(async (name) => [name, await readFile(join(folder, name))] as const)),
  );
  const server = createServer((request, response) => {
    if (request.url === '/favicon.ico') return void response.writeHead(204, headers).end();
    const name = asked(request, token);
    if (name === undefined) return void refuse(response);
    if (name === 'events') return stream(response, updates);
    const file = files.get(name === '' ? 'index.html' : name);
    if (file === undefined) return void refuse(response);
    const type = types[name === '' ? 'index.html' : name];
    response.writeHead(200, { ...headers, 'content-type': type, 'content-length': file.length });
    response.end(request.method === 'HEAD' ? undefined : file);
  });
  await listen(server, port);
  const ended = updates.run(signal).finally(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${token}/`, ended };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1' }, resolve);
  });
}

/** The part after the token; undefined for who does not know it, or reaches us under another name (DNS rebinding). */
function asked(request: IncomingMessage, token: string): string | undefined {
  const { method, url = '', headers: sent } = request;
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(sent.host ?? '')) return undefined;
  const [, given = '', name = ''] = /^\/([0-9a-f]{32})\/([a-z.]*)$/.exec(url.split('?', 1)[0] ?? '') ?? [];
  if (given === '' || !timingSafeEqual(Buffer.from(given), Buffer.from(token))) return undefined;
  return name;
}

function refuse(response: ServerResponse): void {
  response.writeHead(404, { ...headers, 'content-type': 'text/plain; charset=utf-8' });
  response.end('The address of the view has a token in it; `opta dev view` prints it.\n');
}

function stream(response: ServerResponse, updates: ViewUpdates): void {
  response.writeHead(200, { ...headers, 'content-type': 'text/event-stream', connection: 'keep-alive' });
  const send: Send = (name, data) => {
    if (response.writableLength > mostWaiting) return;
    response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const gone = updates.open(send);
  response.on('error', () => {});
  response.once('close', gone);
}
