/** `opta init` on a screen. What is heavy is loaded after the first frame. */
import { themeOf } from '../../ui/theme.ts';
import { drawFirst } from '../../ui/wizard/first-frame.ts';
import type { ExitCode, Invocation } from '../invocation.ts';

export async function initByWizard(invocation: Invocation, directory: string): Promise<ExitCode> {
  const { system, signal } = invocation;
  const theme = themeOf(system, system.stderr);
  const takeBack = drawFirst(system, theme);
  const { openWizard } = await import('../../ui/wizard/open.tsx').catch((error: unknown) => {
    takeBack();
    throw error;
  });
  const ended = await openWizard({
    system,
    signal,
    theme,
    look: async (found) => (await import('./content.ts')).wizardContent(invocation, directory, found),
  });
  if (!ended.write) {
    system.stderr.write('Nothing was written. The answers are kept: `opta init` goes on with them.\n');
    return 130;
  }
  const { finishWizard } = await import('./content.ts');
  return finishWizard(invocation, directory, ended);
}
