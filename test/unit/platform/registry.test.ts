/** A mirror in a registry that wants a token, and one that hands its blobs out from elsewhere. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { openArtifacts } from '../../../src/platform/artifacts.ts';
import { nodeSystem } from '../../../src/system/node.ts';

const home = mkdtempSync(join(tmpdir(), 'opta-registry-'));
const sumOf = (text: string) => createHash('sha256').update(text).digest('hex');
const chart = 'a chart';
const nginx = { version: '4.15.1', app: '1.15.1', file: 'charts/nginx.tgz', sha256: sumOf(chart) };
const index = stringify({ schema: 1, charts: { 'ingress-nginx': nginx } });
const blobs = new Map([chart, index].map((text) => [sumOf(text), text]));
const login = `Basic ${Buffer.from('user:secret').toString('base64')}`;

let server: Server;
let host = '';
const told: string[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    const { url = '', headers } = request;
    const authorization = headers.authorization ?? 'none';
    if (url.startsWith('/token')) {
      told.push(`token ${authorization} ${new URL(url, 'http://x').searchParams.get('scope')}`);
      return response.end(JSON.stringify({ token: 'good' }));
    }
    if (url.startsWith('/elsewhere/')) {
      const text = blobs.get(url.slice('/elsewhere/'.length)) ?? '';
      return response.writeHead(200, { 'content-length': text.length }).end(text);
    }
    if (authorization !== 'Bearer good') {
      const challenge = `Bearer realm="http://${host}/token",service="test"`;
      return response.writeHead(401, { 'www-authenticate': challenge }).end();
    }
    const [, digest] = /blobs\/sha256:(\w+)$/.exec(url) ?? [];
    if (digest !== undefined) return response.writeHead(307, { location: `/elsewhere/${digest}` }).end();
    if (url !== '/v2/own/opta/manifests/opta-mirror') return response.writeHead(404).end();
    return response.end(JSON.stringify({ layers: [{ digest: `sha256:${sumOf(index)}` }] }));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  writeFileSync(join(home, 'config.json'), JSON.stringify({ auths: { [host]: { auth: login.slice(6) } } }));
});
afterAll(() => {
  server.close();
  rmSync(home, { recursive: true });
});

const open = (mirror: string) => {
  const env = { ...process.env, OPTA_CACHE_DIR: join(home, 'cache'), DOCKER_CONFIG: home };
  return openArtifacts({ ...nodeSystem(), env }, { dataFolder: 'kind', settings: { mirror, offline: false } });
};

test('a registry that wants a token gets one for the login of the engine, and hands out index and files', async () => {
  const artifacts = await open(`oci://${host}/own/opta`);
  expect(told).toEqual([`token ${login} repository:own/opta:pull`]);
  expect(readFileSync(await artifacts.chart('ingress-nginx'), 'utf8')).toBe(chart);
});

test.each([
  ['without a mirror in it', () => `oci://${host}/other`, 'it has no index'],
  ['that does not answer', () => 'oci://127.0.0.1:9/own', 'ECONNREFUSED'],
  ['without a path', () => `oci://${host}`, 'it has no path'],
])('a registry %s is refused', async (_, place, says) => {
  await expect(open(place())).rejects.toMatchObject({
    code: 'mirror-unreadable',
    message: expect.stringContaining(says),
  });
});
