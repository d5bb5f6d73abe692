/** The built-in engine: a `pulumi` that drives the unmodified Automation API against simulated clouds. */
import { enableCompileCache } from 'node:module';
import type { System } from '../../../../system/system.ts';
import { argumentsOf } from './command-line.ts';
import { EngineError, type Home, homeOf } from './home.ts';
import type { Interrupts, OperationName } from './operations.ts';
import { plainCommands, stackOf } from './stacks.ts';

/** Says that it is new enough for the SDK: events over gRPC came after 3.205. */
const version = 'v3.270.0';
const operations: readonly string[] = ['preview', 'up', 'destroy', 'refresh', 'import'];

/** Runs `argv` (what follows `pulumi`). The answer is the exit code; Pulumi's own is 255 for what failed. */
export async function runEngine(argv: readonly string[], system: System, interrupts: Interrupts): Promise<number> {
  enableCompileCache();
  const args = argumentsOf(argv);
  const [first = '', second = ''] = args.words;
  if (first === 'version') {
    system.stdout.write(`${version}\n`);
    return 0;
  }
  try {
    const home = homeOf(system);
    const command = plainCommands[`${first} ${second}`] ?? plainCommands[first];
    if (command) system.stdout.write(command(args, home));
    else if (operations.includes(first)) await run(first as OperationName, argv, home, interrupts);
    else throw new EngineError(`unknown command "${first}" for "pulumi"`);
    return 0;
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    system.stderr.write(`error: ${error.message}\n`);
    return 255;
  }
}

async function run(name: OperationName, argv: readonly string[], home: Home, interrupts: Interrupts): Promise<void> {
  const args = argumentsOf(argv);
  const { operate } = await import('./operations.ts');
  await operate(name, args, home, stackOf(args, home), interrupts);
}
