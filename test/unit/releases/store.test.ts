/** Records of releases and promotions in a folder: written whole, read in order, never changed behind anyone. */
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inPhase, type Promotion, resumable, retainedIn, standing } from '../../../src/releases/promotion.ts';
import { newRelease } from '../../../src/releases/release.ts';
import { folderDoor, openStore, promotionId } from '../../../src/releases/store.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opta-records-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const record = (id: string, more: Partial<Promotion> = {}): Promotion => ({
  id,
  environment: 'staging',
  release: 'abc',
  alias: 'calm-otter',
  by: 'ada',
  begun: id,
  phase: 'Succeeded',
  applied: [],
  retained: {},
  ...more,
});

const release = newRelease(
  { definition: 'd', images: {}, pins: { opta: '1', providers: {}, charts: {} } },
  { made: '2026-01-01T00:00:00.000Z', madeFor: 'staging' },
);

test('an environment without records has none', async () => {
  const store = openStore(folderDoor(join(folder, 'not-there')));
  expect(await store.promotions()).toEqual([]);
  expect(await store.releases()).toEqual([]);
});

test('promotions come back oldest first, each as it was written last', async () => {
  const store = openStore(folderDoor(folder));
  const ids = [promotionId(Date.UTC(2026, 1)), promotionId(Date.UTC(2026, 0)), promotionId(Date.UTC(2026, 2))] as const;
  for (const id of ids) await store.keepPromotion(record(id));
  await store.keepPromotion(record(ids[0], { phase: 'Failed' }));
  const read = await store.promotions();
  expect(read.map(({ id }) => id)).toEqual([ids[1], ids[0], ids[2]]);
  expect(read[1]?.phase).toBe('Failed');
});

test('a release stays as it was first written', async () => {
  const store = openStore(folderDoor(folder));
  await store.keepRelease(release);
  await store.keepRelease({ ...release, madeFor: 'production' });
  expect(await store.releases()).toEqual([release]);
});

test('files are readable by their owner only, and none is left half written', async () => {
  await openStore(folderDoor(folder)).keepPromotion(record('1'));
  const [name = ''] = await readdir(join(folder, 'promotions'));
  expect(name).toBe('1.json');
  expect((await stat(join(folder, 'promotions', name))).mode & 0o777).toBe(0o600);
});

test('what is no record of ours is told by its name', async () => {
  const store = openStore(folderDoor(folder));
  await store.keepPromotion(record('1'));
  await writeFile(join(folder, 'promotions', '2.json'), 'no JSON');
  await expect(store.promotions()).rejects.toThrow(expect.objectContaining({ code: 'record-unreadable' }));
});

test('only Errored and what waits goes on, and only with the same release', () => {
  expect(resumable([record('1', { phase: 'Errored' })], 'abc')?.id).toBe('1');
  expect(resumable([record('1', { phase: 'Pending' })], 'abc')?.id).toBe('1');
  expect(resumable([record('1', { phase: 'Errored' })], 'other')).toBeUndefined();
  for (const phase of ['Succeeded', 'Failed', 'Aborted'] as const)
    expect(resumable([record('1', { phase })], 'abc')).toBeUndefined();
});

test('phases go where they may only', () => {
  expect(inPhase(record('1', { phase: 'Errored' }), 'Running').phase).toBe('Running');
  const broken = record('1', { phase: 'Errored', message: 'it broke', ended: '2026-11-23T10:00:00.000Z' });
  expect(inPhase(broken, 'Running'), 'what went on tells no more how it broke').not.toMatchObject({
    message: 'it broke',
  });
  expect(inPhase(broken, 'Running')).not.toHaveProperty('ended');
  expect(() => inPhase(record('1'), 'Running')).toThrow(/cannot go/);
  expect(() => inPhase(record('1', { phase: 'Aborted' }), 'Running')).toThrow(/cannot go/);
});

test('a destroy leaves nothing standing, and its kept ids until they are taken up', () => {
  const destroyed = record('2', { destroy: true, retained: { 'nat-0': 'eip-1' } });
  expect(standing([record('1'), destroyed])).toBeUndefined();
  expect(retainedIn([record('1'), destroyed])).toEqual({ 'nat-0': 'eip-1' });
  expect(retainedIn([record('1'), destroyed, record('3')])).toEqual({});
});
