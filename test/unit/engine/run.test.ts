import { describe, expect, test } from 'vitest';
import { waitAfterFailureMs } from '../../../src/engine/schedule.ts';
import type { Plan, Step } from '../../../src/engine/step.ts';
import { UserError } from '../../../src/errors.ts';
import { planOf, runAndWatch, stepOf, stepStates, system } from '../../support/plans.ts';

const failing = (id: string, rest: Partial<Step> = {}) =>
  stepOf(id, {
    run: async () => {
      throw new UserError('not-implemented', `${id} cannot be made`, { hints: ['Do it by hand.'] });
    },
    ...rest,
  });

/** A step that ends only when its signal strikes. */
const endless = (id: string, rest: Partial<Step> = {}) =>
  stepOf(id, {
    run: ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    ...rest,
  });

/** A machine whose time passes in sleeps alone. */
function withOwnTime(): typeof system {
  let now = 0;
  const due: { readonly at: number; readonly wake: () => void }[] = [];
  const next = () => {
    due.sort((a, b) => a.at - b.at);
    const first = due.shift();
    now = Math.max(now, first?.at ?? 0);
    first?.wake();
  };
  const sleep = (ms: number) =>
    new Promise<void>((wake) => {
      due.push({ at: now + ms, wake });
      setImmediate(next);
    });
  return { ...system, clock: { ...system.clock, now: () => now, monotonic: () => now, sleep } };
}

describe('a run', () => {
  test('says the plan first and the end last', async () => {
    const { events } = await runAndWatch(planOf([stepOf('a'), stepOf('b', { needs: ['a'] })]));
    expect(events[0]).toMatchObject({
      type: 'plan',
      goal: 'up',
      target: 'process',
      steps: [{ id: 'a', title: 'make a', kind: 'change', needs: [] }, { id: 'b' }],
    });
    expect(events.at(-1)).toMatchObject({ type: 'end', outcome: 'done' });
  });

  test('starts a step when all it needs has ended well', async () => {
    const plan = planOf([stepOf('c', { needs: ['a', 'b'] }), stepOf('a'), stepOf('b', { needs: ['a'] })]);
    const { events } = await runAndWatch(plan);
    expect(stepStates(events)).toEqual(['a running', 'a done', 'b running', 'b done', 'c running', 'c done']);
  });

  test('runs independent steps at the same time', async () => {
    let running = 0;
    let most = 0;
    const busy = (id: string) =>
      stepOf(id, {
        run: async ({ system }) => {
          most = Math.max(most, ++running);
          await system.clock.sleep(5);
          running -= 1;
          return undefined;
        },
      });
    await runAndWatch(planOf(['a', 'b', 'c', 'd'].map(busy)));
    expect(most).toBe(4);
    most = 0;
    await runAndWatch(planOf(['a', 'b', 'c', 'd'].map(busy)), { parallel: 2 });
    expect(most).toBe(2);
  });

  test('does not run what is done, and is unchanged when nothing had to be changed', async () => {
    let ran = false;
    const done = stepOf('a', {
      isDone: async () => true,
      run: async () => {
        ran = true;
        return undefined;
      },
    });
    const plan = planOf([
      done,
      stepOf('b', { run: async () => 'unchanged' }),
      stepOf('c', { kind: 'check' }),
      stepOf('d', { kind: 'wait' }),
    ]);
    const { result } = await runAndWatch(plan);
    expect(ran).toBe(false);
    expect(result.outcome).toBe('unchanged');
    expect(result.steps.map((step) => step.state)).toEqual(['unchanged', 'unchanged', 'done', 'done']);
  });

  test('of no steps is unchanged', async () => {
    const { result } = await runAndWatch(planOf([]));
    expect(result).toMatchObject({ outcome: 'unchanged', steps: [], criticalPath: [] });
  });

  test('names the steps whose durations add up to it', async () => {
    const slow = (id: string, ms: number, needs: readonly string[] = []) =>
      stepOf(id, { needs, run: ({ system }) => system.clock.sleep(ms).then(() => undefined) });
    const { result } = await runAndWatch(
      planOf([slow('quick', 1), slow('slow', 40), slow('last', 10, ['quick', 'slow'])]),
      { system: withOwnTime() },
    );
    expect(result).toMatchObject({
      ms: 50,
      criticalPath: [
        { id: 'slow', ms: 40 },
        { id: 'last', ms: 10 },
      ],
    });
  });

  test('of thousands of steps in a row fails without deep recursion', async () => {
    const chain = Array.from({ length: 20_000 }, (_, at) =>
      stepOf(`s${at}`, { needs: at === 0 ? [] : [`s${at - 1}`] }),
    );
    const { result } = await runAndWatch(planOf([failing('s0'), ...chain.slice(1)]));
    expect(result.steps.filter((step) => step.state === 'skipped')).toHaveLength(19_999);
  });
});

describe('a plan with a fault', () => {
  const refused: [string, readonly Step[], RegExp][] = [
    ['needs an unknown step', [stepOf('a', { needs: ['ghost'] })], /step "a" needs "ghost", which is not in the plan/],
    ['has two steps of one id', [stepOf('a'), stepOf('a')], /two steps have the id "a"/],
    [
      'goes round',
      [stepOf('z'), stepOf('a', { needs: ['b'] }), stepOf('b', { needs: ['c'] }), stepOf('c', { needs: ['b'] })],
      /b -> c -> b/,
    ],
    ['needs itself', [stepOf('a', { needs: ['a'] })], /a -> a/],
  ];
  test.each(refused)('that %s is a bug, told before anything runs', async (_, steps, message) => {
    const run = runAndWatch(planOf(steps));
    await expect(run).rejects.toThrow(message);
    await expect(run).rejects.not.toBeInstanceOf(UserError);
  });
});

describe('after a failure', () => {
  const plan = (rest: Partial<Plan> = {}) =>
    planOf(
      [
        failing('bad'),
        stepOf('slow', { run: ({ system }) => system.clock.sleep(10).then(() => undefined) }),
        stepOf('after bad', { needs: ['bad'] }),
        stepOf('after that', { needs: ['after bad'] }),
        stepOf('after slow', { needs: ['slow'] }),
      ],
      rest,
    );

  test('what runs ends, and nothing new starts', async () => {
    const { result, events } = await runAndWatch(plan());
    expect(result.outcome).toBe('failed');
    expect(result.steps.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'bad failed',
      'slow done',
      'after bad skipped',
      'after that skipped',
      'after slow skipped',
    ]);
    expect(result.failures).toMatchObject([
      { step: 'bad', failure: { code: 'not-implemented', message: 'bad cannot be made', hints: ['Do it by hand.'] } },
    ]);
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'step',
        id: 'bad',
        state: 'failed',
        failure: expect.objectContaining({ code: 'not-implemented' }),
      }),
    );
  });

  test('what only waits is told no more than a moment later, and is not a failure of its own', async () => {
    const waits: number[] = [];
    const after = (ms: number, run: () => void) => {
      waits.push(ms);
      return system.clock.after(0, run);
    };
    const hasty = { ...system, clock: { ...system.clock, after } };
    const steps = [failing('bad'), endless('vain', { kind: 'wait' })];
    const { result } = await runAndWatch(planOf(steps), { system: hasty });
    expect(result.steps.map(({ id, state }) => `${id} ${state}`)).toEqual(['bad failed', 'vain aborted']);
    expect(result.outcome).toBe('failed');
    expect(result.failures).toHaveLength(1);
    expect(waits).toContain(waitAfterFailureMs);
  });

  test('taking down goes on with what does not need the failed step', async () => {
    const { result } = await runAndWatch(plan({ goal: 'down' }));
    expect(result.outcome).toBe('failed');
    expect(result.steps.map((step) => step.state)).toEqual(['failed', 'done', 'skipped', 'skipped', 'done']);
  });

  test('taking down does not run what needs the failed step, though its other needs end well later', async () => {
    const late = stepOf('late', {
      run: async ({ system: { clock } }) => {
        await clock.sleep(5);
        return undefined;
      },
    });
    const plan = { ...planOf([failing('a'), late, stepOf('record', { needs: ['a', 'late'] })]), goal: 'down' as const };
    const { events } = await runAndWatch(plan);
    expect(stepStates(events)).not.toContain('record running');
    expect(stepStates(events)).toContain('record skipped');
  });

  test('a thrown error that is not the user’s is a bug, with its stack only when asked', async () => {
    const broken = planOf([
      stepOf('a', {
        run: () => {
          throw new TypeError('x is not a function');
        },
      }),
    ]);
    const plain = await runAndWatch(broken);
    expect(plain.result.failures[0]?.failure).toMatchObject({
      code: 'bug',
      message: 'TypeError: x is not a function',
      detail: [],
    });
    const debug = await runAndWatch(broken, { debug: true });
    expect(debug.result.failures[0]?.failure.detail[0]).toMatch(/^at .*run\.test\.ts/);
  });

  test('a question to the world that fails fails its step', async () => {
    const { result } = await runAndWatch(
      planOf([
        stepOf('a', {
          isDone: async () => {
            throw new UserError('not-implemented', 'cannot ask');
          },
        }),
      ]),
    );
    expect(result.steps[0]).toMatchObject({ state: 'failed', failure: { message: 'cannot ask' } });
  });
});

describe('taking back', () => {
  const recording =
    (log: string[]) =>
    (id: string, rest: Partial<Step> = {}) =>
      stepOf(id, {
        undo: async ({ signal }) => {
          signal.throwIfAborted();
          log.push(id);
        },
        ...rest,
      });

  test('goes in reverse over steps that ran, the half-done one included, and leaves those alone that were done before', async () => {
    const log: string[] = [];
    const step = recording(log);
    const steps = [
      step('a'),
      step('b', { needs: ['a'], isDone: async () => true }),
      step('c', { needs: ['b'] }),
      failing('d', {
        needs: ['c'],
        undo: async () => {
          log.push('d');
        },
      }),
      step('e', { needs: ['d'] }),
    ];
    const { result } = await runAndWatch(planOf(steps, { undoOnFailure: true }));
    expect(result.outcome).toBe('failed');
    expect(log).toEqual(['d', 'c', 'a']);
  });

  test('happens only when the plan asks for it', async () => {
    const log: string[] = [];
    await runAndWatch(planOf([recording(log)('a'), failing('b', { needs: ['a'] })]));
    expect(log).toEqual([]);
  });

  test('also happens after an abort, with a signal that has not struck', async () => {
    const log: string[] = [];
    const abort = new AbortController();
    const steps = [recording(log)('a'), endless('b', { needs: ['a'] })];
    system.clock.after(10, () => abort.abort(new Error('interrupted')));
    const { result } = await runAndWatch(planOf(steps, { undoOnFailure: true }), { signal: abort.signal });
    expect(result.outcome).toBe('aborted');
    expect(log).toEqual(['a']);
  });

  test('that fails is told too, and the rest is still taken back', async () => {
    const log: string[] = [];
    const stuck = stepOf('b', {
      needs: ['a'],
      undo: async () => {
        throw new UserError('not-implemented', 'b stays');
      },
    });
    const { result, events } = await runAndWatch(
      planOf([recording(log)('a'), stuck, failing('c', { needs: ['b'] })], { undoOnFailure: true }),
    );
    expect(log).toEqual(['a']);
    expect(result.failures.map((one) => one.failure.message)).toEqual(['c cannot be made', 'b stays']);
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'note', id: 'b', why: 'could not be taken back: b stays' }),
    );
  });
});

describe('a deadline', () => {
  test('fails the step and says why it was waiting', async () => {
    const wait = endless('db', {
      kind: 'wait',
      title: 'the database answers',
      deadlineMs: 15,
      run: ({ note, signal }) => {
        note('nothing listens on port 5432');
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    });
    const { result } = await runAndWatch(planOf([wait]));
    expect(result.outcome).toBe('failed');
    expect(result.failures[0]?.failure).toMatchObject({
      code: 'step-timeout',
      message: 'the database answers: not within 0.015 s; last: nothing listens on port 5432',
    });
  });

  test('gives way to the better error that the step throws when it strikes', async () => {
    const wait = stepOf('db', {
      kind: 'wait',
      deadlineMs: 5,
      run: ({ signal }) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () => reject(new UserError('not-implemented', 'it exited with 1'))),
        ),
    });
    const { result } = await runAndWatch(planOf([wait]));
    expect(result.failures[0]?.failure.message).toBe('it exited with 1');
  });

  test('does not wait for ever for a step that does not listen', async () => {
    const deaf = stepOf('deaf', { kind: 'wait', deadlineMs: 5, run: () => new Promise(() => {}) });
    const hurried = {
      ...system,
      clock: { ...system.clock, after: (ms: number, act: () => void) => system.clock.after(Math.min(ms, 10), act) },
    };
    const { result } = await runAndWatch(planOf([deaf]), { system: hurried });
    expect(result.failures[0]?.failure.code).toBe('step-timeout');
  });

  test('that a step keeps leaves no timer behind', async () => {
    let open = 0;
    const counting = {
      ...system,
      clock: {
        ...system.clock,
        after: (ms: number, act: () => void) => {
          open += 1;
          const cancel = system.clock.after(ms, act);
          return () => {
            open -= 1;
            cancel();
          };
        },
      },
    };
    await runAndWatch(planOf([stepOf('a', { kind: 'wait', deadlineMs: 60_000 })]), { system: counting });
    expect(open).toBe(0);
  });
});

describe('an abort', () => {
  test('reaches the running step, and what had not started is aborted', async () => {
    const abort = new AbortController();
    system.clock.after(10, () => abort.abort(new Error('interrupted')));
    const { result, events } = await runAndWatch(planOf([endless('a'), stepOf('b', { needs: ['a'] })]), {
      signal: abort.signal,
    });
    expect(result.outcome).toBe('aborted');
    expect(stepStates(events)).toEqual(['a running', 'a aborted', 'b aborted']);
    expect(result.failures).toEqual([]);
    expect(events.at(-1)).toMatchObject({ type: 'end', outcome: 'aborted' });
  });

  test('lets a running step end its own way, and starts none after it', async () => {
    const abort = new AbortController();
    const polite = stepOf('a', {
      run: async ({ system }) => {
        abort.abort(new Error('interrupted'));
        await system.clock.sleep(5);
        return undefined;
      },
    });
    const { result } = await runAndWatch(planOf([polite, stepOf('b', { needs: ['a'] })]), { signal: abort.signal });
    expect(result.steps.map((step) => step.state)).toEqual(['done', 'aborted']);
    expect(result.outcome).toBe('aborted');
  });

  test('before the start aborts everything', async () => {
    const { result } = await runAndWatch(planOf([stepOf('a'), stepOf('b', { needs: ['a'] })]), {
      signal: AbortSignal.abort(new Error('interrupted')),
    });
    expect(result.steps.map((step) => step.state)).toEqual(['aborted', 'aborted']);
  });

  test('does not hide another error that strikes at the same time', async () => {
    const abort = new AbortController();
    const steps = [
      stepOf('b', {
        run: async ({ system }) => {
          await system.clock.sleep(5);
          throw new UserError('not-implemented', 'b cannot be made');
        },
      }),
      stepOf('a', {
        run: async () => {
          abort.abort(new Error('interrupted'));
          throw new Error('disk on fire');
        },
      }),
    ];
    const { result } = await runAndWatch(planOf(steps), { signal: abort.signal });
    expect(result.outcome).toBe('aborted');
    expect(result.steps.map((step) => step.state)).toEqual(['failed', 'aborted']);
    expect(result.failures.map((one) => one.failure.message)).toEqual(['disk on fire', 'b cannot be made']);
  });

  test('after the last step changes nothing', async () => {
    const abort = new AbortController();
    const { result } = await runAndWatch(
      planOf([
        stepOf('a', {
          run: async () => {
            abort.abort(new Error('interrupted'));
            return undefined;
          },
        }),
      ]),
      { signal: abort.signal },
    );
    expect(result.outcome).toBe('done');
  });
});

describe('a step says', () => {
  test('why it waits, once for each sentence', async () => {
    const { events } = await runAndWatch(
      planOf([
        stepOf('a', {
          run: async ({ note }) => {
            note('x');
            note('x');
            note('y');
            return undefined;
          },
        }),
      ]),
    );
    expect(events.flatMap((event) => (event.type === 'note' ? [event.why] : []))).toEqual(['x', 'y']);
  });

  test('its counts, thinned out, the last one always', async () => {
    const { events } = await runAndWatch(
      planOf([
        stepOf('a', {
          run: async ({ progress }) => {
            for (let done = 1; done <= 1000; done += 1) progress(done, undefined, 'bytes');
            return undefined;
          },
        }),
      ]),
    );
    const counts = events.flatMap((event) => (event.type === 'progress' ? [event.done] : []));
    expect(counts[0]).toBe(1);
    expect(counts.at(-1)).toBe(1000);
    expect(counts.length).toBeLessThan(20);
  });
});
