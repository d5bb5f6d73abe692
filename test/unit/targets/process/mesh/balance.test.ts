/** Who takes the next request, when retries are allowed, and what is measured. */
import { describe, expect, test } from 'vitest';
import { holderOf, identityOf, serviceOf } from '../../../../../src/app/identity.ts';
import { Edges, Histogram } from '../../../../../src/targets/process/mesh/edges.ts';
import { chooseByLoad, Load } from '../../../../../src/targets/process/mesh/load.ts';
import { mayRetryFailure, succeeded } from '../../../../../src/targets/process/mesh/retry.ts';
import { RetryBudget } from '../../../../../src/targets/process/mesh/retry-budget.ts';

/** A repeatable series of numbers from 0 to below 1. */
function series(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const at = (name: string, pending = 0) => ({ name, pending, load: new Load() });

describe('balancing', () => {
  test('equals take turns', () => {
    const two = [at('a'), at('b')];
    const chosen = [0, 1, 2, 3].map((turn) => chooseByLoad(two, { now: 0, turn, random: series() })?.name);
    expect(chosen).toEqual(['a', 'b', 'a', 'b']);
    expect(chooseByLoad([], { now: 0, turn: 0, random: series() })).toBeUndefined();
  });

  test('of two equally quick ones the one with less under way is taken', () => {
    const two = [at('a', 2), at('b', 1)];
    for (const turn of [0, 1, 2]) expect(chooseByLoad(two, { now: 0, turn, random: series() })?.name).toBe('b');
  });

  test.each([2, 3, 5])('with %i replicas, one that takes 500 ms gets less than a tenth', (count) => {
    const all = Array.from({ length: count }, (_, i) => at(`${i}`));
    const random = series();
    const ends: { at: number; act(): void }[] = [];
    let slow = 0;
    // 200 requests a second for 20 seconds; replica 0 answers in 500 ms, the others in 3.
    for (let turn = 0; turn < 4000; turn += 1) {
      const now = turn * 5;
      for (const due of ends.filter((end) => end.at <= now)) {
        ends.splice(ends.indexOf(due), 1);
        due.act();
      }
      const chosen = chooseByLoad(all, { now, turn, random });
      if (chosen === undefined) throw new Error('nobody was chosen');
      const ms = chosen === all[0] ? 500 : 3;
      if (chosen === all[0]) slow += 1;
      chosen.pending += 1;
      const end = chosen.load.begin(now);
      ends.push({
        at: now + ms,
        act: () => {
          chosen.pending -= 1;
          end(now + ms, 'answered');
        },
      });
    }
    expect(slow / 4000).toBeLessThan(0.1);
    expect(slow).toBeGreaterThan(0);
  });

  test('five failures in a row eject a replica; it comes back by one request that succeeds', () => {
    const [bad, good] = [at('bad'), at('good')];
    for (let i = 0; i < 5; i += 1) bad.load.answered(0, 1, true);
    for (const turn of [0, 1, 2, 3]) {
      expect(chooseByLoad([bad, good], { now: 500, turn, random: series() })?.name).toBe('good');
    }
    expect(bad.load.ejected(1100)).toBe(false);
    bad.load.chosen(1100);
    expect(bad.load.ejected(1101)).toBe(true);
    bad.load.answered(1200, 1, false);
    expect(bad.load.ejected(1201)).toBe(false);
  });

  test('each failed return takes twice as long until the next', () => {
    const { load } = at('bad');
    for (let i = 0; i < 5; i += 1) load.answered(0, 1, true);
    expect([load.ejected(999), load.ejected(1001)]).toEqual([true, false]);
    load.answered(1100, 1, true);
    expect([load.ejected(3099), load.ejected(3101)]).toEqual([true, false]);
  });

  test('when all are ejected all are asked', () => {
    const only = at('only');
    for (let i = 0; i < 9; i += 1) only.load.answered(0, 1, true);
    expect(chooseByLoad([only], { now: 1, turn: 0, random: series() })?.name).toBe('only');
  });
});

describe('retries', () => {
  test('are at most a fifth of the requests, beside ten a second', () => {
    const budget = new RetryBudget();
    let retries = 0;
    // 1000 requests a second for 10 seconds, of which all fail.
    for (let i = 0; i < 10_000; i += 1) {
      budget.deposit(i);
      if (budget.withdraw(i)) retries += 1;
    }
    expect(retries).toBeGreaterThan(2000);
    expect(retries).toBeLessThanOrEqual(2000 + 10 * 11);
  });

  test('a broken connection is tried again when 5xx are, a POST too', () => {
    const broken = { stage: 'sent', timedOut: false } as const;
    const retries = { attempts: 2, on: ['5xx'] as const };
    expect(mayRetryFailure(broken, 'POST', true, 1)).toBe(false);
    expect(mayRetryFailure(broken, 'POST', true, 1, retries)).toBe(true);
    expect(mayRetryFailure(broken, 'POST', true, 3, retries)).toBe(false);
    expect(mayRetryFailure(broken, 'POST', false, 1, retries)).toBe(false);
    expect(mayRetryFailure({ ...broken, timedOut: true }, 'GET', true, 1, retries)).toBe(false);
  });

  test('success is what the server can be blamed for', () => {
    expect([200, 404, 499, 500, 503].map((status) => succeeded(status, []))).toEqual([true, true, true, false, false]);
    expect(['0', '5', '13', '14'].map((code) => succeeded(200, ['grpc-status', code]))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('identities', () => {
  test('bear the names that Linkerd gives', () => {
    expect(identityOf('back/api')).toBe('api.back.serviceaccount.identity.linkerd.cluster.local');
    expect(serviceOf(identityOf('back/api'))).toBe('back/api');
    expect(holderOf(`DNS:${identityOf('opta/ingress')}`)).toBe('opta/ingress');
  });

  test.each([
    undefined,
    '',
    'DNS:localhost',
    'DNS:a.b.c.serviceaccount.identity.linkerd.cluster.local',
    `DNS:${identityOf('back/api')}, DNS:localhost`,
    `URI:${identityOf('back/api')}`,
  ])('%s is none', (text) => {
    expect(holderOf(text)).toBeUndefined();
  });
});

describe('measuring', () => {
  test('quantiles are right to a twentieth', () => {
    const histogram = new Histogram();
    for (let i = 1; i <= 1000; i += 1) histogram.add(i / 10);
    for (const [q, ms] of [
      [0.5, 50],
      [0.95, 95],
      [0.99, 99],
    ] as const) {
      expect(Math.abs((histogram.quantile(q) ?? 0) - ms) / ms).toBeLessThan(0.051);
    }
    const shown = histogram.cumulative();
    expect(shown.at(-1)).toEqual([50_000, 1000]);
    expect(shown.every(([, count], i) => i === 0 || count >= (shown[i - 1]?.[1] ?? 0))).toBe(true);
    expect(new Histogram().quantile(0.5)).toBeUndefined();
  });

  test('an edge counts what went over it, and what was refused', () => {
    const edges = new Edges();
    const seen = { latencyMs: 10, retries: 1, bytesOut: 5, bytesIn: 7, mtls: true };
    edges.record('a/a', 'a/b', { ...seen, succeeded: true });
    edges.record('a/a', 'a/b', { ...seen, succeeded: false });
    edges.refuse('a/c', 'a/b');
    const [one, other] = edges.snapshot();
    expect(one).toMatchObject({ caller: 'a/a', callee: 'a/b', requests: 2, succeeded: 1, retries: 2, bytesOut: 10 });
    expect(one?.latency?.p50).toBeCloseTo(10, 0);
    expect(other).toMatchObject({ caller: 'a/c', requests: 0, refused: 1 });
    expect(other?.latency).toBeUndefined();
  });
});
