/** What a tag means now, as a registry says it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { nodeSystem } from '../../../../src/system/node.ts';
import { digestOfTag } from '../../../../src/targets/cloud/tag-digest.ts';

const digest = `sha256:${'ab'.repeat(32)}`;
const { signal } = new AbortController();
let server: Server | undefined;
afterEach(() => server?.close());

async function registry(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const listening = createServer(answer);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', () => resolve()));
  return `127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

test('is the digest of its manifest', async () => {
  const host = await registry(({ method, url }, response) => {
    const known = method === 'HEAD' && url === '/v2/team/web/manifests/1.2';
    response.writeHead(known ? 200 : 404, known ? { 'docker-content-digest': digest } : {}).end();
  });
  const found = await digestOfTag(nodeSystem(), `${host}/team/web:1.2`, { signal });
  expect(found).toEqual({ digest, origin: 'reference', repository: `${host}/team/web` });
  await expect(digestOfTag(nodeSystem(), `${host}/team/web:1.3`, { signal })).rejects.toMatchObject({
    code: 'image-missing',
  });
});

test('is asked with the token that an open registry gives to all', async () => {
  const host = await registry(({ url = '', headers }, response) => {
    const at = new URL(url, 'http://registry');
    if (at.pathname === '/token') {
      response.end(JSON.stringify({ token: `for ${at.searchParams.get('scope')}` }));
      return;
    }
    const fields = `realm="http://${host}/token",service="here",scope="repository:web:pull"`;
    if (headers.authorization === 'Bearer for repository:web:pull') {
      response.writeHead(200, { 'docker-content-digest': digest }).end();
    } else response.writeHead(401, { 'www-authenticate': `Bearer ${fields}` }).end();
  });
  expect((await digestOfTag(nodeSystem(), `${host}/web`, { signal })).digest).toBe(digest);
});

test('is refused by a registry that is not open', async () => {
  const host = await registry((_, response) => {
    response.writeHead(401, { 'www-authenticate': 'Basic realm="here"' }).end();
  });
  await expect(digestOfTag(nodeSystem(), `${host}/web:1`, { signal })).rejects.toMatchObject({
    code: 'registry-refused',
  });
});
