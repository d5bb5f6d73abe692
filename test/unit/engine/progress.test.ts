import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event, Said } from '../../../src/engine/event.ts';
import { hasEnded, isFailing, type Picture, waitsFor } from '../../../src/engine/picture.ts';
import { fold, foldAll } from '../../../src/engine/progress.ts';
import type { Step, StepContext } from '../../../src/engine/step.ts';
import { planOf, runAndWatch, stepOf } from '../../support/plans.ts';

/** Events a second apart. */
const timed = (said: readonly Said[]) => said.map((one, at) => ({ ...one, at: 1000 * (at + 1) }) as Event);
const pictureOf = (...said: Said[]): Picture => foldAll(timed(said));

const plan: Said = {
  type: 'plan',
  goal: 'up',
  target: 'process',
  reason: 'asked for',
  steps: [
    { id: 'a', title: 'make a', kind: 'change', needs: [] },
    { id: 'b', title: 'make b', kind: 'change', needs: ['a'] },
  ],
};
const service = (state: Extract<Said, { type: 'service' }>['state'], rest: object = {}): Said => ({
  type: 'service',
  service: 'shop/api',
  kind: 'service',
  state,
  ready: 0,
  wanted: 2,
  ...rest,
});
const log = (line: string, name = 'shop/api'): Said => ({
  type: 'log',
  service: name,
  replica: 1,
  stream: 'stdout',
  line,
});

describe('a picture of steps', () => {
  test('begins with every step pending', () => {
    const picture = pictureOf(plan);
    expect(picture).toMatchObject({ goal: 'up', target: 'process', reason: 'asked for', since: 1000, at: 1000 });
    expect(picture.steps.map((step) => step.state)).toEqual(['pending', 'pending']);
  });

  test('knows what a pending step waits for', () => {
    const picture = pictureOf(plan, { type: 'step', id: 'a', state: 'running' });
    const [, b] = picture.steps;
    expect(b && waitsFor(picture, b).map((step) => step.title)).toEqual(['make a']);
  });

  test('keeps the reason and the count while a step runs, and drops the reason when it has ended', () => {
    const running = timed([
      plan,
      { type: 'step', id: 'a', state: 'running' },
      { type: 'note', id: 'a', why: 'downloads' },
      { type: 'progress', id: 'a', done: 3, total: 9, unit: 'bytes' },
    ]);
    expect(foldAll(running).steps[0]).toMatchObject({
      state: 'running',
      since: 2000,
      why: 'downloads',
      count: { done: 3, total: 9, unit: 'bytes' },
    });
    const ended = fold(foldAll(running), { at: 9000, type: 'step', id: 'a', state: 'done', ms: 7000 });
    expect(ended.steps[0]).toMatchObject({ state: 'done', ms: 7000 });
    expect(ended.steps[0]).not.toHaveProperty('why');
  });

  test('takes the duration from the times when the event has none', () => {
    expect(
      pictureOf(plan, { type: 'step', id: 'a', state: 'running' }, { type: 'step', id: 'a', state: 'done' }).steps[0]
        ?.ms,
    ).toBe(1000);
  });

  test('leaves out what no plan has named', () => {
    const picture = pictureOf(
      plan,
      { type: 'step', id: 'ghost', state: 'running' },
      { type: 'note', id: 'ghost', why: 'x' },
    );
    expect(picture.steps).toEqual(pictureOf(plan).steps);
  });

  test('begins anew with the next plan, and keeps the services', () => {
    const end: Said = { type: 'end', outcome: 'done', ms: 5, criticalPath: [{ id: 'a', ms: 5 }] };
    const picture = pictureOf(plan, service('ready'), end, { ...plan, goal: 'down', steps: [] });
    expect(picture).toMatchObject({ goal: 'down', steps: [], services: [{ id: 'shop/api' }] });
    expect(picture.end).toBeUndefined();
    expect(pictureOf(plan, end).end).toEqual({ outcome: 'done', ms: 5, criticalPath: [{ id: 'a', ms: 5 }] });
  });
});

describe('a picture of services', () => {
  test('measures the time until a service is ready, and again when it was lost', () => {
    const ready = service('ready', { ready: 2, url: 'https://shop.localhost' });
    expect(pictureOf(service('starting'), ready).services[0]).toMatchObject({
      state: 'ready',
      ready: 2,
      ms: 1000,
      url: 'https://shop.localhost',
    });
    const again = pictureOf(service('starting'), ready, service('rolling', { ready: 1 }), log('x'), ready);
    expect(again.services[0]).toMatchObject({ ms: 2000, url: 'https://shop.localhost' });
  });

  test('drops a reason that is not said again', () => {
    const picture = pictureOf(service('starting', { why: 'no answer yet' }), service('ready'));
    expect(picture.services[0]).not.toHaveProperty('why');
  });

  test('opens the logs of a service that fails, not of one that is fine', () => {
    const failing = (...said: Said[]) => pictureOf(...said).services.map(isFailing);
    expect(failing(service('failed'))).toEqual([true]);
    expect(failing(service('restarting', { restarts: 1 }))).toEqual([true]);
    expect(failing(service('starting', { restarts: 1 }))).toEqual([true]);
    expect(failing(service('starting'))).toEqual([false]);
    expect(failing(service('ready', { restarts: 3 }))).toEqual([false]);
  });

  test('keeps the last lines only', () => {
    const lines = Array.from({ length: 1300 }, (_, at) => log(`line ${at}`));
    const picture = pictureOf(service('starting'), ...lines);
    expect(picture.services[0]?.log.map((line) => line.line)).toEqual(
      Array.from({ length: 20 }, (_, at) => `line ${1280 + at}`),
    );
    expect(picture.log).toHaveLength(1000);
    expect(picture.log.at(-1)?.line).toBe('line 1299');
  });

  test('knows a service from its first line on', () => {
    expect(pictureOf(log('early')).services[0]).toMatchObject({
      id: 'shop/api',
      state: 'waiting',
      log: [{ line: 'early' }],
    });
  });
});

test('an address that is said again replaces the one before', () => {
  const address: Said = { type: 'address', title: 'shop', url: 'https://shop.localhost:8443' };
  const picture = pictureOf(address, { ...address, title: 'docs' }, { ...address, plainUrl: 'https://127.0.0.1:8443' });
  expect(picture.addresses.map((one) => one.title)).toEqual(['docs', 'shop']);
  expect(picture.addresses[1]?.plainUrl).toBe('https://127.0.0.1:8443');
});

test('diagnostics are kept in order', () => {
  const diagnostic = (message: string): Said => ({
    type: 'diagnostic',
    diagnostic: { severity: 'warning', code: 'not-implemented', message, hints: [] },
  });
  expect(pictureOf(diagnostic('x'), diagnostic('y')).diagnostics.map((one) => one.message)).toEqual(['x', 'y']);
});

test('folding changes no picture it was given', () => {
  const events = timed([
    plan,
    { type: 'step', id: 'a', state: 'running' },
    service('starting'),
    log('x'),
    service('ready'),
    { type: 'note', id: 'a', why: 'x' },
  ]);
  let picture = foldAll([]);
  for (const event of events) {
    const before = JSON.stringify(picture);
    const next = fold(picture, event);
    expect(JSON.stringify(picture)).toBe(before);
    picture = next;
  }
});

/** Any plan without cycles, with steps that end in any way. */
const anyPlan = fc
  .array(
    fc.record({
      needs: fc.array(fc.nat(), { maxLength: 3 }),
      end: fc.constantFrom('done', 'unchanged', 'isDone', 'fails', 'bug', 'aborts'),
      kind: fc.constantFrom('check', 'change', 'wait'),
    }),
    { maxLength: 12 },
  )
  .map((shapes) => ({ shapes, abort: new AbortController() }))
  .map(({ shapes, abort }) => {
    const steps = shapes.map(({ needs, end, kind }, at): Step => {
      const run = async ({ note }: StepContext) => {
        note(`${end}s`);
        if (end === 'fails' || end === 'bug') throw new Error(end);
        if (end === 'aborts') abort.abort(new Error('interrupted'));
        return end === 'unchanged' ? ('unchanged' as const) : undefined;
      };
      return stepOf(`s${at}`, {
        kind,
        needs: at === 0 ? [] : needs.map((need) => `s${need % at}`),
        run,
        isDone: async () => end === 'isDone',
      });
    });
    return { steps, abort };
  });

test('any run folds to a picture that agrees with its result at every moment', async () => {
  await fc.assert(
    fc.asyncProperty(anyPlan, fc.integer({ min: 1, max: 4 }), async ({ steps, abort }, parallel) => {
      const { result, events } = await runAndWatch(planOf(steps), { signal: abort.signal, parallel });
      let picture = foldAll([]);
      for (const event of events) {
        picture = fold(picture, event);
        const running = picture.steps.filter((step) => step.state === 'running');
        expect(running.length).toBeLessThanOrEqual(parallel);
        for (const step of running) expect(waitsFor(picture, step)).toEqual([]);
      }
      expect(picture.steps.map(({ id, state }) => ({ id, state }))).toEqual(
        result.steps.map(({ id, state }) => ({ id, state })),
      );
      expect(picture.steps.every(hasEnded)).toBe(true);
      expect(picture.end?.outcome).toBe(result.outcome);
      expect(picture.steps.filter((step) => step.failure)).toHaveLength(result.failures.length);
    }),
    { numRuns: 100 },
  );
});
