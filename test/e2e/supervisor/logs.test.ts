/** Logs and schedules of supervised programs. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type LogLine, type ReadLogsOptions, readLogs } from '../../../src/targets/process/supervisor/index.ts';
import { makeProject, type Project, patience } from '../../support/supervised-project.ts';

let project: Project;
beforeEach(() => {
  project = makeProject();
});
afterEach(() => project.remove());

async function all(options?: ReadLogsOptions): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of readLogs(project.system, project.folder, options)) lines.push(line);
  return lines;
}

describe('logs', () => {
  test('hold each line with its replica and stream, also when nothing runs, without secrets', async () => {
    const client = await project.start();
    const text = `console.log('out'); console.error('password is ' + process.env.DB_PASSWORD); process.stdout.write('no line end');`;
    const spec = project.script('back/api', text, { kind: 'once' });
    await client.runOnce({
      ...spec,
      env: { ...spec.env, DB_PASSWORD: 'hunter2hunter2' },
      secretNames: ['DB_PASSWORD'],
    });
    await client.stop();
    const lines = (await all()).map(({ service, replica, stream, line }) => ({ service, replica, stream, line }));
    expect(lines).toHaveLength(3);
    expect(lines).toEqual(
      expect.arrayContaining([
        { service: 'back/api', replica: 0, stream: 'stdout', line: 'out' },
        { service: 'back/api', replica: 0, stream: 'stderr', line: 'password is ***' },
        { service: 'back/api', replica: 0, stream: 'stdout', line: 'no line end' },
      ]),
    );
    const path = join(project.folder, '.opta/logs/back.api.log');
    expect(readFileSync(path, 'utf8')).not.toContain('hunter2');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('of several services come in order of time, chosen by name and age', async () => {
    const client = await project.start();
    const say = (id: string, line: string) =>
      client.runOnce(project.script(id, `console.log('${line}')`, { kind: 'once' }));
    await say('back/api', '1');
    await say('back/web', '2');
    const since = project.system.clock.now();
    await say('back/api', '3');
    expect((await all()).map(({ line }) => line)).toEqual(['1', '2', '3']);
    expect((await all({ since })).map(({ line }) => line)).toEqual(['3']);
    expect((await all({ services: ['web'] })).map(({ line }) => line)).toEqual(['2']);
    expect((await all({ services: ['back/api'] })).map(({ line }) => line)).toEqual(['1', '3']);
  });

  test('are followed as they are written, with those of a service that comes later', async () => {
    const client = await project.start();
    await client.runOnce(project.script('back/api', `console.log('old')`, { kind: 'once' }));
    const end = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const { line } of readLogs(project.system, project.folder, { follow: true, signal: end.signal }))
        seen.push(line);
    })();
    await expect.poll(() => seen).toEqual(['old']);
    await client.runOnce(project.script('back/api', `console.log('new')`, { kind: 'once' }));
    await client.runOnce(project.script('back/web', `console.log('other')`, { kind: 'once' }));
    await expect.poll(() => seen).toEqual(['old', 'new', 'other']);
    end.abort();
    await following;
  });

  test('of a program that floods do not stop the supervisor, and are rotated', async () => {
    const client = await project.start();
    const text = `const line = 'x'.repeat(1000) + '\\n'; for (let i = 0; i < 15_000; i++) process.stdout.write(line); process.stdout.write('y'.repeat(200_000) + '\\nlast\\n');`;
    const ran = await client.runOnce(project.script('back/api', text, { kind: 'once' }));
    expect(ran.code).toBe(0);
    expect(ran.lines.at(-1)).toBe('last');
    const path = join(project.folder, '.opta/logs/back.api.log');
    expect(statSync(`${path}.1`).size).toBeGreaterThan(9 * 1024 * 1024);
    const lines = await all();
    expect(lines).toHaveLength(15_002);
    expect(lines.at(-2)?.line).toHaveLength(64 * 1024 + ' [cut]'.length);
  });
});

test('a scheduled program runs again and again, one run at a time, and stops with the rest', async () => {
  const client = await project.start();
  const text = `console.log('begin'); setTimeout(() => console.log('end'), 1300);`;
  // Six fields, with seconds: a test cannot wait for minutes.
  await client.put([project.script('back/report', text, { kind: 'cron', schedule: '* * * * * *' })]);
  expect(await client.waitReady('back/report', patience)).toMatchObject({ kind: 'cron', ready: 1 });
  const lines = async () => (await all()).map(({ line }) => line);
  await expect
    .poll(async () => (await lines()).filter((line) => line === 'begin').length, { timeout: patience })
    .toBeGreaterThan(2);
  const found = await lines();
  expect(found.slice(0, 4)).toEqual(['begin', 'end', 'begin', 'end']);
  await client.stop();
  expect(project.processes()).toEqual([]);
});
