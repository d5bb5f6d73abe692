import { fork } from 'node:child_process';
import { request as httpsRequest } from 'node:https';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

/** Bytes. */
const size = 1024 * 1024 * 1024;
const program = fileURLToPath(new URL('../../support/plane-process.ts', import.meta.url));
const child = fork(program, { execArgv: ['--disable-warning=ExperimentalWarning'] });
let plane: { httpsPort: number; ca: string };

/** What the data plane's process says, of that kind. */
function said<T>(kind: string): Promise<T> {
  return new Promise((resolve) => {
    child.on('message', (message: { kind: string }) => {
      if (message.kind === kind) resolve(message as T);
    });
  });
}

beforeAll(async () => {
  plane = await said('ready');
});

afterAll(() => {
  child.disconnect();
});

function options(method: string, path: string) {
  const { httpsPort, ca } = plane;
  const host = 'back.localhost';
  return { host: '127.0.0.1', port: httpsPort, servername: host, ca, method, path, headers: { host } };
}

async function memory(): Promise<number> {
  const answer = said<{ peak: number }>('memory');
  child.send('memory');
  return (await answer).peak;
}

test('a download of 1 GB arrives whole, and the memory stays bounded', { timeout: 240_000 }, async () => {
  const received = await new Promise<number>((resolve, reject) => {
    const request = httpsRequest(options('GET', `/?size=${size}`), (response) => {
      let bytes = 0;
      response.on('data', (chunk: Buffer) => (bytes += chunk.length));
      response.on('end', () => resolve(bytes));
      response.on('error', reject);
    });
    request.on('error', reject).end();
  });
  expect(received).toBe(size);
  expect(await memory()).toBeLessThan(400 * 1024 * 1024);
});

test('a reader that stops reading stops the service, not the memory', { timeout: 240_000 }, async () => {
  await new Promise<void>((resolve, reject) => {
    const request = httpsRequest(options('GET', `/?size=${size}`), (response) => {
      response.pause();
      setTimeout(() => {
        response.destroy();
        resolve();
      }, 1000);
    });
    request.on('error', reject).end();
  });
  expect(await memory()).toBeLessThan(400 * 1024 * 1024);
});

test('an upload of 256 MB arrives whole', { timeout: 240_000 }, async () => {
  const chunk = Buffer.alloc(1024 * 1024, 'u');
  const text = await new Promise<string>((resolve, reject) => {
    const request = httpsRequest(options('POST', '/'), (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.on('end', () => resolve(body));
    });
    request.on('error', reject);
    let left = 256;
    const send = (): void => {
      while (left > 0) {
        left -= 1;
        if (!request.write(chunk)) return void request.once('drain', send);
      }
      request.end();
    };
    send();
  });
  expect(text).toBe(`${256 * chunk.length}`);
  expect(await memory()).toBeLessThan(400 * 1024 * 1024);
});
