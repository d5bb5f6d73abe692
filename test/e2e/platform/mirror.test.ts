/** `opta mirror sync` by the real bin: from one mirror into another, images by the container engine. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { readIndex } from '../../../src/platform/artifacts/index-file.ts';
import { openArtifacts } from '../../../src/platform/artifacts.ts';
import { runBin } from '../../support/cli.ts';
import { noCluster, system } from '../../support/cluster.ts';
import { testMirror } from '../../support/mirror.ts';

const folder = mkdtempSync(join(tmpdir(), 'opta-sync-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function docker(...args: string[]): void {
  const { status, stderr } = spawnSync('docker', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** The test mirror with one image, which is small. */
function source(): string {
  const place = join(folder, 'source');
  cpSync(testMirror(), place, { recursive: true });
  const index = parse(readFileSync(join(place, 'index.yaml'), 'utf8')) as { images: Record<string, unknown> };
  const images = { valkey: index.images['valkey'] };
  writeFileSync(join(place, 'index.yaml'), stringify({ ...index, images }));
  return place;
}

describe.skipIf(noCluster !== undefined)('opta mirror sync', () => {
  const target = join(folder, 'target');
  const sync = (...more: string[]) =>
    runBin(['mirror', 'sync', target, '--plain', ...more], folder, { env: { OPTA_MIRROR: join(folder, 'source') } });

  test('brings everything into the folder, with an index that says what is there', async () => {
    source();
    const { code, stderr } = await sync();
    expect(code, stderr).toBe(0);
    const index = await readIndex(target);
    expect(index.images.valkey).toMatchObject({ ref: 'valkey/valkey:8', file: 'images/valkey-8.0.0.tar' });
    expect(Object.keys(index.charts).sort()).toEqual(['ingress-nginx', 'metrics-server']);
    const artifacts = await openArtifacts(system, { dataFolder: 'kind', settings: { mirror: target, offline: true } });
    for (const name of ['ingress-nginx', 'metrics-server'] as const)
      expect(existsSync(await artifacts.chart(name))).toBe(true);
    expect((await artifacts.image('valkey')).archive).toBe(join(target, 'images/valkey-8.0.0.tar'));
  });

  test('fetches nothing again, and completes what was lost', async () => {
    expect((await sync()).stderr).toContain('Unchanged');
    rmSync(join(target, 'charts'), { recursive: true });
    const { code, stderr } = await sync();
    expect(code, stderr).toBe(0);
    expect(existsSync(join(target, 'charts/ingress-nginx-4.11.0.tgz'))).toBe(true);
  });

  test('keeps the images of before when it is told to leave them out', async () => {
    const { code, stderr } = await sync('--no-images');
    expect(code, stderr).toBe(0);
    expect((await readIndex(target)).images.valkey).toBeDefined();
  });

  test('refuses to fill a mirror from itself', async () => {
    const { code, stderr } = await runBin(['mirror', 'sync', target, '--plain'], folder, {
      env: { OPTA_MIRROR: target },
    });
    expect(code).toBe(1);
    expect(stderr).toContain('cannot be filled from itself');
  });
});

describe.skipIf(noCluster !== undefined)('opta mirror sync to a registry', () => {
  const name = `opta-test-mirror-${system.pid}`;
  let place = '';
  beforeAll(async () => {
    const port = await system.network.freePort();
    place = `oci://localhost:${port}/mirrors/opta`;
    docker('run', '--detach', '--name', name, '--publish', `127.0.0.1:${port}:5000`, 'registry:3');
    await vi.waitUntil(
      () =>
        fetch(`http://localhost:${port}/v2/`).then(
          ({ ok }) => ok,
          () => false,
        ),
      { timeout: 20_000 },
    );
    source();
  });
  afterAll(() => docker('rm', '--force', '--volumes', name));

  const sync = () =>
    runBin(['mirror', 'sync', place, '--plain'], folder, { env: { OPTA_MIRROR: join(folder, 'source') } });

  test('pushes files and images, with an index that every command can read', async () => {
    const { code, stderr } = await sync();
    expect(code, stderr).toBe(0);
    const env = { ...process.env, OPTA_CACHE_DIR: join(folder, 'cache') };
    const settings = { mirror: place, offline: false };
    const artifacts = await openArtifacts({ ...system, env }, { dataFolder: 'kind', settings });
    const counts: number[] = [];
    const chart = await artifacts.chart('ingress-nginx', { onBytes: (done) => counts.push(done) });
    expect(readFileSync(chart)).toEqual(readFileSync(join(folder, 'source', 'charts', 'ingress-nginx.tgz')));
    expect(counts.at(-1)).toBe(readFileSync(chart).length);
    const { ref, archive } = await artifacts.image('valkey');
    expect(archive).toBeUndefined();
    expect(ref).toBe(`${place.replace('oci://', '')}/valkey:8`);
    docker('rmi', ref);
    docker('pull', ref);
    expect(artifacts.has('charts', 'linkerd-crds')).toBe(false);
  });

  test('pushes nothing again', async () => {
    expect((await sync()).stderr).toContain('Unchanged');
  });

  test('says what is wrong with one that holds nothing', async () => {
    const settings = { mirror: place.replace('/opta', '/empty'), offline: false };
    await expect(openArtifacts(system, { dataFolder: 'kind', settings })).rejects.toMatchObject({
      code: 'mirror-unreadable',
      message: expect.stringContaining('it has no index'),
    });
  });
});
