import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hash, hashKey, rendezvous } from '../../../../../src/targets/process/ingress/hash.ts';
import { cookieName, stickyCookie, stickyReplica } from '../../../../../src/targets/process/ingress/sticky.ts';

const request = {
  authority: 'A.localhost:8443',
  target: '/p/q?user=ann&x=1',
  method: 'GET',
  remoteAddress: '127.0.0.1',
  headers: ['Host', 'A.localhost:8443', 'X-Tenant', 'blue', 'Cookie', 'a=1; sid=s=9'],
};

describe('the key of a consistent hash', () => {
  test.each([
    ['$request_uri', '/p/q?user=ann&x=1'],
    ['$uri', '/p/q'],
    ['$args', 'user=ann&x=1'],
    ['$arg_user', 'ann'],
    ['$host', 'a.localhost'],
    ['$http_x_tenant', 'blue'],
    ['$cookie_sid', 's=9'],
    ['$remote_addr', '127.0.0.1'],
    ['x-tenant', 'blue'],
    ['$host$uri', 'a.localhost/p/q'],
    [`$\{host}x`, 'a.localhostx'],
    ['$nothing', ''],
    ['X-Absent', ''],
  ])('%s', (written, key) => expect(hashKey(written, request)).toBe(key));
});

describe('the replica of a key', () => {
  const replicas = (count: number) => Array.from({ length: count }, (_, replica) => ({ replica }));
  const keys = Array.from({ length: 3000 }, (_, i) => `/item/${i}`);

  test('keys spread evenly', () => {
    const chosen = keys.map((key) => rendezvous(key, replicas(3))?.replica);
    for (const replica of [0, 1, 2]) expect(chosen.filter((c) => c === replica).length).toBeGreaterThan(850);
  });

  test('a key moves only when its own replica goes', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 2, max: 8 }), fc.nat(7), (key, count, gone) => {
        const before = rendezvous(key, replicas(count));
        const left = replicas(count).filter((r) => r.replica !== gone);
        if (before?.replica !== gone) expect(rendezvous(key, left)).toEqual(before);
      }),
    );
  });

  test('the hash is 32 bits, and the same in each run', () => {
    expect(hash('')).toBe(hash(''));
    fc.assert(fc.property(fc.string(), (text) => hash(text) >= 0 && hash(text) <= 0xffffffff));
  });
});

describe('sticky sessions', () => {
  test('the cookie names the replica to the same service only', () => {
    fc.assert(
      fc.property(fc.nat(999), (replica) => {
        const cookie = stickyCookie('back/web:main', replica, '/', 60).split(';')[0] ?? '';
        expect(stickyReplica(['Cookie', `a=1; ${cookie}; b=2`], 'back/web:main')).toBe(replica);
        expect(stickyReplica(['cookie', cookie], 'back/api:main')).toBeUndefined();
      }),
    );
  });

  test('cookies of nested paths do not hide each other', () => {
    const [outer, inner] = [stickyCookie('b/web:main', 1, '/', 9), stickyCookie('b/api:main', 2, '/api', 9)];
    const both = ['Cookie', [inner, outer].map((c) => c.split(';')[0]).join('; ')];
    expect([stickyReplica(both, 'b/web:main'), stickyReplica(both, 'b/api:main')]).toEqual([1, 2]);
  });

  test('what a client made up is ignored', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(stickyReplica(['Cookie', `${cookieName}=${text}`], 'back/web:main')).toBeUndefined();
      }),
    );
  });
});
