/** Artefacts from a mirror and over the network: checked, resumed, counted, and refused with what to do. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { download } from '../../../src/platform/artifacts/download.ts';
import { openArtifacts } from '../../../src/platform/artifacts.ts';
import { nodeSystem } from '../../../src/system/node.ts';

const root = mkdtempSync(join(tmpdir(), 'opta-artifacts-'));
afterAll(() => rmSync(root, { recursive: true }));
const system = { ...nodeSystem(), env: { ...process.env, OPTA_CACHE_DIR: join(root, 'cache') } };
const sumOf = (text: string) => createHash('sha256').update(text).digest('hex');
const big = 'x'.repeat(300_000);

/** Serves `big`; the first connection for /broken breaks off half way. */
let server: Server;
let base = '';
const asked: { path: string; range: string | undefined }[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    const { url = '' } = request;
    asked.push({ path: url, range: request.headers.range });
    if (url === '/moved') return response.writeHead(302, { location: '/whole' }).end();
    if (url === '/none') return response.writeHead(404).end('no such file');
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': big.length - from });
    if (url !== '/broken' || from > 0) return response.end(big.slice(from));
    response.write(big.slice(0, 100_000), () => setTimeout(() => response.destroy(), 20));
    return undefined;
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

describe('a download', () => {
  const wanted = (path: string, sha256: string | undefined = sumOf(big)) => ({
    url: `${base}${path}`,
    sha256,
    title: 'a thing',
  });

  test('arrives whole, with a count of its bytes, over a redirect', async () => {
    const counts: [number, number | undefined][] = [];
    const file = join(root, 'moved');
    await download(system, wanted('/moved'), file, { onBytes: (done, total) => counts.push([done, total]) });
    expect(readFileSync(file, 'utf8')).toBe(big);
    expect(counts.at(-1)).toEqual([big.length, big.length]);
  });

  test('goes on where it broke off', async () => {
    const file = join(root, 'broken');
    await download(system, wanted('/broken'), file, {});
    expect(readFileSync(file, 'utf8')).toBe(big);
    const ranges = asked.filter(({ path }) => path === '/broken').map(({ range }) => range);
    expect(ranges).toHaveLength(2);
    expect(ranges[1]).toMatch(/^bytes=[1-9]\d*-$/);
  });

  test('of another file than the pinned one is refused and not kept', async () => {
    const file = join(root, 'wrong');
    await expect(download(system, wanted('/whole', sumOf('else')), file, {})).rejects.toMatchObject({
      code: 'checksum-wrong',
      detail: [`expected sha256 ${sumOf('else')}`, `found    sha256 ${sumOf(big)}`],
    });
    expect(() => readFileSync(file)).toThrow();
  });

  test('that is not there says its address', async () => {
    await expect(download(system, wanted('/none'), join(root, 'none'), {})).rejects.toMatchObject({
      code: 'download-failed',
      message: `a thing cannot be fetched from ${base}/none: HTTP 404`,
    });
  });

  test('ends when it is told to', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(download(system, wanted('/whole'), join(root, 'ended'), { signal })).rejects.toThrow('enough');
  });
});

async function mirror(name: string, index: object, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const folder = join(root, name);
  await mkdir(join(folder, 'charts'), { recursive: true });
  await writeFile(join(folder, 'index.yaml'), stringify({ schema: 1, ...index }));
  for (const [path, text] of Object.entries(files)) await writeFile(join(folder, path), text);
  return folder;
}

const open = (settings: { mirror: string | undefined; offline?: boolean }) =>
  openArtifacts(system, { dataFolder: 'kind', settings: { offline: false, ...settings } });

describe('a mirror', () => {
  const nginx = { version: '4.15.1', app: '1.15.1', file: 'charts/nginx.tgz', sha256: sumOf('chart') };

  test('gives its files where they are, checked', async () => {
    const folder = await mirror('good', { charts: { 'ingress-nginx': nginx } }, { 'charts/nginx.tgz': 'chart' });
    const artifacts = await open({ mirror: folder });
    expect(await artifacts.chart('ingress-nginx')).toBe(join(folder, 'charts/nginx.tgz'));
    expect(artifacts.notices).toEqual([]);
    writeFileSync(join(folder, 'charts/nginx.tgz'), 'tampered');
    await expect(artifacts.chart('ingress-nginx')).rejects.toMatchObject({ code: 'checksum-wrong' });
  });

  test('says which pins it replaces, and what was not tested together', async () => {
    const folder = await mirror('older', { images: { node: { ref: 'kindest/node:v1.34.4' } } });
    const { pins, replaced, notices } = await open({ mirror: folder });
    expect(pins.images.node).toMatchObject({ ref: 'kindest/node:v1.34.4', version: '1.34.4' });
    expect(replaced.map(({ pin }) => pin)).toEqual(['images.node']);
    expect(notices).toMatchObject([
      { code: 'pins-replaced', message: expect.stringContaining('kindest/node:v1.34.4') },
    ]);
  });

  test('refuses a set that is known to be broken, with the pin to change', async () => {
    const folder = await mirror('impossible', { images: { node: { ref: 'kindest/node:v1.29.0' } } });
    await expect(open({ mirror: folder })).rejects.toMatchObject({
      code: 'pins-broken',
      hints: ['Change the pin images.node.'],
    });
  });

  test('says nothing of a tag that stands for the same tag with its digest', async () => {
    const ref = 'docker.io/kindest/node:v1.35.8';
    const artifacts = await open({ mirror: await mirror('tagged', { images: { node: { ref } } }) });
    expect(artifacts.notices).toEqual([]);
    expect(artifacts.pins.images.node.ref).toBe(ref);
  });

  test('is asked for nothing that it lacks, and nothing else is', async () => {
    const folder = await mirror('empty', {});
    const artifacts = await open({ mirror: folder });
    expect(artifacts.has('charts', 'linkerd-crds')).toBe(false);
    await expect(artifacts.chart('linkerd-crds')).rejects.toMatchObject({
      code: 'mirror-lacks',
      message: `the mirror ${folder} has no linkerd-crds among its charts`,
    });
  });

  test('gives the archive of an image beside its reference', async () => {
    const valkey = { ref: 'valkey/valkey:8', file: 'charts/valkey.tar' };
    const folder = await mirror('images', { images: { valkey } }, { 'charts/valkey.tar': 'archive' });
    const source = await (await open({ mirror: folder })).image('valkey');
    expect(source).toEqual({ ref: 'valkey/valkey:8', archive: join(folder, 'charts/valkey.tar') });
  });

  test.each([
    ['without an index', undefined, 'mirror-unreadable'],
    [
      'with a path out of the folder',
      { charts: { 'ingress-nginx': { ...nginx, file: '../secret' } } },
      'mirror-invalid',
    ],
    ['with an unknown image', { images: { nothing: { ref: 'a:1' } } }, 'mirror-invalid'],
  ])('%s is refused', async (_, index, code) => {
    const folder = index === undefined ? join(root, 'nowhere') : await mirror('bad', index);
    await expect(open({ mirror: folder })).rejects.toMatchObject({ code });
  });
});

test('without a network what is not in the cache is refused at once', async () => {
  const artifacts = await open({ mirror: undefined, offline: true });
  await expect(artifacts.binary('kind')).rejects.toMatchObject({ code: 'offline' });
});
