import { describe, expect, test } from 'vitest';
import type { ProgramSpec } from '../../../../../src/targets/process/spec.ts';
import { exitedFailure, takenPort } from '../../../../../src/targets/process/supervisor/diagnose.ts';
import { parseListeners } from '../../../../../src/targets/process/supervisor/listeners.ts';

const spec: ProgramSpec = {
  id: 'back/api',
  kind: 'service',
  argv: ['node', 'main.js'],
  directory: '/project',
  env: {},
  secretNames: [],
  replicas: 1,
  port: 'free',
  readiness: { kind: 'tcp' },
  startMs: 1000,
  stop: { signal: 'SIGTERM', graceMs: 1000 },
  watch: [],
  rank: 2,
  place: { file: 'opta.yaml', line: 4, column: 3 },
};

describe('a port that is taken', () => {
  test.each([
    ['Error: listen EADDRINUSE: address already in use :::3000', 3000],
    ['Error: listen EADDRINUSE: address already in use 127.0.0.1:8080', 8080],
    ["OSError: [Errno 98] error while attempting to bind on address ('127.0.0.1', 8000): address already in use", 0],
    ['listen tcp :8080: bind: address already in use', 8080],
    ['[Errno 98] Address already in use', 0],
  ])('is read from %j', (line, port) => {
    expect(takenPort(['starting', line])).toBe(port);
  });

  test('is nothing where no line says so', () => {
    expect(takenPort(['listening on :3000'])).toBeUndefined();
  });

  test('other than PORT is hopeless and asks for PORT; PORT itself may be free next time', () => {
    const ended = { code: 1, signal: undefined };
    const other = exitedFailure(spec, ended, 40_000, ['EADDRINUSE :::3000']);
    expect(other).toMatchObject({ hopeless: true, failure: { code: 'port-taken', place: spec.place } });
    expect(other.failure.hints[0]).toContain('PORT (40000 here), not on 3000');
    expect(exitedFailure(spec, ended, 40_000, ['EADDRINUSE :::40000']).hopeless).toBe(false);
  });
});

describe('an end before readiness', () => {
  test('says the exit code, or the signal', () => {
    expect(exitedFailure(spec, { code: 3, signal: undefined }, 1, []).failure.message).toBe(
      'back/api ended before it was ready: exit code 3',
    );
    expect(exitedFailure(spec, { code: undefined, signal: 'SIGSEGV' }, 1, []).failure.message).toMatch(
      /ended by SIGSEGV$/,
    );
  });

  test.each([126, 127])('with exit code %i is a command that cannot be started', (code) => {
    const { failure, hopeless } = exitedFailure(spec, { code, signal: undefined }, 1, []);
    expect(hopeless).toBe(true);
    expect(failure.message).toContain('cannot be started with `node main.js`');
  });
});

test('listeners are read from /proc/net/tcp, with whether 127.0.0.1 reaches them', () => {
  const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1 0 100 0 0 10 0
   1: 00000000000000000000000001000000:0BB8 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 222 1 0 100 0 0 10 0
   2: 0100007F:1F91 0100007F:0050 01 00000000:00000000 00:00000000 00000000     0        0 333 1 0 100 0 0 10 0`;
  expect([...parseListeners(text)]).toEqual([
    ['111', { port: 8080, reachable: true }],
    ['222', { port: 3000, reachable: false }],
  ]);
});
