import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test } from 'vitest';
import type { Service } from '../../../../src/app/app.ts';
import { restartable } from '../../../../src/platform/manifests/restartable.ts';
import { manifests } from '../../../../src/platform/manifests.ts';
import { app, service } from '../../../support/app.ts';
import { find, options } from '../../../support/manifests.ts';

const children: ChildProcess[] = [];

afterEach(() => {
  for (const { pid } of children.splice(0)) {
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  }
});

/** The program says that it runs, and ends as it is told. */
function started(program: string): { readonly child: ChildProcess; says(): Promise<string> } {
  const [file = '', ...args] = restartable(['/bin/sh', '-c', program]);
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return { child, says: async () => String((await lines.next()).value) };
}

const serves = 'trap "exit 7" TERM; echo "$$"; while :; do sleep 0.02; done';

describe('a program that can start again', () => {
  test('starts again inside the same process, and only then', async () => {
    const { child, says } = started(serves);
    const first = await says();
    child.kill('SIGHUP');
    const second = await says();
    expect(second).not.toBe(first);
    child.kill('SIGTERM');
    expect((await once(child, 'exit'))[0]).toBe(7);
  });

  test('ends with the code of the program that ends by itself', async () => {
    const { child } = started('exit 3');
    expect((await once(child, 'exit'))[0]).toBe(3);
  });
});

describe('the container of a service', () => {
  const dev = { watch: ['src/**'], sync: [{ from: 'src', to: '/app/src' }], env: {} };
  const entry = () => ['node', 'main.js'];
  const containerOf = (given: Partial<Service>, target: 'kind' | 'aws' = 'kind') => {
    const objects = manifests(
      app({ services: [service({ name: 'web', dev, ...given })] }),
      options({ target, entry, mesh: false }),
    );
    return find(objects, 'Deployment', 'web').spec.template.spec.containers[0];
  };

  test('starts its image under a shell where edits start it again', () => {
    expect(containerOf({}).command).toEqual(restartable(['node', 'main.js']));
  });

  test('is as the image has it everywhere else', () => {
    expect(containerOf({}, 'aws').command).toBeUndefined();
    expect(containerOf({ dev: { ...dev, watch: [] } }).command).toBeUndefined();
    expect(containerOf({ dev: { ...dev, sync: [] }, command: ['node'], args: ['x'] })).toMatchObject({
      command: ['node'],
      args: ['x'],
    });
  });
});
