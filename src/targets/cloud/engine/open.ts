/** Opens stacks: starts the process that holds Pulumi, in a process group of its own, and speaks with it. */
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../errors.ts';
import type { Running, System } from '../../../system/system.ts';
import type { OpenStack, StackDoor, StackEvent, StackHandle } from '../operation.ts';
import type { Answer, Call, ChildStart, Failure } from './messages.ts';

/** Where the child's module and the programs are: as sources when opta itself runs from sources, else as built. */
function modulesOf(packageRoot: string): { readonly entry: string; readonly program: string } {
  const fromSources = import.meta.url.endsWith('.ts');
  return fromSources
    ? { entry: join(packageRoot, 'src', 'cloud-process.ts'), program: join(packageRoot, 'stacks', 'program.ts') }
    : {
        entry: join(packageRoot, 'dist', 'cloud', 'process.js'),
        program: join(packageRoot, 'dist', 'stacks', 'program.js'),
      };
}

function errorOf({ message, code, hints = [], stack }: Failure): Error {
  if (code !== undefined) {
    const [first = '', ...detail] = message.split('\n');
    return new UserError(code, first, { hints, detail });
  }
  const error = new Error(message);
  if (stack !== undefined) error.stack = stack;
  return error;
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** The child, asked and answering; what it says between is events. */
class Child {
  readonly #running: Running;
  readonly #waiting = new Map<number, Waiting>();
  #last = 0;

  constructor(running: Running, emit: (event: StackEvent) => void, log: string) {
    this.#running = running;
    running.onMessage((message) => {
      const answer = message as Answer;
      if ('event' in answer) {
        emit(answer.event);
        return;
      }
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ('failure' in answer) waiting?.reject(errorOf(answer.failure));
      else waiting?.resolve(answer.value);
    });
    void running.ended.then(({ code, signal, error }) => {
      const how = error?.message ?? (signal === undefined ? `ended with ${code}` : `was ended by ${signal}`);
      for (const { reject } of this.#waiting.values()) {
        reject(
          new UserError('stack-process-ended', `the process that holds Pulumi ${how}`, {
            hints: [`Run the same command again: it settles what was left. What it said is in ${log}.`],
          }),
        );
      }
      this.#waiting.clear();
    });
  }

  ask(call: Call, argument?: unknown): Promise<unknown> {
    this.#last += 1;
    const id = this.#last;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#running.send({ id, call, argument });
    });
  }

  cancel(): void {
    this.#running.send({ cancel: true });
  }

  async close(): Promise<void> {
    this.#running.disconnect();
    await this.#running.ended;
  }
}

/** The one StackDoor. `program` is another module with `programOf`, for tests. */
export function stackDoor(system: System, packageRoot: string, program?: string): StackDoor {
  return {
    async open(stack: OpenStack, { emit, signal }): Promise<StackHandle> {
      signal.throwIfAborted();
      const modules = modulesOf(packageRoot);
      mkdirSync(stack.backend.workFolder, { recursive: true, mode: 0o700 });
      const log = join(stack.backend.workFolder, `${stack.backend.stack}.log`);
      const output = openSync(log, 'a', 0o600);
      const running = system.processes.spawn([system.node, modules.entry, 'stack'], {
        cwd: stack.backend.workFolder,
        env: { ...system.env, NODE_OPTIONS: '--disable-warning=ExperimentalWarning' },
        detached: true,
        stdio: ['ignore', output, output, 'ipc'],
      });
      const child = new Child(running, emit, log);
      const start: ChildStart = { ...stack, ...modules, program: program ?? modules.program };
      const cancel = (): void => child.cancel();
      signal.addEventListener('abort', cancel, { once: true });
      const handle: StackHandle = {
        preview: (options) => child.ask('preview', options) as ReturnType<StackHandle['preview']>,
        up: (options) => child.ask('up', options) as ReturnType<StackHandle['up']>,
        unguard: (options) => child.ask('unguard', options) as ReturnType<StackHandle['unguard']>,
        destroy: (options) => child.ask('destroy', options) as ReturnType<StackHandle['destroy']>,
        refresh: () => child.ask('refresh') as ReturnType<StackHandle['refresh']>,
        settle: () => child.ask('settle') as ReturnType<StackHandle['settle']>,
        outputs: () => child.ask('outputs') as ReturnType<StackHandle['outputs']>,
        close: async () => {
          signal.removeEventListener('abort', cancel);
          await child.close();
        },
      };
      try {
        await child.ask('open', start);
      } catch (error) {
        await handle.close();
        throw error;
      }
      return handle;
    },
  };
}
