import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foldAll } from '../../../src/engine/progress.ts';
import { parseEvent, parseStream } from '../../../src/engine/replay.ts';
import { UserError } from '../../../src/errors.ts';
import { planOf, runAndWatch, stepOf } from '../../support/plans.ts';

const failureOf = (act: () => unknown): UserError => {
  try {
    act();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
};

describe('a saved stream', () => {
  test('replays to the same picture', async () => {
    const fails = stepOf('b', {
      needs: ['a'],
      run: async ({ note, progress, emit }) => {
        note('tries');
        progress(1, 2, 'items');
        emit({
          type: 'service',
          service: 'shop/api',
          kind: 'service',
          state: 'failed',
          ready: 0,
          wanted: 2,
          why: 'exited',
          restarts: 1,
        });
        emit({ type: 'log', service: 'shop/api', replica: 1, stream: 'stderr', line: 'no such table' });
        emit({ type: 'address', title: 'shop', url: 'https://shop.localhost' });
        emit({
          type: 'diagnostic',
          diagnostic: {
            severity: 'notice',
            code: 'not-implemented',
            message: 'x',
            hints: [],
            place: { file: 'opta.yaml', line: 1, column: 2 },
          },
        });
        throw new UserError('not-implemented', 'cannot', {
          hints: ['do'],
          detail: ['so'],
          place: { file: 'opta.yaml', line: 3, column: 1, source: 'x' },
        });
      },
    });
    const { events } = await runAndWatch(planOf([stepOf('a'), fails, stepOf('c', { needs: ['b'] })]));
    const saved = events.map((event) => JSON.stringify(event)).join('\n');
    expect(parseStream(`${saved}\n\n`)).toEqual(events);
    expect(foldAll(parseStream(saved))).toEqual(foldAll(events));
  });

  const bad: [string, string, string][] = [
    ['no JSON', '{"at":1', 'is not JSON'],
    ['no object', '[1]', 'is not an event'],
    ['an unknown type', '{"at":1,"type":"party"}', 'wrong "type"'],
    ['a missing field', '{"at":1,"type":"note","id":"a"}', 'wrong "why"'],
    ['a wrong list', '{"at":1,"type":"plan","goal":"up","target":"x","reason":"x","steps":[3]}', 'wrong "steps.0"'],
  ];
  test.each(bad)('with %s is refused at its line', (_, line, message) => {
    const good = '{"at":1,"type":"note","id":"a","why":"x"}';
    const error = failureOf(() => parseStream(`${good}\n\n${line}\n${good}`, 'run.ndjson'));
    expect(error).toMatchObject({ code: 'bad-stream', place: { file: 'run.ndjson', line: 3, column: 1 } });
    expect(error.message).toContain('line 3 of run.ndjson');
    expect(error.message).toContain(message);
    expect(error.hints).not.toEqual([]);
  });

  test('is cleaned, whoever wrote it', () => {
    expect(parseEvent('{"at":1,"type":"note","id":"a","why":"\\u001b[2Jx"}', 1)).toEqual({
      at: 1,
      type: 'note',
      id: 'a',
      why: 'x',
    });
  });

  test('of any JSON is either folded or refused, never a crash', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom('plan', 'step', 'service', 'log', 'diagnostic', 'end'), (json, type) => {
        const line = JSON.stringify({
          at: 1,
          type,
          ...JSON.parse(`{"x":${json}}`),
          steps: JSON.parse(json),
          state: JSON.parse(json),
        });
        try {
          foldAll([parseEvent(line, 1)]);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
    );
  });
});
