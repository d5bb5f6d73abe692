/** The process that holds Pulumi for one stack: answers what it is asked, in order, until its parent closes or is gone. */
import type { System } from '../../../../system/system.ts';
import type { Answer, Call, Channel, ChildStart, Request } from '../messages.ts';
import { failureOf } from './failure.ts';
import type { StackOperations } from './operations.ts';

/** Resolves when the parent is gone and nothing runs any more. */
export async function runChild(system: System, channel: Channel): Promise<void> {
  const { promise: closed, resolve: close } = Promise.withResolvers<void>();
  const send = (answer: Answer): void => channel.send(answer);
  let operations: StackOperations | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const open = async (start: ChildStart): Promise<void> => {
    const [{ openWorkspace }, { StackOperations: Operations }] = await Promise.all([
      import('./workspace.ts'),
      import('./operations.ts'),
    ]);
    operations = new Operations(system, await openWorkspace(system, start), start, (event) => send({ event }));
  };
  const ask = async (call: Call, argument: unknown): Promise<unknown> => {
    if (call === 'open') return open(argument as ChildStart);
    if (!operations) throw new Error(`asked for ${call} before the stack was open`);
    return (operations[call] as (argument: unknown) => Promise<unknown>)(argument ?? {});
  };
  channel.onMessage((message) => {
    const request = message as Request;
    if ('cancel' in request) {
      operations?.cancel();
      return;
    }
    last = last
      .then(() => ask(request.call, request.argument))
      .then(
        (value) => send({ id: request.id, value }),
        (error) => send({ id: request.id, failure: failureOf(error) }),
      );
  });
  channel.onClose(() => close());
  await closed;
  await last;
}
