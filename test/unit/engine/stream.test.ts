import { describe, expect, test } from 'vitest';
import type { Event, Said } from '../../../src/engine/event.ts';
import { createStream } from '../../../src/engine/stream.ts';
import { system } from '../../support/plans.ts';

const clock = { ...system.clock, now: () => 1_700_000_000_000 };
const log = (line: string): Said => ({ type: 'log', service: 'shop/api', replica: 1, stream: 'stdout', line });

function streamed(said: readonly Said[], secrets: readonly string[] = []): Event[] {
  const stream = createStream({ clock });
  const events: Event[] = [];
  stream.attach((event) => events.push(event));
  for (const secret of secrets) stream.secrets.add(secret);
  for (const one of said) stream.emit(one);
  return events;
}

describe('the stream', () => {
  test('stamps each event with the time', () => {
    expect(streamed([{ type: 'note', id: 'a', why: 'x' }])).toEqual([
      { at: 1_700_000_000_000, type: 'note', id: 'a', why: 'x' },
    ]);
  });

  test('hides secrets in every text of every event', () => {
    const secret = 'hunter22';
    const text = `x ${secret} y`;
    const said: Said[] = [
      {
        type: 'plan',
        goal: 'up',
        target: text,
        reason: text,
        steps: [{ id: text, title: text, kind: 'change', needs: [text] }],
      },
      {
        type: 'step',
        id: text,
        state: 'failed',
        failure: {
          code: 'bug',
          message: text,
          hints: [text],
          detail: [text],
          place: { file: text, line: 1, column: 1, source: text },
        },
      },
      { type: 'note', id: text, why: text },
      { type: 'progress', id: text, done: 1, unit: 'items' },
      { type: 'service', service: text, kind: 'service', state: 'ready', ready: 1, wanted: 1, why: text, url: text },
      log(text),
      { type: 'diagnostic', diagnostic: { severity: 'error', code: 'not-implemented', message: text, hints: [text] } },
      { type: 'address', title: text, url: text, plainUrl: text, host: text },
      { type: 'end', outcome: 'done', ms: 1, criticalPath: [{ id: text, ms: 1 }] },
    ];
    const events = streamed(said, [secret]);
    expect(events).toHaveLength(said.length);
    expect(JSON.stringify(events)).not.toContain(secret);
    expect(events[5]).toMatchObject({ line: 'x *** y' });
  });

  test('hides a secret that colours interrupt', () => {
    expect(streamed([log('hun\u001b[31mter22')], ['hunter22'])).toMatchObject([{ line: '***' }]);
  });

  test('keeps its own words when a weak password equals one', () => {
    const said: Said[] = [
      { type: 'service', service: 'shop/api', kind: 'service', state: 'starting', ready: 0, wanted: 1 },
    ];
    expect(streamed(said, ['service', 'starting'])).toMatchObject([
      { type: 'service', kind: 'service', state: 'starting' },
    ]);
  });

  test('takes control characters out of texts and line ends out of log lines', () => {
    expect(streamed([log('\u001b[2Ja\nb')])).toMatchObject([{ line: 'a b' }]);
    expect(streamed([{ type: 'note', id: 'a', why: 'x\u0007\ny' }])).toMatchObject([{ why: 'x\ny' }]);
  });

  test('keeps the beginning of an endless line and says how much is missing', () => {
    const [event] = streamed([log('x'.repeat(20_000))]);
    expect(event).toMatchObject({ line: expect.stringMatching(/^x{16384}… \(3616 characters more\)$/) });
  });

  test('reaches every renderer that is attached, and no longer one that is not', () => {
    const stream = createStream({ clock });
    const seen: string[] = [];
    const detach = stream.attach(() => seen.push('first'));
    stream.attach(() => seen.push('second'));
    stream.emit(log('a'));
    detach();
    stream.emit(log('b'));
    expect(seen).toEqual(['first', 'second', 'second']);
  });

  test('carries tens of thousands of log lines a second past twenty secrets', () => {
    const stream = createStream({ clock });
    let count = 0;
    stream.attach(() => {
      count += 1;
    });
    for (let at = 0; at < 20; at += 1) stream.secrets.add(`Secret-${at}/${'x'.repeat(at)}+=`);
    const began = process.cpuUsage();
    for (let at = 0; at < 20_000; at += 1)
      stream.emit(log(`GET /api/rows/${at} 200 12ms user-agent=curl/8.5 request-id=0af7651916cd43dd8448eb211c80319c`));
    const { user, system } = process.cpuUsage(began);
    expect(count).toBe(20_000);
    // Of this process alone, however busy the machine is.
    expect((user + system) / 1000).toBeLessThan(4000);
  });
});
