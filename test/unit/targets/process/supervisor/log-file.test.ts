import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeClock } from '../../../../../src/system/clock.ts';
import {
  formatLine,
  LogFile,
  type LogLine,
  logPath,
  parseLine,
} from '../../../../../src/targets/process/supervisor/log-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'opta-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const line = (text: string): LogLine => ({
  at: 1_700_000_000_123,
  service: 'back/api',
  replica: 1,
  stream: 'stderr',
  line: text,
});

describe('a log', () => {
  test('is read as it was written', () => {
    expect(parseLine('back/api', formatLine(line('GET / 200 ')).slice(0, -1))).toEqual(line('GET / 200 '));
    expect(parseLine('back/api', 'torn')).toBeUndefined();
  });

  test('is rotated by size, with one older file', () => {
    const path = logPath(folder, 'back/api');
    const log = new LogFile(path, nodeClock, 1000);
    for (let i = 0; i < 100; i++) log.write([line(`line ${i}`)]);
    log.close();
    expect(statSync(path).size).toBeLessThanOrEqual(1000);
    expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(1000);
    expect(readFileSync(path, 'utf8')).toContain('line 99');
  });

  test('that cannot be written loses lines, says how many later, and never throws', () => {
    const path = logPath(folder, 'back/api');
    let now = 0;
    const log = new LogFile(path, { ...nodeClock, monotonic: () => now });
    mkdirSync(path);
    log.write([line('lost'), line('lost too')]);
    log.write([line('and this')]);
    rmSync(path, { recursive: true });
    now = 2000;
    log.write([line('kept')]);
    log.close();
    const texts = readFileSync(path, 'utf8').trim().split('\n');
    expect(texts.map((text) => parseLine('back/api', text)?.line)).toEqual([
      '3 lines are missing: the log could not be written',
      'kept',
    ]);
  });
});
