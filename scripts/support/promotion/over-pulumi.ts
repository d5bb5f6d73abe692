/** Runs opta's commands about a rehearsed environment over the `pulumi` of PATH instead of the built-in engine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArguments } from '../../../src/arguments.ts';
import { destroyWith } from '../../../src/commands/cloud/destroy-with.ts';
import { driftWith } from '../../../src/commands/cloud/drift-with.ts';
import { promoteWith } from '../../../src/commands/cloud/promote-with.ts';
import type { Invocation } from '../../../src/commands/invocation.ts';
import { UserError } from '../../../src/errors.ts';
import { nodeSystem } from '../../../src/system/node.ts';
import { stackDoor } from '../../../src/targets/cloud/engine/open.ts';
import type { StackDoor } from '../../../src/targets/cloud/operation.ts';
import { failureLines } from '../../../src/ui/report.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const system = nodeSystem();
const inner = stackDoor(system, root);
const door: StackDoor = {
  open: (stack, options) => inner.open({ ...stack, engine: { kind: 'real', command: 'pulumi' } }, options),
};
const over: Readonly<Record<string, (invocation: Invocation, door: StackDoor) => Promise<number>>> = {
  promote: promoteWith,
  drift: driftWith,
  destroy: destroyWith,
};

async function main(argv: readonly string[]): Promise<number> {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const chosen = parseArguments(argv, version, (text) => system.stdout.write(text));
  if (!chosen) return 0;
  const [soft, hard] = [new AbortController(), new AbortController()];
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => (soft.signal.aborted ? hard : soft).abort(new Error('interrupted')));
  }
  const { args, flags } = chosen;
  const invocation: Invocation = { system, signal: soft.signal, force: hard.signal, args, flags, packageRoot: root };
  const act = over[chosen.command.path.join(' ')];
  return act ? act(invocation, door) : (await chosen.command.load())(invocation);
}

const code = await main(process.argv.slice(2)).catch((error: unknown) => {
  system.stdout.write(failureLines(error, system));
  return error instanceof UserError ? error.exitCode : 70;
});
process.stdout.write('', () => process.exit(code));
