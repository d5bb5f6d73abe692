/** What two sidecars must not change: the same exchanges with the service itself and through the mesh, compared. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import * as grpc from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort, startPlane, type TestPlane, upstream } from '../../support/data-plane.ts';
import { meshOf } from '../../support/mesh-clients.ts';
import { type Served, serveHttp } from '../../support/servers.ts';

const pass = (bytes: Buffer): Buffer => bytes;
const shape = { requestSerialize: pass, requestDeserialize: pass, responseSerialize: pass, responseDeserialize: pass };
const path = (name: string) => `/set.Set/${name}`;
const definition = {
  unary: { path: path('Unary'), requestStream: false, responseStream: false, ...shape },
  sum: { path: path('Sum'), requestStream: true, responseStream: false, ...shape },
  count: { path: path('Count'), requestStream: false, responseStream: true, ...shape },
} as const;

let plane: TestPlane;
let served: Served;
let server: grpc.Server;
let ports: Record<'web' | 'webDirect' | 'rpc' | 'rpcDirect', number>;

/** What it was sent is part of each answer, so that a change on either way shows. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.sendDate = false;
    const own = request.rawHeaders.filter((_, i, all) => /^(x-|cookie)/i.test(all[i - (i % 2)] ?? '')).join('|');
    if (request.url === '/304') response.writeHead(304, ['ETag', '"a"', 'X-Case', '1', 'x-case', '2']).end();
    else if (request.url === '/204') response.writeHead(204).end();
    else if (request.url === '/trailers') {
      response.writeHead(200, ['Trailer', 'X-Sum', 'Transfer-Encoding', 'chunked']);
      response.write('part one, ');
      response.addTrailers([['X-Sum', '12']]);
      response.end('part two');
    } else if (request.url === '/odd') response.writeHead(299, 'Quite Fine', ['Content-Length', '0']).end();
    else {
      const text = `${request.method} ${request.url} ${own} ${Buffer.concat(chunks).toString('latin1')}`;
      const fields = ['Content-Length', `${text.length}`, 'Set-Cookie', 'a=1', 'SET-COOKIE', 'b=2', 'X-MiXeD', 'v  w'];
      response.writeHead(200, fields).end(text);
    }
  });
}

function failure(code: grpc.status, details: string): Partial<grpc.StatusObject> {
  const metadata = new grpc.Metadata();
  metadata.set('x-why', `${code}`);
  return { code, details, metadata };
}

function services(): grpc.Server {
  const made = new grpc.Server({ 'grpc.max_receive_message_length': -1 });
  made.addService(definition, {
    unary(call: grpc.ServerUnaryCall<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) {
      const code = Number(/^code (\d+)$/.exec(call.request.subarray(0, 10).toString())?.[1] ?? 0);
      if (code > 0) return done(failure(code, `told to: ${code} %é`) as grpc.ServiceError);
      const head = new grpc.Metadata();
      const trail = new grpc.Metadata();
      for (const [name, values] of [
        ['x-text', call.metadata.get('x-text')],
        ['x-raw-bin', call.metadata.get('x-raw-bin')],
      ] as const) {
        for (const value of values) {
          head.add(name, value);
          trail.add(`t-${name}`, value);
        }
      }
      call.sendMetadata(head);
      done(null, call.request, trail);
    },
    sum(call: grpc.ServerReadableStream<Buffer, Buffer>, done: grpc.sendUnaryData<Buffer>) {
      let [count, bytes] = [0, 0];
      call.on('data', (data: Buffer) => {
        count += 1;
        bytes += data.length;
      });
      call.on('end', () => done(null, Buffer.from(`${count} ${bytes}`)));
    },
    count(call: grpc.ServerWritableStream<Buffer, Buffer>) {
      const to = Number(call.request.toString());
      for (let i = 1; i <= to; i += 1) call.write(Buffer.from(`${i}`));
      if (to > 99) call.emit('error', failure(grpc.status.OUT_OF_RANGE, 'too many'));
      else call.end();
    },
  });
  return made;
}

beforeAll(async () => {
  served = await serveHttp(answer, (http) => {
    http.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      if (request.url === '/refuse') response.writeHead(417, ['Content-Length', '0', 'Connection', 'close']).end();
      else {
        response.writeContinue();
        answer(request, response);
      }
    });
  });
  server = services();
  const rpcDirect = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  );
  ports = { web: await freePort(), webDirect: served.port, rpc: await freePort(), rpcDirect };
  plane = await startPlane({
    upstreams: [upstream('web', 'http', [served.port]), upstream('rpc', 'grpc', [rpcDirect])],
    outbound: [
      {
        service: 'back/api',
        proxyPort: await freePort(),
        direct: [
          { upstream: 'back/web:main', port: ports.web },
          { upstream: 'back/rpc:main', port: ports.rpc },
        ],
      },
    ],
  });
});

afterAll(async () => {
  await plane.close();
  await served.close();
  server.forceShutdown();
});

/** Everything that comes back for some bytes, until the other side closes or nothing comes for a while; hop fields left out. */
function exchange(
  port: number,
  text: string,
  body?: { readonly after: RegExp; readonly text: string },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    let seen = '';
    let sent = body === undefined;
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      seen += chunk;
      if (sent || body === undefined || !body.after.test(seen)) return;
      sent = true;
      socket.write(body.text, 'latin1');
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(seen.replace(/^(?:connection|keep-alive): .*\r\n/gim, '')));
  });
}

describe('HTTP/1.1 byte for byte', () => {
  const close = 'Connection: close\r\n';
  test.each([
    [
      'GET with fields of mixed case, twice',
      `GET /a?b=%20c HTTP/1.1\r\nHost: w\r\nX-One: 1\r\nx-ONE: 2\r\nCookie: a=b\r\n${close}\r\n`,
    ],
    ['HEAD', `HEAD / HTTP/1.1\r\nHost: w\r\n${close}\r\n`],
    ['304', `GET /304 HTTP/1.1\r\nHost: w\r\nIf-None-Match: "a"\r\n${close}\r\n`],
    ['204', `GET /204 HTTP/1.1\r\nHost: w\r\n${close}\r\n`],
    ['a reason of its own', `GET /odd HTTP/1.1\r\nHost: w\r\n${close}\r\n`],
    ['an empty POST', `POST / HTTP/1.1\r\nHost: w\r\nContent-Length: 0\r\n${close}\r\n`],
    ['a DELETE with a body', `DELETE / HTTP/1.1\r\nHost: w\r\nContent-Length: 3\r\n${close}\r\nabc`],
    [
      'a chunked request',
      `PUT /c HTTP/1.1\r\nHost: w\r\nTransfer-Encoding: chunked\r\n${close}\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`,
    ],
    ['an unknown method', `PURGE /x HTTP/1.1\r\nHost: w\r\n${close}\r\n`],
  ])('%s', async (_, text) => {
    const direct = await exchange(ports.webDirect, text);
    expect(direct).toMatch(/^HTTP\/1\.1 /);
    expect(await exchange(ports.web, text)).toBe(direct);
  });

  test('a chunked answer with trailers', async () => {
    const text = `GET /trailers HTTP/1.1\r\nHost: w\r\nTE: trailers\r\n${close}\r\n`;
    // Where one chunk ends and the next begins is not part of the message.
    const whole = (answer: string) =>
      answer.replace(/\r\n[0-9a-f]+\r\n(?=part)/g, '\r\n').replace(/ \r\npart/g, ' part');
    const direct = whole(await exchange(ports.webDirect, text));
    expect(direct).toContain('X-Sum: 12');
    expect(whole(await exchange(ports.web, text)).replace(/ \r\n[0-9a-f]+\r\npart/g, ' part')).toBe(direct);
  });

  test('100-continue: the body is sent when the service asks for it, and not when it refuses', async () => {
    const ask = (where: string) =>
      `POST ${where} HTTP/1.1\r\nHost: w\r\nExpect: 100-continue\r\nContent-Length: 4\r\n${close}\r\n`;
    const body = { after: /100 Continue\r\n\r\n/, text: 'body' };
    const direct = await exchange(ports.webDirect, ask('/'), body);
    expect(direct).toContain('body');
    expect(await exchange(ports.web, ask('/'), body)).toBe(direct);
    const refused = await exchange(ports.web, ask('/refuse'), body);
    expect(refused).toMatch(/^HTTP\/1\.1 417 /);
    expect(refused).not.toContain('100 Continue');
  });
});

class Client extends grpc.Client {
  unary(bytes: Buffer, metadata = new grpc.Metadata(), deadline = Date.now() + 120_000) {
    return new Promise<unknown>((resolve) => {
      let head = {};
      let trail: unknown;
      const call = this.makeUnaryRequest(
        definition.unary.path,
        pass,
        pass,
        bytes,
        metadata,
        { deadline },
        (error, got) => {
          setImmediate(() =>
            resolve({ head, trail, code: error?.code, details: error?.details, bytes: got?.toString('hex') }),
          );
        },
      );
      const plain = (given: grpc.Metadata) => {
        const { date: _, ...rest } = given.toJSON();
        return rest;
      };
      call.on('metadata', (given) => (head = plain(given)));
      call.on('status', ({ code, metadata: given }) => (trail = { code, ...plain(given) }));
    });
  }

  sum(parts: readonly Buffer[]) {
    return new Promise<unknown>((resolve) => {
      const call = this.makeClientStreamRequest(definition.sum.path, pass, pass, (error, got) =>
        resolve(error?.code ?? got?.toString()),
      );
      for (const part of parts) call.write(part);
      call.end();
    });
  }

  count(to: number) {
    return new Promise<unknown>((resolve) => {
      const call = this.makeServerStreamRequest(definition.count.path, pass, pass, Buffer.from(`${to}`));
      const got: string[] = [];
      call.on('data', (data: Buffer) => got.push(data.toString()));
      call.on('error', () => {});
      call.on('status', ({ code, details, metadata }) => resolve({ got, code, details, why: metadata.get('x-why') }));
    });
  }
}

describe('gRPC', () => {
  const sizes = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 };
  const both = async (act: (client: Client) => Promise<unknown>) => {
    const clients = [ports.rpcDirect, ports.rpc].map(
      (port) => new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure(), sizes),
    );
    const [direct, meshed] = await Promise.all(clients.map(act));
    for (const client of clients) client.close();
    return { direct, meshed };
  };

  test('metadata, twice and binary, passes in heads and trailers', async () => {
    const metadata = new grpc.Metadata();
    metadata.add('x-text', 'one');
    metadata.add('x-text', 'two');
    metadata.add('x-raw-bin', Buffer.from([0, 255, 13, 10]));
    const { direct, meshed } = await both((client) => client.unary(Buffer.from('hi'), metadata));
    expect(direct).toMatchObject({ head: { 'x-text': ['one, two'] } });
    expect(meshed).toEqual(direct);
  });

  test.each([1, 2, 3, 5, 7, 9, 13, 14, 16])(
    'an error without a message keeps its code %i, details and trailers',
    async (code) => {
      const { direct, meshed } = await both((client) => client.unary(Buffer.from(`code ${code}`)));
      expect(direct).toMatchObject({ code });
      expect(meshed).toEqual(direct);
    },
  );

  test('a message of 4 MB passes both ways', async () => {
    const { direct, meshed } = await both((client) => client.unary(Buffer.alloc(4 * 1024 * 1024, 7)));
    expect(meshed).toEqual(direct);
  });

  test('streams from the client and from the server', async () => {
    const parts = Array.from({ length: 200 }, (_, i) => Buffer.alloc(i * 10));
    const sums = await both((client) => client.sum(parts));
    expect(sums).toEqual({ direct: '200 199000', meshed: '200 199000' });
    for (const to of [0, 1, 50, 120]) {
      const { direct, meshed } = await both((client) => client.count(to));
      expect(meshed).toEqual(direct);
    }
  });
});

test('the edges say that all of it was mTLS', async () => {
  const { edges } = await meshOf(plane);
  expect(edges.map(({ caller, callee, mtls }) => [caller, callee, mtls])).toEqual([
    ['back/api', 'back/web', true],
    ['back/api', 'back/rpc', true],
  ]);
});
