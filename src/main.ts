/** argv to exit code. The only process.exit; signals become AbortSignals; every error is reported here, once. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asFileError, InvalidInput, UserError } from './errors.ts';
import { nodeSystem } from './system/node.ts';
import { allSaid } from './system/said.ts';
import type { System } from './system/system.ts';

const packageRoot = dirname(dirname(fileURLToPath(import.meta.url)));
const entry = join(packageRoot, 'src', 'opta.cjs');

/** Interrupted by the user: ends with 130 and no message. */
function interruption(): { signal: AbortSignal; force: AbortSignal; leave: AbortSignal } {
  const [soft, hard, last] = [new AbortController(), new AbortController(), new AbortController()];
  const interrupt = () => {
    if (!soft.signal.aborted) soft.abort(new Error('interrupted'));
    else if (!hard.signal.aborted) hard.abort(new Error('interrupted twice'));
    else last.abort(new Error('interrupted three times'));
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, interrupt);
  // The bin that started us with another Node was killed.
  if (process.channel) {
    process.once('disconnect', interrupt);
    process.channel.unref();
  }
  return { signal: soft.signal, force: hard.signal, leave: last.signal };
}

/** Not a command of the user's, but a part of what runs. */
function isHidden([first]: readonly string[]): boolean {
  return first === '--supervise' || first === '--data-plane';
}

/** The command was asked for its events as JSON (those that also draw lines): then its failure is an event too. */
let asJson = false;

async function main(system: System, argv: readonly string[]): Promise<number> {
  if (isHidden(argv)) {
    const { runHidden } = await import('./hidden.ts');
    return runHidden(system, argv, entry);
  }
  // The completion scripts of shells ask this way.
  if (argv[0] === 'complete' && argv[1] === '--') {
    const { complete } = await import('./complete.ts');
    system.stdout.write(await complete(argv.slice(2), system.cwd, packageRoot));
    return 0;
  }
  const { parseArguments } = await import('./arguments.ts');
  const about = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  const chosen = parseArguments(argv, about.version, (text) => system.stdout.write(text));
  if (!chosen) return 0;
  asJson = chosen.flags['json'] === true && chosen.command.flags.some(({ flags }) => flags === '--plain');
  const run = await chosen.command.load();
  const { signal, force, leave } = interruption();
  const invocation = { system, signal, force, leave, args: chosen.args, flags: chosen.flags, packageRoot };
  return run(invocation).catch((error: unknown) => {
    if (signal.aborted && error === signal.reason) return 130;
    throw error;
  });
}

async function report(system: System, thrown: unknown): Promise<number> {
  const error = asFileError(thrown);
  const { failureLines, reportFailure } = await import('./ui/report.ts');
  if (asJson) system.stdout.write(failureLines(error, system));
  system.stderr.write(reportFailure(error, system));
  if (error instanceof UserError) return error.exitCode;
  return error instanceof InvalidInput ? 1 : 70;
}

/**
 * Output to a pipe that its reader has closed (`opta … | head`) is no failure. A part of what runs goes on without its
 * output: its starter may be gone, and the disk of its log full.
 */
const speaks = !isHidden(process.argv.slice(2));
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (!speaks) return;
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
}

const system = nodeSystem();
const code = await main(system, process.argv.slice(2)).catch((error: unknown) => report(system, error));
process.exitCode = code;
await allSaid();
process.exit(code);
