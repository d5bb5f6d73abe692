/** The last words of a program, read to their end on a machine that is late with everything. */
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { nodeSystem } from '../../../../../src/system/node.ts';
import type { Running } from '../../../../../src/system/system.ts';
import type { ProgramSpec } from '../../../../../src/targets/process/spec.ts';
import { captureOutput } from '../../../../../src/targets/process/supervisor/output.ts';
import type { World } from '../../../../../src/targets/process/supervisor/world.ts';

const real = nodeSystem();
/** Its long sleeps are over at once, as for a process that was not run meanwhile. */
const late = { ...real.clock, sleep: (ms: number) => (ms >= 100 ? Promise.resolve() : real.clock.sleep(ms)) };

function outputOf(stdout: PassThrough) {
  const world = { system: { ...real, clock: late }, log: () => {} } as unknown as World;
  const spec = { id: 'back/api', env: {}, secretNames: [] as readonly string[] } as ProgramSpec;
  return captureOutput(world, spec, 0, { stdout } as unknown as Running);
}

test('what is there when the wait for it is over is read all the same', async () => {
  const stdout = new PassThrough();
  const output = outputOf(stdout);
  setImmediate(() => stdout.write('the reason\n'));
  await output.rest(200);
  expect(output.lastLines()).toEqual(['the reason']);
});

test('a child that holds the output and goes on printing is not waited for', async () => {
  const stdout = new PassThrough();
  const output = outputOf(stdout);
  const stop = real.clock.every(1, () => void stdout.write('still here\n'));
  await output.rest(200);
  stop();
  expect(output.lastLines().length).toBeGreaterThan(0);
});
