/** Promotions from scaffold to record, over a door in memory: gates, approval, phases, resuming. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { promoteIn, shopFolder } from '../../../support/promotion.ts';
import { memoryDoor } from '../../../support/stack-door.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opta-promote-'));
  await shopFolder(folder, 'aws');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a promotion', () => {
  test('of staging and then of production moves the same digests', async () => {
    const door = memoryDoor();
    const staging = await promoteIn(folder, 'staging', door);
    const production = await promoteIn(folder, 'production', door);
    expect([staging.code, production.code], staging.text + production.text).toEqual([0, 0]);
    expect(production.result?.release).toEqual(staging.result?.release);
    expect(production.result?.natAddresses).toHaveLength(3);
  });
});
