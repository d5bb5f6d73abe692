import { describe, expect, test } from 'vitest';
import { parseAddress } from '../../../../src/app/resolve/routes.ts';
import { layer, readFiles, serviceOf, withService } from '../../../support/definitions.ts';

const public_uri = (value: string, more = '') => `    port: {http: 80}\n    public_uri: ${value}\n${more}`;

describe('the forms of public_uri', () => {
  test.each([
    ['/p', '*', '/p'],
    ['*/p', '*', '/p'],
    ['*', '*', '/'],
    ['/', '*', '/'],
    ['all', '*', '/'],
    ['all/p', '*', '/p'],
    ['acme.example', 'acme.example', '/'],
    ['acme.example/', 'acme.example', '/'],
    ['ACME.example/A/b/', 'acme.example', '/A/b'],
  ])('%s', (uri, host, path) => {
    expect(parseAddress(uri)).toEqual({ host, path });
  });

  test.each([
    '',
    '*.acme.example',
    'https://acme.example',
    'a_b/c',
    '/a b',
    '//',
    '/a//b',
    `${'a'.repeat(64)}.example`,
    '/a?b',
  ])('"%s" is none', (uri) => {
    expect(parseAddress(uri)).toBeUndefined();
  });

  test('a prefix is stripped unless it is to be kept, and / has none', async () => {
    expect((await serviceOf(public_uri('/p'))).routes[0]).toMatchObject({
      service: 'shop/api',
      port: 'main',
      strip: true,
    });
    expect((await serviceOf(public_uri('/p', '    keep_path_prefix: true\n'))).routes[0]?.strip).toBe(false);
    expect((await serviceOf(public_uri('/'))).routes[0]?.strip).toBe(false);
  });

  test('a list gives a route each, with its place', async () => {
    const { routes } = await serviceOf(public_uri('["/a", "{parent.domain}/b"]'));
    expect(routes.map((r) => [r.host, r.path, r.place?.column])).toEqual([
      ['*', '/a', 18],
      ['shop.localhost', '/b', 24],
    ]);
  });

  test('a real domain has a local name on local targets, and that is said', async () => {
    const { app, notices } = await readFiles(withService(public_uri('shop.acme.example')));
    expect(app?.services[0]?.routes[0]?.host).toBe('shop.acme.example.localhost');
    expect(notices).toContain(
      'stand-in-value: On process the host `shop.acme.example` is served as `shop.acme.example.localhost`.',
    );
    const cloud = await readFiles(withService(public_uri('shop.acme.example')), { target: 'aws' });
    expect(cloud.app?.services[0]?.routes[0]?.host).toBe('shop.acme.example');
  });

  test('only an http port can be public', async () => {
    const { errors } = await readFiles(
      withService('    ports: [{name: game, type: tcp, port: 1}]\n    public_uri: /\n'),
    );
    expect(errors).toEqual(['7:5 invalid-public-uri']);
    expect((await readFiles(withService('    public_uri: /\n'))).errors).toEqual(['6:5 invalid-public-uri']);
  });

  test('what cannot be read is refused with the forms that can', async () => {
    const { diagnostics } = await readFiles(withService(public_uri('https://acme.example')));
    expect(diagnostics[0]).toMatchObject({
      code: 'invalid-public-uri',
      hints: ['leave `https://` out', 'write `/path`, `host`, `host/path` or `*`'],
    });
  });
});

describe('two routes with one address', () => {
  const service = (name: string, uri: string) =>
    `  - {name: ${name}, type: k8s-service, image: x, port: {http: 80}, public_uri: ${uri}}\n`;

  test('are an error that names both', async () => {
    const { diagnostics } = await readFiles(layer(service('a', '/x') + service('b', '"*/x/"')));
    const error = diagnostics.find((d) => d.severity === 'error');
    expect(error).toMatchObject({ code: 'duplicate-route', place: { line: 4 } });
    expect(error?.message).toMatch(
      /^`shop\/b` and `shop\/a` \(.*opta.yaml:3\) both claim the address any host, path \/x\.$/,
    );
  });

  test('also between layers of a run', async () => {
    const file = (name: string) => `name: ${name}\nmodules:\n${service('a', '/x')}`;
    const { errors } = await readFiles(
      { 'a.yaml': file('one'), 'b.yaml': file('two') },
      { files: ['a.yaml', 'b.yaml'] },
    );
    expect(errors).toEqual(['3:74 duplicate-route']);
  });

  test('hosts and paths apart are fine', async () => {
    expect(
      (await readFiles(layer(service('a', '/x') + service('b', '/y') + service('c', 'acme.example/x')))).errors,
    ).toEqual([]);
  });
});
