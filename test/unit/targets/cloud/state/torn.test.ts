/** What a kill can tear in a state of files. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dropTornNotes } from '../../../../../src/targets/cloud/state/torn.ts';

let folder: string;
let stacks: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opta-torn-'));
  stacks = join(folder, '.pulumi', 'stacks', 'opta-acme-network');
  mkdirSync(stacks, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const backend = (url: string) => ({
  ...{ url, secretsProvider: 'passphrase', project: 'opta-acme-network', stack: 'staging' },
  workFolder: folder,
});

test('notes that were cut off go, whole ones and the states stay', () => {
  writeFileSync(join(stacks, 'staging.json'), '{}');
  writeFileSync(join(stacks, 'staging.json.attrs'), '');
  writeFileSync(join(stacks, 'staging.json.bak'), '{}');
  writeFileSync(join(stacks, 'staging.json.bak.attrs'), '{"user.content_type":"te');
  writeFileSync(join(stacks, 'production.json.attrs'), '{"user.content_type":"text/plain"}');
  dropTornNotes(backend(`file://${folder}`));
  expect(readdirSync(stacks).sort()).toEqual(['production.json.attrs', 'staging.json', 'staging.json.bak']);
});

test('of a lock too, which then can be read and cleared', () => {
  const locks = join(folder, '.pulumi', 'locks', 'organization', 'opta-acme-network', 'staging');
  mkdirSync(locks, { recursive: true });
  writeFileSync(join(locks, 'a.json.attrs'), '');
  dropTornNotes(backend(`file://${folder}`));
  expect(existsSync(join(locks, 'a.json.attrs'))).toBe(false);
});

test('a state in a bucket, or none yet, has nothing to mend', () => {
  expect(() => dropTornNotes(backend('s3://bucket'))).not.toThrow();
  expect(() => dropTornNotes(backend(`file://${join(folder, 'nothing')}`))).not.toThrow();
});
