/** Placeholder until the next commit. */
import { UserError } from '../../errors.ts';
import type { ExitCode, Invocation } from '../invocation.ts';

export async function add(_: Invocation, what: string): Promise<ExitCode> {
  throw new UserError('usage', `\`opta init\` adds service or env, not ${what}`, { exitCode: 2 });
}
