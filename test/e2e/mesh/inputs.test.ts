/** HTTP/1.1 as it is seldom seen: what two sidecars pass on, and what they must refuse so that nothing is smuggled in. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, startPlane, type TestPlane, upstream } from '../../support/data-plane.ts';
import { type Served, serveHttp } from '../../support/servers.ts';

let plane: TestPlane;
let served: Served;
let port: number;
/** Resets the connection of the last answer that is to break off. */
let breakOff = (): void => {};
/** Request lines that reached the service, in their order. */
const reached: string[] = [];

function answer(request: IncomingMessage, response: ServerResponse): void {
  reached.push(`${request.method} ${request.url}`);
  if (request.url === '/early') {
    response.writeHead(413, { 'content-length': 5 }).end('large');
    return;
  }
  if (request.url === '/hints') {
    response.writeEarlyHints({ link: ['</a.css>; rel=preload', '</b.js>; rel=preload'] });
    response.end('hinted');
    return;
  }
  if (request.url === '/break') {
    response.writeHead(200, { 'content-length': 100 });
    response.write('ten bytes!');
    breakOff = () => void response.socket?.resetAndDestroy();
    return;
  }
  let bytes = 0;
  request.on('data', (chunk: Buffer) => (bytes += chunk.length));
  request.on('end', () => {
    const own = request.rawHeaders.filter((_, i, all) => /^(x-|host)/i.test(all[i - (i % 2)] ?? ''));
    const text = JSON.stringify({
      line: `${request.method} ${request.url}`,
      bytes,
      own,
      trailers: request.rawTrailers,
    });
    response.end(text);
  });
}

beforeAll(async () => {
  served = await serveHttp(answer, (server) => (server.maxHeadersCount = 0));
  port = await freePort();
  plane = await startPlane({
    upstreams: [upstream('web', 'http', [served.port])],
    outbound: [{ service: 'back/api', proxyPort: await freePort(), direct: [{ upstream: 'back/web:main', port }] }],
  });
});

afterAll(async () => {
  await plane.close();
  await served.close();
});

/** Sends bytes and reads until the connection ends, or the text has come. */
function said(text: string | Buffer, until?: RegExp, then?: () => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1', () => socket.write(text));
    let seen = '';
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      seen += chunk;
      if (!until?.test(seen)) return;
      if (then === undefined) socket.destroy();
      else then();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => error.code === 'ECONNRESET' || reject(error));
    socket.on('close', () => resolve(seen));
  });
}

const closing = 'Host: w\r\nConnection: close\r\n';

describe('what passes', () => {
  test('trailers of a request', async () => {
    const text = `POST /t HTTP/1.1\r\n${closing}Trailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 6\r\n\r\n`;
    expect(await said(text)).toContain('"bytes":3,"own":["Host","w"],"trailers":["X-Sum","6"]');
  });

  test('early hints, before the answer', async () => {
    const seen = await said(`GET /hints HTTP/1.1\r\n${closing}\r\n`);
    expect(seen).toMatch(/^HTTP\/1\.1 103 [\s\S]*a\.css[\s\S]*b\.js[\s\S]*HTTP\/1\.1 200 OK[\s\S]*hinted/i);
    expect(await said('GET /hints HTTP/1.0\r\nHost: w\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  test('fields that Connection names stay behind, and so do TE and the like', async () => {
    const text =
      'GET / HTTP/1.1\r\nHost: w\r\nConnection: close, X-Mine\r\nX-Mine: 1\r\nX-Kept: 2\r\nKeep-Alive: a\r\n\r\n';
    expect(await said(text)).toContain('"own":["Host","w","X-Kept","2"]');
  });

  test('requests one behind the other without waiting, each answered in turn', async () => {
    const text = [1, 2, 3].map((i) => `POST /p${i} HTTP/1.1\r\nHost: w\r\nContent-Length: 2\r\n\r\nab`).join('');
    const seen = await said(`${text}GET /p4 HTTP/1.1\r\n${closing}\r\n`);
    expect([...seen.matchAll(/"line":"\w+ \/(p\d)"/g)].map(([, path]) => path)).toEqual(['p1', 'p2', 'p3', 'p4']);
  });

  test('a whole URL as the target, and OPTIONS *', async () => {
    expect(await said(`GET http://web.back/abs?q HTTP/1.1\r\n${closing}\r\n`)).toContain('"line":"GET /abs?q"');
    expect(await said(`OPTIONS * HTTP/1.1\r\n${closing}\r\n`)).toContain('"line":"OPTIONS *"');
  });

  test('a head of 14 kB and of 300 fields', async () => {
    const fields = Array.from({ length: 300 }, (_, i) => `X-${i}: ${'v'.repeat(35)}\r\n`).join('');
    const seen = await said(`GET / HTTP/1.1\r\n${closing}${fields}\r\n`);
    expect(seen).toContain('"X-299"');
  });

  test('a body in 20,000 pieces', async () => {
    const pieces = '1\r\nx\r\n'.repeat(20_000);
    const text = `PUT /many HTTP/1.1\r\n${closing}Transfer-Encoding: chunked\r\n\r\n${pieces}0\r\n\r\n`;
    expect(await said(text)).toContain('"bytes":20000');
  });

  test('an answer that comes while the client still sends', async () => {
    const seen = await said('POST /early HTTP/1.1\r\nHost: w\r\nContent-Length: 10000000\r\n\r\nbeginning', /large/);
    expect(seen).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('an answer that breaks off breaks off here too, and is not taken for a whole one', async () => {
    // Only then: a reset throws away what nobody has read yet.
    const seen = await said('GET /break HTTP/1.1\r\nHost: w\r\n\r\n', /ten bytes!$/, () => breakOff());
    expect(seen).toMatch(/content-length: 100[\s\S]*ten bytes!$/i);
  });

  test('HTTP/2 from the client: a hundred streams at once, one of them reset', async () => {
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    const ask = (i: number) =>
      new Promise<string>((resolve, reject) => {
        const stream = session.request({ ':path': `/h${i}`, ':method': 'POST', 'x-i': `${i}` });
        let text = '';
        stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        stream.on('end', () => resolve(text)).on('error', reject);
        stream.end('abc');
      });
    const broken = session.request({ ':path': '/never', ':method': 'POST' });
    broken.on('error', () => {}).write('begin');
    setTimeout(() => broken.close(8), 5);
    const texts = await Promise.all(Array.from({ length: 100 }, (_, i) => ask(i)));
    session.close();
    expect(texts.filter((text, i) => text.includes(`POST /h${i}"`) && text.includes('"bytes":3'))).toHaveLength(100);
  });
});

describe('what is refused, and never reaches the service', () => {
  test.each([
    ['two lengths', `POST /smuggled HTTP/1.1\r\n${closing}Content-Length: 3\r\nContent-Length: 30\r\n\r\nabc`],
    ['a list of lengths', `POST /smuggled HTTP/1.1\r\n${closing}Content-Length: 3, 30\r\n\r\nabc`],
    [
      'a length beside chunks',
      `POST /smuggled HTTP/1.1\r\n${closing}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n`,
    ],
    [
      'chunked that is not last',
      `POST /smuggled HTTP/1.1\r\n${closing}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    ],
    ['chunked in disguise', `POST /smuggled HTTP/1.1\r\n${closing}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ['a space before the colon', `POST /smuggled HTTP/1.1\r\n${closing}Content-Length : 3\r\n\r\nabc`],
    ['a folded field', `GET /smuggled HTTP/1.1\r\n${closing}X-A: 1\r\n Content-Length: 3\r\n\r\nabc`],
    ['a bare line feed', `GET /smuggled HTTP/1.1\nHost: w\nConnection: close\n\n`],
    [
      'a size of chunk that is none',
      `POST /x HTTP/1.1\r\n${closing}Transfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n`,
    ],
    ['a negative length', `POST /smuggled HTTP/1.1\r\n${closing}Content-Length: -1\r\n\r\n`],
    ['a head without end', `GET /smuggled HTTP/1.1\r\n${closing}X-Long: ${'v'.repeat(70_000)}\r\n\r\n`],
    ['CONNECT', 'CONNECT elsewhere:443 HTTP/1.1\r\nHost: elsewhere\r\n\r\n'],
  ])('%s', async (_, text) => {
    reached.length = 0;
    const seen = await said(text);
    expect(seen).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
    expect(seen).not.toContain('"line"');
    expect(reached.filter((line) => line.includes('smuggled'))).toEqual([]);
  });
});
