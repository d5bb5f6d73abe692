/** `opta init`: a project of the code in a folder or of a recipe, by a wizard, by lines, or by flags alone. */
import { resolve } from 'node:path';
import { type ExitCode, given, type Invocation, text } from './invocation.ts';

export async function init(invocation: Invocation): Promise<ExitCode> {
  const [what] = invocation.args;
  if (what !== undefined) {
    const { add } = await import('./init/add.ts');
    return add(invocation, what);
  }
  const directory = resolve(invocation.system.cwd, text(invocation, 'dir') ?? '.');
  if (given(invocation, 'detect')) {
    const { showDetection } = await import('./init/by-flags.ts');
    return showDetection(invocation, directory);
  }
  const way = wayOf(invocation);
  if (way === 'flags') return (await import('./init/by-flags.ts')).initByFlags(invocation, directory);
  if (way === 'lines') return (await import('./init/by-lines.ts')).initByLines(invocation, directory);
  return (await import('./init/by-wizard.ts')).initByWizard(invocation, directory);
}

/** How to ask: not at all, in lines, or on a screen. Without a terminal nothing is ever asked. */
function wayOf(invocation: Invocation): 'flags' | 'lines' | 'wizard' {
  const { stdin, stderr, env } = invocation.system;
  const silent = ['yes', 'print', 'json'].some((name) => given(invocation, name));
  if (silent || stdin.isTTY !== true || stderr.isTTY !== true) return 'flags';
  const plain = given(invocation, 'plain') || env.TERM === 'dumb' || env.CI || env.ACCESSIBLE || env.SCREEN_READER;
  return plain ? 'lines' : 'wizard';
}
