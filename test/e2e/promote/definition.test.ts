/** What a promotion says and refuses of a definition, before it asks anything of an account. */
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { promoteIn, shopFolder } from '../../support/promotion.ts';
import { memoryDoor } from '../../support/stack-door.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'opta-promote-'));
  await shopFolder(folder, 'aws');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('without a domain says the address of the load balancer, which speaks plain HTTP', async () => {
  const file = join(folder, 'environments', 'staging.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace(/ {2}- type: dns\n(?: {4}.*\n)+/, ''));
  const { code, result, text: said } = await promoteIn(folder, 'staging', memoryDoor());
  expect(code, said).toBe(0);
  expect(result?.urls.filter((url) => !/^http:\/\/[^/]+\//.test(url))).toEqual([]);
});

test('is stopped by what its cloud refuses, and tells what it makes nothing of', async () => {
  const door = memoryDoor();
  const file = join(folder, 'environments', 'staging.yaml');
  await appendFile(file, '  - {type: aws-ses}\n');
  const { code, events } = await promoteIn(folder, 'staging', door, { planOnly: true });
  expect(code).toBe(10);
  const told = events.flatMap(({ diagnostic }) => (diagnostic === undefined ? [] : [diagnostic.message]));
  expect(told).toContain('On aws, `awsses` (aws-ses) makes nothing yet.');
  await appendFile(file, '  - {type: aws-nodegroup, node_instance_type: n2-standard-4}\n');
  const opened = door.log.opened.length;
  await expect(promoteIn(folder, 'staging', door)).rejects.toMatchObject({
    diagnostics: expect.arrayContaining([
      expect.objectContaining({ code: 'invalid-value', severity: 'error', place: expect.anything() }),
    ]),
  });
  expect(door.log.opened).toHaveLength(opened);
});

test('is refused while another environment of the cloud has a bucket of the same name', async () => {
  const file = join(folder, 'opta.yaml');
  await appendFile(file, '\n  - {name: files, type: bucket, bucket_name: acme-shop-files}\n');
  const door = memoryDoor();
  await expect(promoteIn(folder, 'staging', door)).rejects.toMatchObject({
    code: 'bucket-shared',
    message: 'staging and production have a bucket called acme-shop-files',
    place: expect.objectContaining({ file }),
  });
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('acme-shop-files', '"acme-shop-files-{env}"'));
  const { code, text: said } = await promoteIn(folder, 'staging', door);
  expect(code, said).toBe(0);
});
