import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectionFrom } from '../src/connection.ts';

const variables = { DB_HOST: 'db', DB_USER: 'app', DB_PASSWORD: 'secret', DB_NAME: 'shop' };

test('names a missing variable', () => {
  assert.throws(() => connectionFrom({ ...variables, DB_USER: '' }), /DB_USER/);
});

test('takes the usual port, and no TLS, unless told otherwise', () => {
  const { port, ssl } = connectionFrom(variables);
  assert.equal(port, 5432);
  assert.equal(ssl, undefined);
});

test('checks the certificate against the authority and the name of the host', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'data-'));
  try {
    const file = join(folder, 'ca.pem');
    await writeFile(file, 'the authority');
    assert.deepEqual(connectionFrom({ ...variables, DB_CA_FILE: file }).ssl, { ca: 'the authority', host: 'db' });
  } finally {
    await rm(folder, { recursive: true });
  }
});
