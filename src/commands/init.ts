/** `opta init`: a project of the code in a folder or of a recipe, by a wizard, by lines, or by flags alone. */
import { resolve } from 'node:path';
import { removeLeftStaging } from '../recipes/staging.ts';
import { keepMemorySmall } from '../system/heap.ts';
import { wayOf } from './init/way.ts';
import { type ExitCode, given, type Invocation, text } from './invocation.ts';

export async function init(invocation: Invocation): Promise<ExitCode> {
  keepMemorySmall();
  const [what] = invocation.args;
  if (what !== undefined) {
    const { add } = await import('./init/add.ts');
    return add(invocation, what);
  }
  const directory = resolve(invocation.system.cwd, text(invocation, 'dir') ?? '.');
  await removeLeftStaging(directory, invocation.system);
  if (given(invocation, 'detect')) {
    const { showDetection } = await import('./init/by-flags.ts');
    return showDetection(invocation, directory);
  }
  const way = wayOf(invocation);
  if (way === 'flags') return (await import('./init/by-flags.ts')).initByFlags(invocation, directory);
  if (way === 'lines') return (await import('./init/by-lines.ts')).initByLines(invocation, directory);
  return (await import('./init/by-wizard.ts')).initByWizard(invocation, directory);
}
