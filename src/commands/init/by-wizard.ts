/** `opta init` on a screen. What is heavy is loaded after the first frame. */
import { themeOf } from '../../ui/theme.ts';
import { openWizard } from '../../ui/wizard/open.tsx';
import type { ExitCode, Invocation } from '../invocation.ts';

export async function initByWizard(invocation: Invocation, directory: string): Promise<ExitCode> {
  const { system, signal } = invocation;
  const ended = await openWizard({
    system,
    signal,
    theme: themeOf(system, system.stderr),
    look: async (found) => (await import('./content.ts')).wizardContent(invocation, directory, found),
  });
  if (!ended.write) {
    system.stderr.write('Nothing was written. The answers are kept: `opta init` goes on with them.\n');
    return 130;
  }
  const { finishWizard } = await import('./content.ts');
  return finishWizard(invocation, directory, ended);
}
