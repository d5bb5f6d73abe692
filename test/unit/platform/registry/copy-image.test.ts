/** Images between registries: the digest stays, what is there stays, what was cut off goes on. */
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { copyImage } from '../../../../src/platform/registry/copy-image.ts';
import { nodeSystem } from '../../../../src/system/node.ts';
import { startTestRegistry, sum, type TestRegistry } from '../../../support/registry.ts';

const system = nodeSystem();
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
let [from, to]: TestRegistry[] = [];
beforeEach(async () => {
  [from, to] = await Promise.all([startTestRegistry(), startTestRegistry()]);
});
afterEach(async () => void (await Promise.all([from?.close(), to?.close()])));

const both = (): readonly [TestRegistry, TestRegistry] => [from as TestRegistry, to as TestRegistry];

function put(registry: TestRegistry, data: Buffer): { digest: string; size: number } {
  registry.blobs.set(sum(data), data);
  return { digest: sum(data), size: data.length };
}

function keep(registry: TestRegistry, type: string, manifest: object): string {
  const text = JSON.stringify({ schemaVersion: 2, mediaType: type, ...manifest });
  registry.manifests.set(`shop/web@${sum(text)}`, { type, text });
  return sum(text);
}

/** An image of each architecture, and the index of them. */
function seeded(registry: TestRegistry, architectures: readonly string[]): string {
  const shared = put(registry, randomBytes(40_000));
  const images = architectures.map((architecture) => {
    const config = put(registry, Buffer.from(JSON.stringify({ architecture, os: 'linux' })));
    const layers = [shared, put(registry, randomBytes(60_000)), put(registry, randomBytes(10))];
    const digest = keep(registry, manifestType, { config, layers });
    const { text = '' } = registry.manifests.get(`shop/web@${digest}`) ?? {};
    return { digest, size: text.length, mediaType: manifestType, platform: { architecture, os: 'linux' } };
  });
  return keep(registry, 'application/vnd.oci.image.index.v1+json', { manifests: images });
}

const copy = (digest: string, more: Partial<Parameters<typeof copyImage>[1]> = {}) => {
  const [source, target] = both();
  return copyImage(system, {
    from: { name: `${source.host}/shop/web` },
    to: { name: `${target.host}/acme/shop/web`, authorization: async () => 'Basic QVdTOnNlY3JldA==' },
    digest,
    tag: 'opta-1',
    signal: new AbortController().signal,
    ...more,
  });
};

test('an image of two architectures arrives whole, under the same digests', async () => {
  const [source, target] = both();
  target.authorization = 'Basic QVdTOnNlY3JldA==';
  const digest = seeded(source, ['amd64', 'arm64']);
  const told: number[] = [];
  const { bytes } = await copy(digest, { onBytes: (done) => told.push(done) });
  expect(bytes).toBe([...source.blobs.values()].reduce((total, { length }) => total + length, 0));
  expect([...target.blobs.keys()].sort()).toEqual([...source.blobs.keys()].sort());
  for (const [key, { text }] of source.manifests) {
    expect(target.manifests.get(key.replace('shop/web', 'acme/shop/web'))?.text).toBe(text);
  }
  expect(sum(target.manifests.get('acme/shop/web:opta-1')?.text ?? '')).toBe(digest);
  expect(told.at(-1)).toBe(bytes);
});

test('a second run writes nothing', async () => {
  const [source, target] = both();
  const digest = seeded(source, ['amd64']);
  await copy(digest);
  const before = [...target.writes];
  expect(await copy(digest)).toEqual({ bytes: 0 });
  expect(target.writes).toEqual(before);
});

test('a run that was cut off goes on with what is missing', async () => {
  const [source, target] = both();
  const digest = seeded(source, ['amd64', 'arm64']);
  target.cutUpload = 4;
  await expect(copy(digest)).rejects.toMatchObject({ code: 'registry-refused' });
  expect(target.manifests.size).toBe(0);
  const there = target.blobs.size;
  expect(there).toBeGreaterThan(0);
  target.cutUpload = undefined;
  target.writes.length = 0;
  await copy(digest);
  expect(target.writes.filter((one) => one.startsWith('sha256:'))).toHaveLength(source.blobs.size - there);
  expect(target.manifests.has(`acme/shop/web@${digest}`)).toBe(true);
});

test('machines of another architecture are said before anything is copied', async () => {
  const [source, target] = both();
  const wrong = copy(seeded(source, ['arm64']), { architecture: 'amd64' });
  await expect(wrong).rejects.toMatchObject({ code: 'image-architecture' });
  expect(target.blobs.size).toBe(0);
  await copy(seeded(source, ['arm64', 'amd64']), { architecture: 'amd64' });
});

test('a registry that gives something else for a digest is not believed', async () => {
  const [source] = both();
  const digest = seeded(source, ['amd64']);
  source.manifests.set(`shop/web@${digest}`, { type: manifestType, text: '{}' });
  await expect(copy(digest)).rejects.toMatchObject({ code: 'registry-refused' });
});
