/** `opta completion SHELL`: the script that makes a shell ask opta for the next word. */
import { UserError } from '../errors.ts';
import type { ExitCode, Invocation } from './invocation.ts';

export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

export async function completion({ system, args: [wanted = ''] }: Invocation): Promise<ExitCode> {
  const shell = shells.find((one) => one === wanted);
  if (shell === undefined) {
    const message = `there is no completion for "${wanted}": name ${shells.join(', ')}`;
    throw new UserError('bad-value', message, { hints: ['For bash: `source <(opta completion bash)`.'], exitCode: 2 });
  }
  const { completionScripts } = await import('./completion-scripts.ts');
  system.stdout.write(completionScripts[shell]);
  return 0;
}
