import { request as httpRequest } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, collect, rawEdge } from '../../support/clients.ts';
import { startPlane, type TestPlane, upstream } from '../../support/data-plane.ts';
import { type Served, serveHttp, serveRaw } from '../../support/servers.ts';

let plane: TestPlane;
const served: Served[] = [];

beforeAll(async () => {
  const echo = await serveHttp((request, response) => {
    response.setHeader('x-seen', request.url ?? '');
    let size = 0;
    request.on('data', (chunk: Buffer) => (size += chunk.length));
    request.on('end', () => response.end(JSON.stringify({ url: request.url, raw: request.rawHeaders, size })));
  });
  const special = await serveHttp((request, response) => {
    if (request.url === '/304') response.writeHead(304, { etag: '"a"' }).end();
    else if (request.url === '/204') response.writeHead(204).end();
    else if (request.url === '/dup') {
      response.writeHead(200, ['X-CaSe', '1', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'x-case', '2']);
      response.end('dup');
    } else if (request.url === '/hidden') {
      response.writeHead(200, { Server: 'own/1.0', 'X-Accel-Buffering': 'no', 'x-own': 'kept' }).end('hidden');
    } else if (request.url === '/trailers') {
      response.writeHead(200, { trailer: 'x-sum' });
      response.write('body');
      response.addTrailers({ 'X-Sum': '42' });
      response.end();
    } else if (request.url === '/hints') {
      response.writeEarlyHints({ link: '</a.css>; rel=preload' });
      response.end('late');
    } else if (request.url === '/break') {
      response.writeHead(200, { 'content-length': '100' });
      response.write('half');
      setImmediate(() => response.destroy());
    } else response.writeHead(200, { 'content-length': '5' }).end(request.method === 'HEAD' ? undefined : 'hello');
  });
  const continues = await serveRaw((socket) => {
    let seen = '';
    socket.on('data', (chunk) => {
      seen += chunk.toString('latin1');
      if (/expect: 100-continue\r\n/i.test(seen) && seen.endsWith('\r\n\r\n'))
        socket.write('HTTP/1.1 100 Continue\r\n\r\n');
      if (seen.endsWith('abc')) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
  });
  served.push(echo, special, continues);
  plane = await startPlane({
    upstreams: [
      upstream('echo', 'http', [echo.port]),
      upstream('special', 'http', [special.port]),
      upstream('continues', 'http', [continues.port]),
      upstream('empty', 'http', []),
      upstream('dead', 'http', [1]),
    ],
    routes: [
      { upstream: 'back/echo:main', host: 'back.localhost', path: '/api', strip: true },
      { upstream: 'back/echo:main', host: 'back.localhost', path: '/keep', strip: false },
      { upstream: 'back/special:main', host: 'back.localhost', path: '/s', strip: true },
      { upstream: 'back/continues:main', host: 'back.localhost', path: '/c', strip: true },
      { upstream: 'back/empty:main', host: 'back.localhost', path: '/empty', strip: true },
      { upstream: 'back/dead:main', host: 'back.localhost', path: '/dead', strip: true },
      { upstream: 'back/echo:main', host: '*', path: '/any', strip: true },
    ],
  });
});

afterAll(async () => {
  await plane.close();
  await Promise.all(served.map((s) => s.close()));
});

test('a path with an escape that is none is refused before it is routed, as nginx and Traefik do', async () => {
  for (const path of ['/api/bad%', '/%zz', '/api/a%00b']) expect((await ask(plane, path)).status, path).toBe(400);
  expect((await ask(plane, '/api/fine?bad%')).status).toBe(200);
});

test('what nginx never hands on of an answer is taken off', async () => {
  const { headers } = await ask(plane, '/s/hidden');
  expect(headers).toMatchObject({ 'x-own': 'kept' });
  expect(Object.keys(headers).filter((name) => /^(server|x-accel-.*)$/.test(name))).toEqual([]);
});

test('a prefix is stripped as nginx does it, and the query stays', async () => {
  const url = async (path: string) => JSON.parse((await ask(plane, path)).body).url;
  expect(await url('/api')).toBe('/');
  expect(await url('/api/')).toBe('/');
  expect(await url('/api/x/y?q=/api/z')).toBe('/x/y?q=/api/z');
  expect(await url('/api?q=1')).toBe('/?q=1');
  expect(await url('/keep/x')).toBe('/keep/x');
});

test('a path that only begins like a prefix has no route', async () => {
  const answer = await ask(plane, '/apix');
  expect(answer.status).toBe(404);
  expect(answer.body).toContain('/apix');
});

test('an unknown host gets the routes of any host only', async () => {
  expect((await ask(plane, '/any/x', { host: 'other.test:8443' })).status).toBe(200);
  expect((await ask(plane, '/api', { host: 'other.test' })).status).toBe(404);
  expect((await ask(plane, '/api', { host: 'BACK.localhost:1234' })).status).toBe(200);
});

test('a service without replicas is 503, one that refuses 502, each by its name', async () => {
  const empty = await ask(plane, '/empty');
  expect([empty.status, empty.body]).toEqual([503, '503 back/empty has no ready replica\n']);
  const dead = await ask(plane, '/dead');
  expect(dead.status).toBe(502);
  expect(dead.body).toContain('back/dead');
});

test('case and duplicates of fields pass both ways, and the forwarded ones are ours', async () => {
  const answer = await ask(plane, '/api', {
    headers: [
      'Host',
      'back.localhost',
      'X-ABC',
      '1',
      'x-abc',
      '2',
      'X-Forwarded-For',
      '9.9.9.9',
      'X-Request-ID',
      'mine',
    ],
  });
  const { raw } = JSON.parse(answer.body) as { raw: string[] };
  expect(raw.join('|')).toContain('X-ABC|1|x-abc|2');
  const value = (name: string) => raw[raw.indexOf(name) + 1];
  expect(value('X-Forwarded-For')).toBe('127.0.0.1');
  expect(value('X-Original-Forwarded-For')).toBe('9.9.9.9');
  expect(value('X-Request-ID')).toBe('mine');
  expect(value('X-Forwarded-Port')).toBe(`${plane.httpsPort}`);
  expect(value('Host')).toBe('back.localhost');
  const dup = await ask(plane, '/s/dup');
  expect(dup.rawHeaders.join('|')).toMatch(/X-CaSe\|1\|Set-Cookie\|a=1\|Set-Cookie\|b=2\|x-case\|2/);
});

test('HEAD, 204 and 304 have no body and keep the connection in step', async () => {
  const head = await ask(plane, '/s', { method: 'HEAD' });
  expect([head.status, head.headers['content-length'], head.body]).toEqual([200, '5', '']);
  expect((await ask(plane, '/s/304')).status).toBe(304);
  expect((await ask(plane, '/s/204')).status).toBe(204);
  const socket = await rawEdge(plane);
  const request = (method: string, path: string) => `${method} ${path} HTTP/1.1\r\nhost: back.localhost\r\n\r\n`;
  let seen = '';
  socket.setEncoding('latin1');
  const done = new Promise<void>((resolve) => {
    socket.on('data', (chunk: string) => {
      seen += chunk;
      if (seen.endsWith('hello')) resolve();
    });
  });
  socket.write(request('HEAD', '/s') + request('GET', '/s/304') + request('GET', '/s/204') + request('GET', '/s'));
  await done;
  socket.destroy();
  expect(seen.match(/^HTTP\/1.1 \d+/gm)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 304', 'HTTP/1.1 204', 'HTTP/1.1 200']);
});

test('chunked bodies, trailers and early hints pass', async () => {
  const chunked = await ask(plane, '/api', {
    method: 'POST',
    headers: { 'transfer-encoding': 'chunked' },
    body: 'x'.repeat(9),
  });
  expect(JSON.parse(chunked.body).size).toBe(9);
  const trailers = await ask(plane, '/s/trailers');
  expect(trailers.body).toBe('body');
  expect(trailers.rawTrailers).toEqual(['X-Sum', '42']);
  expect((await ask(plane, '/s/hints')).body).toBe('late');
});

test('an answer that breaks off breaks off for the client too', async () => {
  await expect(ask(plane, '/s/break')).rejects.toThrow(/aborted|hang up|ECONNRESET/);
});

test('Expect: 100-continue is answered by the service', async () => {
  const socket = await rawEdge(plane);
  let seen = '';
  socket.setEncoding('latin1');
  const until = (pattern: RegExp) =>
    new Promise<void>((resolve) => {
      const look = (chunk = '') => {
        seen += chunk;
        if (pattern.test(seen)) resolve();
      };
      socket.on('data', look);
    });
  const continued = until(/100 Continue/);
  socket.write('POST /c HTTP/1.1\r\nhost: back.localhost\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n');
  await continued;
  const ended = until(/\r\n\r\nok$/);
  socket.write('abc');
  await ended;
  socket.destroy();
});

test('HTTP/2 clients reach HTTP/1 services, with bodies and many streams', async () => {
  const session = connectHttp2(`https://127.0.0.1:${plane.httpsPort}`, { ca: plane.ca, servername: 'back.localhost' });
  const one = (path: string, body?: string) =>
    new Promise<{ status: number; body: string }>((resolve, reject) => {
      const stream = session.request(
        {
          ':path': path,
          ':authority': 'back.localhost',
          ':method': body === undefined ? 'GET' : 'POST',
          cookie: ['a=1', 'b=2'],
        },
        { endStream: body === undefined },
      );
      let text = '';
      let status = 0;
      stream.on('response', (headers) => (status = headers[':status'] ?? 0));
      stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      stream.on('end', () => resolve({ status, body: text }));
      stream.on('error', reject);
      if (body !== undefined) stream.end(body);
    });
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, i) => one('/api/x', i % 2 ? 'y'.repeat(i) : undefined)),
  );
  answers.forEach((answer, i) => {
    expect(answer.status).toBe(200);
    const seen = JSON.parse(answer.body) as { size: number; raw: string[] };
    expect(seen.size).toBe(i % 2 ? i : 0);
    expect(seen.raw[seen.raw.indexOf('cookie') + 1]).toBe('a=1; b=2');
  });
  expect((await one('/nowhere')).status).toBe(404);
  session.close();
});

test('plain HTTP is sent to https with host, path and query', async () => {
  const answer = await new Promise<Awaited<ReturnType<typeof collect>>>((resolve, reject) => {
    const request = httpRequest({
      host: '127.0.0.1',
      port: plane.httpPort,
      path: '/api/x?y=1',
      headers: { host: 'back.localhost:80' },
    });
    request.on('response', (response) => collect(response).then(resolve, reject));
    request.on('error', reject).end();
  });
  expect(answer.status).toBe(301);
  expect(answer.headers.location).toBe(`https://back.localhost:${plane.httpsPort}/api/x?y=1`);
});
