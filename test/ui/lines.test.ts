import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Said } from '../../src/engine/event.ts';
import { drawLines } from '../../src/ui/lines.ts';
import { openOutput } from '../../src/ui/output.ts';
import { plainTheme, type Theme } from '../../src/ui/theme.ts';
import { badly, timed, well } from '../support/scenes.ts';

async function linesOf(said: readonly Said[], theme: Theme = { ...plainTheme, unicode: true }): Promise<string> {
  const stream = new PassThrough();
  const output = openOutput(stream, () => '');
  const draw = drawLines(output, theme);
  for (const event of timed(said)) draw(event);
  await output.flush();
  return (stream.read() as Buffer | null)?.toString() ?? '';
}

describe('lines', () => {
  test('tell a run that went well, one line a change', async () => {
    expect(await linesOf(well)).toMatchInlineSnapshot(`
      "up on process: no container engine answers here
      ✔ make the certificate of shop 120ms
        install packages of shop/api: npm ci
      ● shop/db starting 0/1
      ✔ install packages of shop/api 5.0s
      ✔ shop/db ready 1/1
      ✔ start shop/db 6.0s
      ✔ start shop/api 1.0s
      ● shop/api starting 0/2: no answer on port 4001 yet
      ✔ shop/api ready 2/2  https://shop.localhost:8443/api
      ✔ shop/api answers 2.0s
      shop  https://shop.localhost:8443
            https://127.0.0.1:8443 with Host: shop.localhost
      Up in 14s
      The time went to start shop/db 6.0s → shop/api answers 2.0s
      "
    `);
  });

  test('tell a failure as a block, with the last lines of the service before it', async () => {
    expect((await linesOf(badly)).split('\n').slice(-19).join('\n')).toMatchInlineSnapshot(`
      "✔ install packages of shop/api 5.0s
      ✔ shop/db ready 1/1
      ✔ start shop/db 6.0s
      ✔ start shop/api 1.0s
      ● shop/api starting 0/2: no answer on port 4001 yet
      shop/api/1 │ listening on 4001
      shop/api/1 │ Error: connect ECONNREFUSED 127.0.0.1:5432 — 資料庫沒有回應
      ✖ shop/api failed 0/2: exited with code 1
      ✖ shop/api answers failed 4.0s
      error[step-timeout] shop/api answers: not within 4 s
        --> opta.yaml:7:5
        7 |     port: 4001
          |     ^^^^
        Error: connect ECONNREFUSED 127.0.0.1:5432
        fix: Look at its last lines.
        see docs/errors.md#step-timeout
      Failed after 17s: 1 failed
      The time went to shop/api answers 4.0s
      "
    `);
  });

  test('do with ASCII where there is no more', async () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what is not ASCII
    expect((await linesOf(badly, plainTheme)).replace(/[資料庫沒有回應—]/g, '')).toMatch(/^[\x00-\x7f]*$/);
  });

  test('say each thing once: a state that is told again is no change', async () => {
    const ready: Said = { type: 'service', service: 'shop/api', kind: 'service', state: 'ready', ready: 2, wanted: 2 };
    expect(await linesOf([ready, ready, { ...ready, ready: 1 }])).toBe('✔ shop/api ready 2/2\n✔ shop/api ready 1/2\n');
  });

  test('say once that a service has failed for good, whatever its count of restarts', async () => {
    const failed: Said = {
      type: 'service',
      service: 'shop/api',
      kind: 'service',
      state: 'failed',
      ready: 0,
      wanted: 1,
      why: 'exit code 1',
    };
    expect(await linesOf([failed, { ...failed, restarts: 1 }])).toBe('✖ shop/api failed 0/1: exit code 1\n');
  });

  test('name files below the folder relative to it', async () => {
    const stream = new PassThrough();
    const output = openOutput(stream, () => '');
    const draw = drawLines(output, plainTheme, '/home/ada/shop');
    const place = { file: '/home/ada/shop/opta.yaml', line: 3, column: 5 };
    const diagnostic = { severity: 'notice', code: 'no-effect', message: 'Nothing.', hints: [], place } as const;
    for (const event of timed([{ type: 'diagnostic', diagnostic }])) draw(event);
    await output.flush();
    expect(String(stream.read())).toContain('--> opta.yaml:3:5');
  });

  test('tell findings with their place', async () => {
    const text = await linesOf([
      {
        type: 'diagnostic',
        diagnostic: {
          severity: 'warning',
          code: 'not-implemented',
          message: 'field "x" does nothing here',
          hints: ['Take it out.'],
          place: { file: 'opta.yaml', line: 2, column: 3 },
        },
      },
    ]);
    expect(text).toBe(
      'warning[not-implemented] field "x" does nothing here\n  --> opta.yaml:2:3\n  fix: Take it out.\n',
    );
  });

  test('do not tell checks that begin, nor counts', async () => {
    const plan: Said = {
      type: 'plan',
      goal: 'up',
      target: 'kind',
      reason: 'asked for',
      steps: [{ id: 'a', title: 'docker answers', kind: 'check', needs: [] }],
    };
    const text = await linesOf([
      plan,
      { type: 'step', id: 'a', state: 'running' },
      { type: 'progress', id: 'a', done: 1, unit: 'items' },
      { type: 'step', id: 'a', state: 'done', ms: 5 },
      { type: 'end', outcome: 'unchanged', ms: 6, criticalPath: [] },
    ]);
    expect(text).toBe('up on kind: asked for\n✔ docker answers 5ms\nUnchanged, checked in 6ms\n');
  });

  test('tell an interruption', async () => {
    const plan: Said = {
      type: 'plan',
      goal: 'up',
      target: 'kind',
      reason: 'asked for',
      steps: ['a', 'b'].map((id) => ({ id, title: `make ${id}`, kind: 'change', needs: [] })),
    };
    const text = await linesOf([
      plan,
      { type: 'step', id: 'a', state: 'aborted', ms: 5 },
      { type: 'step', id: 'b', state: 'skipped', ms: 0 },
      { type: 'end', outcome: 'aborted', ms: 6, criticalPath: [] },
    ]);
    expect(text).toBe(
      'up on kind: asked for\n■ make a aborted 5ms\nInterrupted after 6ms: 1 aborted, 1 not started\n' +
        'The same command goes on from here.\n',
    );
  });
});
