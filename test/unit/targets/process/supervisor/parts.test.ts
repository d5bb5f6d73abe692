import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../../../../src/errors.ts';
import { nodeSystem } from '../../../../../src/system/node.ts';
import { isWatched, watchRoots } from '../../../../../src/system/watch-files.ts';
import type { ProgramSpec, ReplicaStatus } from '../../../../../src/targets/process/spec.ts';
import { Backoff } from '../../../../../src/targets/process/supervisor/backoff.ts';
import { errorOf, failureOf } from '../../../../../src/targets/process/supervisor/failures.ts';
import { stateFolder } from '../../../../../src/targets/process/supervisor/folder.ts';
import { processHash, specHash } from '../../../../../src/targets/process/supervisor/hash.ts';
import { Ledger, readLedger } from '../../../../../src/targets/process/supervisor/ledger.ts';
import { takeLock } from '../../../../../src/targets/process/supervisor/lock.ts';
import { serviceEvent } from '../../../../../src/targets/process/supervisor/program-event.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opta-parts-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const spec: ProgramSpec = {
  id: 'back/api',
  kind: 'service',
  argv: ['node', 'main.js'],
  directory: '/project',
  env: { A: '1', B: '2' },
  secretNames: [],
  replicas: 2,
  readiness: { kind: 'alive' },
  startMs: 1000,
  stop: { signal: 'SIGTERM', graceMs: 1000 },
  watch: [],
  rank: 2,
};

test('back-off doubles from half a second to half a minute, and begins again after a healthy life', () => {
  const backoff = new Backoff();
  expect(Array.from({ length: 8 }, () => backoff.next(0))).toEqual([
    500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
  ]);
  expect(backoff.next(60_000)).toBe(500);
  expect(backoff.next(59_999)).toBe(1000);
});

describe('hashes of a spec', () => {
  test('do not see the order of keys, nor the place', () => {
    const other = { ...spec, env: { B: '2', A: '1' }, place: { file: 'x', line: 1, column: 1 } };
    expect(specHash(other)).toBe(specHash(spec));
    expect(specHash({ ...spec, env: { A: '2', B: '2' } })).not.toBe(specHash(spec));
  });

  test('more replicas are another spec, but need no new processes', () => {
    const more = { ...spec, replicas: 3 };
    expect(specHash(more)).not.toBe(specHash(spec));
    expect(processHash(more)).toBe(processHash(spec));
    expect(processHash({ ...spec, argv: ['node', 'other.js'] })).not.toBe(processHash(spec));
  });
});

describe('the lock', () => {
  test('is held by one, and free again after its release, without a file', async () => {
    const path = join(folder, 'run.lock');
    const first = await takeLock(path);
    expect(first).toBeDefined();
    expect(await takeLock(path)).toBeUndefined();
    first?.release();
    first?.release();
    const second = await takeLock(path);
    expect(second).toBeDefined();
    second?.release();
  });

  test('is a file for its owner only, and nothing else', async () => {
    const own = mkdtempSync(join(folder, 'lock-'));
    const path = join(own, 'run.lock');
    writeFileSync(path, '', { mode: 0o644 });
    const lock = await takeLock(path);
    expect(readdirSync(own)).toEqual(['run.lock']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    lock?.release();
    expect(readdirSync(own)).toEqual([]);
  });

  test('of two at once exactly one gets it', async () => {
    const path = join(folder, 'run.lock');
    const taken = await Promise.all(Array.from({ length: 8 }, () => takeLock(path)));
    expect(taken.filter((lock) => lock !== undefined)).toHaveLength(1);
    for (const lock of taken) lock?.release();
  });
});

describe('the ledger', () => {
  const head = { version: 1, supervisor: { pid: 1, startTime: 'a' }, control: '/c' } as const;
  const entry = { id: 'back/api', replica: 0, pid: 7, startTime: 'b', stop: spec.stop, leaderOnly: false, rank: 2 };

  test('is on disk after each change', () => {
    const path = join(folder, 'run.json');
    const ledger = new Ledger(path, head);
    ledger.add(entry);
    expect(readLedger(path)).toEqual({ ...head, processes: [entry] });
    ledger.drop(7);
    expect(readLedger(path)?.processes).toEqual([]);
    ledger.remove();
    expect(readLedger(path)).toBeUndefined();
  });

  test.each(['', '{', '{"version":2}', 'null'])('%j is none', (text) => {
    const path = join(folder, 'run.json');
    writeFileSync(path, text);
    expect(readLedger(path)).toBeUndefined();
  });
});

describe('watching', () => {
  test.each([
    [['src/**'], ['src']],
    [
      ['./src/**/*.ts', 'src/a.ts', 'package.json'],
      ['src', 'package.json'],
    ],
    [['**/*.py'], ['.']],
    [['*.py', 'lib/**'], ['.']],
  ])('%j starts in %j', (globs, roots) => {
    expect(watchRoots(globs)).toEqual(roots);
  });

  test.each([
    ['src/a/b.ts', ['src/**'], true],
    ['src/a/b.ts', ['src/**/*.ts'], true],
    ['src/a/b.css', ['src/**/*.ts'], false],
    ['src/a/b.ts', ['src'], true],
    ['srcs/b.ts', ['src'], false],
    ['package.json', ['./package.json'], true],
  ])('%s in %j: %s', (path, globs, watched) => {
    expect(isWatched(path, globs)).toBe(watched);
  });
});

describe('what is said of a program', () => {
  const replica = (more: Partial<ReplicaStatus>): ReplicaStatus => ({
    index: 0,
    pid: 1,
    port: undefined,
    namedPorts: {},
    state: 'ready',
    restarts: 0,
    startedAt: 0,
    ...more,
  });
  const still = { failure: undefined, rolling: false, stopping: false };
  const waiting = replica({ state: 'waiting', restarts: 2, why: 'exit code 1, again in 1 s' });

  test('ready when all replicas are, restarting with the reason when one waits', () => {
    expect(serviceEvent(spec, [replica({}), replica({})], still)).toMatchObject({
      state: 'ready',
      ready: 2,
      wanted: 2,
    });
    expect(serviceEvent(spec, [replica({}), waiting], still)).toMatchObject({
      state: 'restarting',
      ready: 1,
      why: waiting.why,
      restarts: 2,
    });
    expect(serviceEvent(spec, [replica({ state: 'starting' })], still).state).toBe('starting');
  });

  test('failed with its message, rolling before that, stopping before all', () => {
    const failure = { code: 'service-exited', message: 'it ended', hints: [], detail: [] } as const;
    expect(serviceEvent(spec, [waiting], { ...still, failure })).toMatchObject({ state: 'failed', why: 'it ended' });
    expect(serviceEvent(spec, [waiting], { ...still, rolling: true }).state).toBe('rolling');
    expect(serviceEvent(spec, [waiting], { ...still, rolling: true, stopping: true }).state).toBe('stopping');
    expect(serviceEvent(spec, [], { ...still, stopping: true }).state).toBe('stopped');
  });
});

test('a UserError crosses the socket whole; anything else is a bug', () => {
  const error = new UserError('port-taken', 'port 80 is taken', {
    hints: ['free it'],
    detail: ['log'],
    place: { file: 'a', line: 1, column: 2 },
  });
  const again = errorOf(JSON.parse(JSON.stringify(failureOf(error))));
  expect(again).toMatchObject({
    name: 'UserError',
    code: 'port-taken',
    message: 'port 80 is taken',
    hints: ['free it'],
    detail: ['log'],
    place: error.place,
  });
  expect(failureOf(new TypeError('x is not a function')).code).toBe('bug');
  expect(errorOf(failureOf(new TypeError('x is not a function')))).not.toBeInstanceOf(UserError);
});

test('a short path keeps the control socket in the project, a long one elsewhere by hash', () => {
  const system = { ...nodeSystem(), env: { XDG_RUNTIME_DIR: '/run/user/1' } };
  expect(stateFolder(system, '/p').control).toBe('/p/.opta/control.sock');
  const long = stateFolder(system, `/${'p'.repeat(100)}`);
  expect(long.control).toBe(`/run/user/1/opta/${long.mark}.sock`);
});
