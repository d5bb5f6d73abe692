/** `opta try`: scaffolds the shop and runs it as processes, which takes seconds, and says what to look at next. */
import { resolve } from 'node:path';
import { devUp, upOptions } from './dev-up.ts';
import { scaffold } from './init/scaffold.ts';
import { type ExitCode, type Invocation, text } from './invocation.ts';
import { chooseTarget } from './target.ts';

export async function tryOut(invocation: Invocation): Promise<ExitCode> {
  const { system, packageRoot } = invocation;
  // Wrong flags are told before anything is written.
  upOptions(invocation);
  await chooseTarget(invocation, 'process');
  const directory = resolve(system.cwd, text(invocation, 'dir') ?? 'opta-shop');
  const made = await scaffold(system, packageRoot, 'shop', directory, { name: 'shop' });
  system.stderr.write(`${made.written.length === 0 ? 'The shop is in' : 'Wrote the shop to'} ${directory}\n`);
  const inside: Invocation = {
    ...invocation,
    system: Object.create(system, { cwd: { value: directory, enumerable: true } }),
  };
  const steps = next(directory, made.next);
  const detach = invocation.flags['detach'] === true;
  // A run that stays has the terminal to itself until it is over.
  if (!detach) system.stderr.write(`${steps}\n`);
  const code = await devUp(inside, 'process');
  if (code === 0 && detach) system.stderr.write(steps);
  return code;
}

function next(directory: string, steps: readonly string[]): string {
  const more = [`cd ${directory}: \`opta dev status\`, \`opta dev logs -f\`, \`opta dev down\` work there.`, ...steps];
  return `\nNext:\n${more.map((step) => `  ${step}\n`).join('')}`;
}
