import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bypassesProxy, isLoopback } from '../../../../../src/targets/process/mesh/no-proxy.ts';
import { hostAndPort } from '../../../../../src/targets/process/mesh/outbound-proxy.ts';
import { framed } from '../../../../../src/targets/process/mesh/outgoing-http1.ts';
import { parentFor } from '../../../../../src/targets/process/mesh/parent-proxy.ts';
import { endToEnd, fromHttp2, toHttp2 } from '../../../../../src/targets/process/mesh/raw-headers.ts';
import { ReplayBody, replayLimit } from '../../../../../src/targets/process/mesh/replay-body.ts';
import { mayRetryFailure, mayRetryReply } from '../../../../../src/targets/process/mesh/retry.ts';
import { sniff, spokenIn } from '../../../../../src/targets/process/mesh/sniff.ts';

describe('fields', () => {
  test('those of one connection are left out, those that Connection names too', () => {
    const raw = [
      'Host',
      'a',
      'Connection',
      'close, X-Mine',
      'x-mine',
      '1',
      'Keep-Alive',
      't',
      'TE',
      'x',
      'X-Yours',
      '2',
    ];
    expect(endToEnd(raw)).toEqual(['Host', 'a', 'X-Yours', '2']);
  });

  test('order, case and duplicates of all others stay', () => {
    const names = fc.constantFrom('X-A', 'x-a', 'Set-Cookie', 'B', 'content-type');
    fc.assert(
      fc.property(fc.array(fc.tuple(names, fc.string())), (list) => {
        expect(endToEnd(list.flat())).toEqual(list.flat());
      }),
    );
  });

  test('HTTP/2 gets lower case and lists, and one value where it takes one', () => {
    const raw = ['Set-Cookie', 'a', 'set-cookie', 'b', 'Content-Type', 'x', 'content-type', 'y'];
    expect(toHttp2(raw)).toEqual({ 'set-cookie': ['a', 'b'], 'content-type': 'x' });
  });

  test('from HTTP/2 pseudo fields go and cookies become one', () => {
    expect(fromHttp2([':path', '/', 'cookie', 'a=1', 'x', '1', 'cookie', 'b=2'])).toEqual([
      'cookie',
      'a=1; b=2',
      'x',
      '1',
    ]);
  });

  test('the framing of a request follows from its body, not its method', () => {
    expect(framed('GET', [], true)).toEqual(['Transfer-Encoding', 'chunked']);
    expect(framed('POST', [], false)).toEqual(['Content-Length', '0']);
    expect(framed('GET', [], false)).toEqual([]);
    expect(framed('POST', ['content-length', '3'], true)).toEqual(['content-length', '3']);
  });
});

describe('NO_PROXY', () => {
  test.each([
    ['example.com', 'example.com', 80, true],
    ['example.com', 'a.example.com', 80, true],
    ['.example.com', 'a.example.com', 80, true],
    ['*.example.com', 'a.example.com', 80, true],
    ['example.com', 'badexample.com', 80, false],
    ['a,  b c', 'c', 80, true],
    ['*', 'x', 80, true],
    ['x:8080', 'x', 8080, true],
    ['x:8080', 'x', 80, false],
    ['10.0.0.0/8', '10.2.3.4', 80, true],
    ['10.0.0.0/8', '11.2.3.4', 80, false],
    ['10.0.0.0/99', '10.2.3.4', 80, false],
    ['::1', '::1', 80, true],
    ['fd00::/8', 'fd12::1', 80, true],
    ['EXAMPLE.com', 'Example.COM.', 80, true],
    ['0.1', '10.0.0.1', 80, false],
    ['', 'x', 80, false],
    [undefined, 'x', 80, false],
  ])('%s and %s:%i', (list, host, port, outcome) => expect(bypassesProxy(list, host, port)).toBe(outcome));

  test('no text makes it throw', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (list, host) => typeof bypassesProxy(list, host, 80) === 'boolean'),
    );
  });

  test('this machine never goes through the parent', () => {
    const settings = { http: 'http://p:1' };
    for (const host of ['localhost', 'x.localhost', '127.0.0.1', '127.9.9.9', '::1']) {
      expect(isLoopback(host)).toBe(true);
      expect(parentFor(settings, host, 80)).toBeUndefined();
    }
    expect(parentFor(settings, 'a.test', 443)?.host).toBe('p:1');
    expect(parentFor({ https: 'p:1' }, 'a.test', 443)?.host).toBe('p:1');
    expect(parentFor({ http: 'http://p:1', https: 'http://q:2' }, 'a.test', 443)?.host).toBe('q:2');
  });
});

test('host and port of an authority', () => {
  expect(hostAndPort('Data.Back', 80)).toEqual({ host: 'data.back', port: 80 });
  expect(hostAndPort('data.back.:81', 80)).toEqual({ host: 'data.back', port: 81 });
  expect(hostAndPort('[::1]:5', 80)).toEqual({ host: '::1', port: 5 });
  expect(hostAndPort('a b', 80)).toBeUndefined();
});

describe('what is spoken', () => {
  test.each([
    ['GET / HTTP/1.1\r\n', 'http1'],
    ['P', undefined],
    ['PRI', undefined],
    ['PRI ', 'http2'],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'http2'],
    ['POST ', 'http1'],
    ['M-SEARCH ', 'http1'],
    ['\x16\x03\x01', 'other'],
    ['hello', 'other'],
    ['X'.repeat(40), 'other'],
    ['', undefined],
  ])('%j', (text, spoken) => expect(spokenIn(Buffer.from(text, 'latin1'))).toBe(spoken));

  test('a decision does not change with more bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(40), (bytes, cut) => {
        const early = spokenIn(Buffer.from(bytes.subarray(0, cut)));
        if (early !== undefined) expect(spokenIn(Buffer.from(bytes))).toBe(early);
      }),
    );
  });

  test('the bytes are still there afterwards, however they came', async () => {
    const socket = new PassThrough();
    const spoken = new Promise((resolve) => sniff(socket, resolve));
    for (const byte of 'PRI * HTTP') socket.write(byte);
    expect(await spoken).toBe('http2');
    socket.end('/2.0');
    let text = '';
    for await (const chunk of socket) text += chunk;
    expect(text).toBe('PRI * HTTP/2.0');
  });
});

describe('trying again', () => {
  const failed = (stage: 'connect' | 'reused' | 'refused' | 'sent', timedOut = false) => ({ stage, timedOut });

  test('what was never sent is always safe, while its body is at hand', () => {
    for (const method of ['GET', 'POST']) {
      expect(mayRetryFailure(failed('connect'), method, true, 9)).toBe(true);
      expect(mayRetryFailure(failed('refused'), method, true, 9)).toBe(true);
      expect(mayRetryFailure(failed('connect'), method, false, 1)).toBe(false);
    }
  });

  test('what may have been worked on is tried again only when twice is the same as once', () => {
    expect(mayRetryFailure(failed('sent'), 'GET', true, 1)).toBe(true);
    expect(mayRetryFailure(failed('sent'), 'POST', true, 1)).toBe(false);
    expect(mayRetryFailure(failed('reused'), 'GET', true, 1)).toBe(true);
    expect(mayRetryFailure(failed('reused'), 'POST', true, 1)).toBe(false);
    expect(mayRetryFailure(failed('sent'), 'GET', true, 3)).toBe(false);
    expect(mayRetryFailure(failed('sent', true), 'GET', true, 1)).toBe(false);
  });

  test('answers are tried again as often as the definition says', () => {
    const bad = { status: 503, headers: [], ended: false };
    const retries = { attempts: 2, on: ['5xx'] } as const;
    expect([1, 2, 3].map((n) => mayRetryReply(bad, retries, true, n))).toEqual([true, true, false]);
    expect(mayRetryReply(bad, undefined, true, 1)).toBe(false);
    expect(mayRetryReply({ ...bad, status: 404 }, retries, true, 1)).toBe(false);
    expect(mayRetryReply({ status: 200, headers: ['grpc-status', '14'], ended: true }, retries, true, 1)).toBe(true);
  });
});

describe('a body that may be sent again', () => {
  async function sent(body: ReplayBody): Promise<string> {
    const sink = new PassThrough();
    body.attach(sink, () => sink.end());
    let text = '';
    for await (const chunk of sink) text += chunk;
    return text;
  }

  test('a small one is sent whole each time', async () => {
    const source = new PassThrough();
    const body = new ReplayBody(source);
    source.write('one ');
    source.end('two');
    expect(await sent(body)).toBe('one two');
    body.detach();
    expect(await sent(body)).toBe('one two');
    expect(body.replayable).toBe(true);
  });

  test('a big one is not kept', async () => {
    const source = new PassThrough();
    const body = new ReplayBody(source);
    source.end(Buffer.alloc(replayLimit + 1, 'x'));
    expect(await sent(body)).toHaveLength(replayLimit + 1);
    expect(body.replayable).toBe(false);
  });

  test('what comes between two attempts reaches the second', async () => {
    const source = new PassThrough();
    const body = new ReplayBody(source);
    const first = new PassThrough();
    body.attach(first, () => first.end());
    source.write('early ');
    await new Promise((resolve) => first.once('data', resolve));
    body.detach();
    source.end('late');
    expect(await sent(body)).toBe('early late');
  });
});
