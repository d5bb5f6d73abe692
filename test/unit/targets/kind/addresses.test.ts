import { describe, expect, test } from 'vitest';
import { addressesOf } from '../../../../src/targets/kind/addresses.ts';
import { app as appOf, service } from '../../../support/app.ts';

const ports = { https: 443, http: 80, registry: 5001, spare: [] };

function answeredBy(routes: Readonly<Record<string, readonly string[]>>): Readonly<Record<string, string>> {
  const services = Object.entries(routes).map(([name, addresses]) =>
    service({
      name,
      routes: addresses.map((address) => {
        const slash = address.indexOf('/');
        const [host, path] = [address.slice(0, slash), address.slice(slash)];
        return { service: `shop/${name}`, port: 'main', host, path, strip: false };
      }),
    }),
  );
  return Object.fromEntries(
    addressesOf(appOf({ services }), ports).map((one) => [`${one.title} ${one.host}${one.path}`, one.answeredBy]),
  );
}

describe('the service that answers at an address', () => {
  test('is its own', () => {
    expect(answeredBy({ web: ['*/'], api: ['*/api'], own: ['own.localhost/'] })).toEqual({
      'shop/web shop.localhost/': 'shop/web',
      'shop/api shop.localhost/api': 'shop/api',
      'shop/own own.localhost/': 'shop/own',
    });
  });

  test("is another when that one's route names the host", () => {
    const found = answeredBy({ web: ['*/'], api: ['*/api'], named: ['shop.localhost/'] });
    expect(found['shop/web shop.localhost/']).toBe('shop/named');
    expect(found['shop/api shop.localhost/api']).toBe('shop/named');
  });

  test('does not go by half a word of a path', () => {
    const found = answeredBy({ web: ['*/'], ap: ['*/ap'], api: ['*/api'] });
    expect(found['shop/api shop.localhost/api']).toBe('shop/api');
  });
});
