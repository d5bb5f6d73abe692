import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Build } from '../../../../src/app/app.ts';
import { kindFolder } from '../../../../src/targets/kind/folder.ts';
import { fingerprint, keepBuilt, pushedImage } from '../../../../src/targets/kind/images.ts';
import { containerdName } from '../../../../src/targets/kind/node-images.ts';
import { service } from '../../../support/app.ts';

let context: string;
let build: Build;

const write = (name: string, text: string) => writeFileSync(join(context, name), text);

beforeEach(() => {
  context = mkdtempSync(join(tmpdir(), 'opta-context-'));
  mkdirSync(join(context, 'node_modules'));
  write('Dockerfile', 'FROM scratch\n');
  write('main.ts', 'one');
  build = { context, dockerfile: join(context, 'Dockerfile'), args: {}, platforms: [] };
});

afterEach(() => rmSync(context, { recursive: true, force: true }));

/** True when `act` makes another image likely. */
async function changes(act: () => void): Promise<boolean> {
  const before = await fingerprint(build);
  act();
  return (await fingerprint(build)) !== before;
}

const say = (more: Partial<Build>) => {
  build = { ...build, ...more };
};

describe('an image is built again', () => {
  test('when a file was edited, added or removed', async () => {
    expect(await changes(() => write('main.ts', 'two, longer'))).toBe(true);
    expect(await changes(() => write('other.ts', ''))).toBe(true);
    expect(await changes(() => rmSync(join(context, 'other.ts')))).toBe(true);
  });

  test('when the Dockerfile or an argument changed', async () => {
    expect(await changes(() => write('Dockerfile', 'FROM alpine\n'))).toBe(true);
    expect(await changes(() => say({ args: { VERSION: '2' } }))).toBe(true);
    expect(await changes(() => say({ target: 'tests' }))).toBe(true);
  });

  test('when a file changed that .dockerignore excludes by a pattern with exceptions', async () => {
    write('.dockerignore', 'node_modules\n!node_modules/own\n');
    expect(await changes(() => write('node_modules/own', 'x'))).toBe(true);
  });
});

describe('an image is not built again', () => {
  test('when nothing changed', async () => {
    expect(await changes(() => {})).toBe(false);
  });

  test('when only what .dockerignore names outright changed', async () => {
    write('.dockerignore', '# packages\nnode_modules/\n*.log\n');
    expect(await changes(() => write('node_modules/package.js', 'x'))).toBe(false);
  });
});

test.each([
  ['postgres:17', 'docker.io/library/postgres:17'],
  ['valkey/valkey:8', 'docker.io/valkey/valkey:8'],
  ['docker.io/library/postgres:17.11@sha256:67f4', 'docker.io/library/postgres@sha256:67f4'],
  ['registry.k8s.io/ingress-nginx/controller:kit', 'registry.k8s.io/ingress-nginx/controller:kit'],
  ['localhost:5001/shop/api@sha256:00', 'localhost:5001/shop/api@sha256:00'],
  ['localhost:5001/shop/api', 'localhost:5001/shop/api:latest'],
])('a node knows %s as %s', (reference, name) => {
  expect(containerdName(reference)).toBe(name);
});

describe('the image that a release takes from the local registry', () => {
  const digest = `sha256:${'a'.repeat(64)}`;

  test('is the one of the sources as they are now, while the registry has it', async () => {
    const held = new Set([`/v2/shop/api/manifests/${digest}`]);
    const registry = createServer((request, response) => {
      const has = held.has(request.url ?? '');
      response.writeHead(has ? 200 : 404, has ? { 'docker-content-digest': digest } : {}).end();
    });
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = registry.address() as AddressInfo;
      const folder = kindFolder(context);
      mkdirSync(folder.path, { recursive: true });
      write('.dockerignore', '.opta\n');
      const api = service({ name: 'api', image: { kind: 'build', build } });
      expect(await pushedImage(folder, port, api)).toBeUndefined();
      await keepBuilt(folder, api.id, { fingerprint: await fingerprint(build), digest });
      expect(await pushedImage(folder, port, api)).toEqual({ digest, repository: `localhost:${port}/shop/api` });
      expect(await pushedImage(folder, port, service({ name: 'other' }))).toBeUndefined();
      held.clear();
      expect(await pushedImage(folder, port, api)).toBeUndefined();
      held.add(`/v2/shop/api/manifests/${digest}`);
      write('main.ts', 'another');
      expect(await pushedImage(folder, port, api)).toBeUndefined();
    } finally {
      registry.close();
    }
  });
});
