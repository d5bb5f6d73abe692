import { describe, expect, test } from 'vitest';
import { calledFirst, neededBy } from '../../../../src/targets/kind/needs.ts';
import { app, link, resource, service, shop } from '../../../support/app.ts';

const named = (given: ReturnType<typeof app>, id: string) => {
  const found = given.services.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no service ${id}`);
  return found;
};

describe('what a service needs', () => {
  test('is what it links to, and what that links to', () => {
    expect([...neededBy(shop(), named(shop(), 'shop/web'))].sort()).toEqual(['shop/api', 'shop/data', 'shop/db']);
  });

  test('is what a variable of it names, too', () => {
    const cache = resource({ name: 'cache', type: 'redis' });
    const web = service({
      name: 'web',
      env: [{ name: 'CACHE', value: [{ resource: cache.id, output: 'cache_host' }] }],
    });
    expect([...neededBy(app({ services: [web], resources: [cache] }), web)]).toEqual([cache.id]);
  });
});

describe('what is waited for before a service has to be ready', () => {
  test('are the services that it calls itself', () => {
    expect(calledFirst(shop(), named(shop(), 'shop/web'))).toEqual(['shop/api']);
    expect(calledFirst(shop(), named(shop(), 'shop/data'))).toEqual([]);
  });

  test('is nobody of a circle, whose members would wait for each other', () => {
    const a = service({ name: 'a', links: [link('shop/a', 'shop/b'), link('shop/a', 'shop/c')] });
    const b = service({ name: 'b', links: [link('shop/b', 'shop/a')] });
    const c = service({ name: 'c' });
    const circle = app({ services: [a, b, c] });
    expect(calledFirst(circle, a)).toEqual(['shop/c']);
    expect(calledFirst(circle, b)).toEqual([]);
  });
});
