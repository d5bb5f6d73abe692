/** Hops in any order become a trace: parents first, children within them, nothing lost. */
import { describe, expect, test } from 'vitest';
import type { Hop } from '../../../src/engine/trace.ts';
import { nested, traceOf } from '../../../src/engine/trace-tree.ts';

const hop = (id: string, start: number, ms: number, parent?: string, more: Partial<Hop> = {}): Hop => ({
  id,
  kind: 'app',
  service: 'back/api',
  name: `work ${id}`,
  start,
  ms,
  failed: false,
  ...(parent !== undefined && { parent }),
  ...more,
});

describe('nested', () => {
  test('puts children below their parents, by their start', () => {
    const hops = [hop('c', 30, 5, 'a'), hop('d', 31, 2, 'c'), hop('b', 10, 5, 'a'), hop('a', 0, 50)];
    expect(nested(hops).map(({ hop: { id }, depth }) => [id, depth])).toEqual([
      ['a', 0],
      ['b', 1],
      ['c', 1],
      ['d', 2],
    ]);
  });

  test('moves a child into its parent by what clocks may differ, and no further', () => {
    const hops = [hop('a', 100, 10), hop('early', 98, 5, 'a'), hop('long', 99, 13, 'a'), hop('other', 300, 5, 'a')];
    const placed = Object.fromEntries(nested(hops).map(({ hop: { id, start, ms } }) => [id, [start, ms]]));
    expect(placed).toEqual({ a: [100, 10], early: [100, 5], long: [100, 10], other: [300, 5] });
  });

  test('shows hops whose parent is unknown, and those that name each other, once', () => {
    const hops = [hop('a', 5, 1, 'nobody'), hop('b', 1, 1, 'c'), hop('c', 2, 1, 'b'), hop('d', 3, 1, 'd')];
    expect(nested(hops).map(({ hop: { id } }) => id)).toEqual(['a', 'b', 'c', 'd']);
  });
});

describe('traceOf', () => {
  test('is called as its client called it, and lasts as long as its hops', () => {
    const tls = { version: 'TLSv1.3', protocol: 'h2' };
    const attributes = { 'server.address': 'shop.localhost:8443' };
    const edge = hop('a', 100, 20, 'client', { kind: 'edge', name: 'GET /api', status: '200', tls, attributes });
    expect(traceOf('1', [hop('b', 110, 30, 'a'), edge], [])).toMatchObject({
      name: 'GET https://shop.localhost:8443/api',
      start: 100,
      ms: 40,
      status: '200',
      failed: false,
    });
  });

  test('names a gRPC call by its path, and one from inside by who saw it first', () => {
    const attributes = { 'server.address': 'grpc.localhost' };
    const edge = hop('a', 0, 1, undefined, { kind: 'edge', name: 'echo.Echo/Unary', attributes });
    expect(traceOf('1', [edge], []).name).toBe('POST http://grpc.localhost/echo.Echo/Unary');
    expect(traceOf('1', [hop('x', 0, 1)], []).name).toBe('work x of back/api');
  });
});
