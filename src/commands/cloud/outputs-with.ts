/** The whole of `opta outputs` over any door to stacks: asked of the state, not of a record. */
import { stackNames } from '../../app/stacks.ts';
import { UserError } from '../../errors.ts';
import type { StackDoor } from '../../targets/cloud/operation.ts';
import { openStack } from '../../targets/cloud/session.ts';
import { type ExitCode, given, type Invocation } from '../invocation.ts';
import { withProject } from './open.ts';

export async function outputsWith(invocation: Invocation, door: StackDoor): Promise<ExitCode> {
  return withProject(invocation, door, async ({ session }): Promise<ExitCode> => {
    const { environment, existing, hidden } = session.situation;
    if (existing.length === 0) throw neverPromoted(environment.name);
    const all: Record<string, unknown> = {};
    for (const stack of stackNames.filter((one) => existing.includes(one))) {
      const outputs = await (await openStack(session, stack)).outputs();
      session.outputs.set(stack, outputs);
      all[stack] = outputs;
    }
    const text = given(invocation, 'json') ? JSON.stringify(all, undefined, 2) : lines(all).join('\n');
    invocation.system.stdout.write(`${hidden.redact(text)}\n`);
    return 0;
  });
}

export const neverPromoted = (environment: string): UserError =>
  new UserError('never-promoted', `nothing was promoted to ${environment} yet`, {
    hints: [`\`opta promote ${environment}\` does; with \`--rehearse\` here and now.`],
  });

/** `network.natAddresses 203.0.113.1, 203.0.113.2`. */
function lines(all: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(all).flatMap(([stack, outputs]) =>
    Object.entries(outputs as Record<string, unknown>).map(([key, value]) => {
      const plain = Array.isArray(value)
        ? value.map(String).join(', ')
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value);
      return `${stack}.${key} ${plain}`;
    }),
  );
}
