/** Whether `opta init` asks, and how. */
import { given, type Invocation } from '../invocation.ts';

/** How to ask: not at all, in lines, or on a screen. Without a terminal nothing is ever asked. */
export function wayOf(invocation: Invocation): 'flags' | 'lines' | 'wizard' {
  const { stdin, stderr, env } = invocation.system;
  const silent = ['yes', 'print', 'json'].some((name) => given(invocation, name));
  if (silent || stdin.isTTY !== true || stderr.isTTY !== true) return 'flags';
  const plain = given(invocation, 'plain') || env.TERM === 'dumb' || env.CI || env.ACCESSIBLE || env.SCREEN_READER;
  return plain ? 'lines' : 'wizard';
}
