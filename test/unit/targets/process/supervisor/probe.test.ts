import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { nodeSystem } from '../../../../../src/system/node.ts';
import type { Readiness } from '../../../../../src/targets/process/spec.ts';
import { ask } from '../../../../../src/targets/process/supervisor/probe.ts';

const system = nodeSystem();
let server: Server | undefined;
afterEach(() => server?.close());

async function listen(made: Server): Promise<number> {
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return (made.address() as AddressInfo).port;
}

const probe = (readiness: Readiness, port: number | undefined) =>
  ask(system, readiness, { port, directory: '/', env: { PATH: system.env['PATH'] ?? '' } });

describe('http', () => {
  test.each([
    [200, true],
    [302, true],
    [404, false],
    [503, false],
  ])('%i is ready: %s', async (status, ready) => {
    const port = await listen(
      createHttpServer((request, response) => response.writeHead(request.url === '/health' ? status : 500).end()),
    );
    expect(await probe({ kind: 'http', path: '/health' }, port)).toEqual({ ready, what: `status ${status}` });
  });

  test('an answer whose body never ends counts', async () => {
    const port = await listen(createHttpServer((_, response) => void response.writeHead(200).write('x')));
    expect(await probe({ kind: 'http', path: '/' }, port)).toMatchObject({ ready: true });
  });

  test('nobody there is not ready', async () => {
    expect(await probe({ kind: 'http', path: '/' }, await system.network.freePort())).toEqual({
      ready: false,
      what: 'connection refused',
    });
  });
});

test('tcp: accepting is ready', async () => {
  expect(await probe({ kind: 'tcp' }, await listen(createServer()))).toMatchObject({ ready: true });
  expect(await probe({ kind: 'tcp' }, await system.network.freePort())).toMatchObject({ ready: false });
});

test('command: exit code 0 is ready', async () => {
  expect(await probe({ kind: 'command', argv: ['true'] }, undefined)).toMatchObject({ ready: true });
  expect(await probe({ kind: 'command', argv: ['false'] }, undefined)).toEqual({ ready: false, what: 'exit code 1' });
  expect(await probe({ kind: 'command', argv: ['no-such-program-here'] }, undefined)).toMatchObject({ ready: false });
});

describe('postgres', () => {
  const error = (code: string, text: string) => {
    const body = Buffer.from(`SFATAL\0C${code}\0M${text}\0\0`);
    const head = Buffer.from('E....');
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  };
  /** Refuses TLS, then gives that answer to the startup message. */
  const fake = (reply: Buffer) =>
    createServer((socket: Socket) => {
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.write('N');
        socket.once('data', () => socket.write(reply));
      });
    });

  test('asking for a password is ready', async () => {
    expect(await probe({ kind: 'postgres' }, await listen(fake(Buffer.from('R\0\0\0\x08\0\0\0\x0a'))))).toMatchObject({
      ready: true,
    });
  });

  test('a refusal of the user is ready', async () => {
    expect(await probe({ kind: 'postgres' }, await listen(fake(error('28000', 'no entry'))))).toEqual({
      ready: true,
      what: 'no entry',
    });
  });

  test('starting up is not', async () => {
    const port = await listen(fake(error('57P03', 'the database system is starting up')));
    expect(await probe({ kind: 'postgres' }, port)).toEqual({
      ready: false,
      what: 'the database system is starting up',
    });
  });

  test('another protocol is not', async () => {
    const port = await listen(createServer((socket) => void socket.once('data', () => socket.write('HTTP/1.1 400'))));
    expect(await probe({ kind: 'postgres' }, port)).toEqual({
      ready: false,
      what: 'it does not speak the PostgreSQL protocol',
    });
  });
});
