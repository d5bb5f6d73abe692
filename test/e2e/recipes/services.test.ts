/** The services of the recipes, run as a user would: their own tests, and `hello` as a real process. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../support/ports.ts';

const recipes = fileURLToPath(new URL('../../../recipes/', import.meta.url));
const environment = (extra: Record<string, string> = {}) => {
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
  return { ...env, ...extra };
};

it.each(globSync('*/files/services/*/package.json', { cwd: recipes }).map((file) => dirname(file)))(
  '%s passes its own tests, without its packages',
  (folder) => {
    const done = spawnSync(process.execPath, ['--test'], {
      cwd: `${recipes}${folder}`,
      env: environment(),
      encoding: 'utf8',
    });
    expect(done.status, done.stdout).toBe(0);
    expect(done.stdout).toMatch(/pass [1-9]/);
  },
);

describe('hello', () => {
  let child: ChildProcess | undefined;

  afterEach(() => {
    child?.kill('SIGKILL');
  });

  async function start(): Promise<{ port: number; logs: Record<string, unknown>[] }> {
    const port = await freePort();
    const started = spawn(process.execPath, ['src/main.ts'], {
      cwd: `${recipes}hello/files/services/hello`,
      env: environment({ PORT: String(port) }),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    child = started;
    const logs: Record<string, unknown>[] = [];
    await new Promise<void>((resolve, reject) => {
      started.once('exit', (code) => reject(new Error(`exit code ${code}`)));
      createInterface({ input: started.stdout }).on('line', (line) => {
        logs.push(JSON.parse(line));
        if (logs.at(-1)?.['message'] === 'ready') resolve();
      });
    });
    return { port, logs };
  }

  it('answers on PORT, on this machine only, with the trace of its caller', async () => {
    const { port, logs } = await start();
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    const answer = await fetch(`http://127.0.0.1:${port}/?name=Ada`, { headers });
    expect(await answer.json()).toEqual({ message: 'Hello, Ada!', replica: `hello-${child?.pid}`, traceId });
    await expect.poll(() => logs).toContainEqual(expect.objectContaining({ message: 'request', status: 200, traceId }));
  });

  it('ends with 0 on SIGTERM, even while a client keeps its connection', async () => {
    const { port, logs } = await start();
    const agent = new Agent({ keepAlive: true });
    await new Promise<void>((resolve, reject) => {
      get({ port, host: '127.0.0.1', path: '/', agent }, (response) => response.resume().on('end', resolve)).on(
        'error',
        reject,
      );
    });
    const exited = once(child as ChildProcess, 'exit');
    child?.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    await expect.poll(() => logs.at(-1)?.['message']).toBe('stopped');
    agent.destroy();
  });
});
