/** argv to a command of the table and its flags, by commander. */
import { CommanderError, Option, Command as Parser } from 'commander';
import type { Command } from './cli.ts';
import { commands } from './cli.ts';
import type { Invocation } from './commands/invocation.ts';
import { UserError } from './errors.ts';

const groups: Record<Command['group'], string> = {
  start: 'Start a project:',
  develop: 'Develop on this machine:',
  check: 'Check and understand:',
};

const families: Record<string, string> = { dev: 'Run the definition on this machine' };

type Chosen = { readonly command: Command; readonly args: readonly string[]; readonly flags: Invocation['flags'] };

/** The command that argv names. `undefined` when help or the version was printed. Throws UserError for a wrong line. */
export function parseArguments(
  argv: readonly string[],
  version: string,
  write: (text: string) => void,
): Chosen | undefined {
  let chosen: Chosen | undefined;
  let mistakes = '';
  const output = { writeOut: write, writeErr: (text: string) => (mistakes += text) };
  const prepare = (parser: Parser) =>
    parser.exitOverride().configureOutput(output).allowExcessArguments(false).showSuggestionAfterError(true);

  const top = prepare(new Parser('opta'))
    .description('Write your services once; run them as processes, in a local Kubernetes, and in the cloud.')
    .version(version, '-V, --version')
    .helpCommand('help [command]', 'Show help for a command')
    .addHelpText('after', '\nStart here: opta try');
  const parents = new Map<string, Parser>();
  for (const command of commands) {
    const [family, leaf] = command.path;
    let parent = top;
    if (leaf !== undefined && family !== undefined) {
      parent =
        parents.get(family) ??
        prepare(top.command(family))
          .summary(families[family] ?? '')
          .description(families[family] ?? '')
          .helpGroup(groups.develop);
      parents.set(family, parent);
    }
    const parser = prepare(parent.command(command.path.at(-1) ?? ''))
      .description(command.summary)
      .summary(command.summary);
    parser.helpGroup(leaf === undefined ? groups[command.group] : 'Commands:');
    for (const { name, summary } of command.args ?? []) parser.argument(name, summary);
    for (const flag of command.flags) {
      const option = new Option(flag.flags, flag.summary);
      parser.addOption(flag.choices ? option.choices([...flag.choices]) : option);
    }
    parser.action(() => {
      chosen = { command, args: parser.args, flags: parser.opts() };
    });
  }

  if (argv.length === 0) {
    write(top.helpInformation());
    return undefined;
  }
  try {
    top.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw usageError(error, mistakes);
  }
  return chosen;
}

function usageError(error: CommanderError, mistakes: string): UserError {
  if (error.code === 'commander.help') {
    return new UserError('usage', 'this command needs a subcommand', {
      detail: mistakes.split('\n'),
      exitCode: 2,
      hints: [],
    });
  }
  const [first = error.message, ...more] = mistakes.trim().split('\n');
  const code =
    error.code === 'commander.unknownCommand'
      ? 'unknown-command'
      : error.code === 'commander.unknownOption'
        ? 'unknown-flag'
        : 'usage';
  return new UserError(code, first.replace(/^error: /, ''), {
    hints: [
      ...more.map((line) => line.replace(/^\(|\)$/g, '')),
      '`opta help` lists the commands, `opta help <command>` its flags.',
    ],
    exitCode: 2,
  });
}
