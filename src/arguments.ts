/** argv to a command of the table and its flags, by commander. */
import { CommanderError, type HelpConfiguration, Option, Command as Parser } from 'commander';
import { commands } from './cli.ts';
import type { Command, Flag } from './cli-flags.ts';
import { type Invocation, wrongValue } from './commands/invocation.ts';
import { type Misread, usageError } from './usage-error.ts';

const groups: Record<Command['group'], string> = {
  start: 'Start a project:',
  develop: 'Develop on this machine:',
  promote: 'Promote to a cloud:',
  check: 'Check and understand:',
};

const families: Record<string, string> = {
  dev: 'Run the definition on this machine, and look after what runs',
  env: 'See the environments of the project',
  mirror: 'Bring what opta pins to places without a network',
  state: 'See and mend what a killed run left of an environment',
};

type Chosen = { readonly command: Command; readonly args: readonly string[]; readonly flags: Invocation['flags'] };

interface Parsing extends Misread {
  readonly write: (text: string) => void;
  chosen?: Chosen;
}

/** The command that argv names. `undefined` when help or the version was printed. Throws UserError for a wrong line. */
export function parseArguments(
  argv: readonly string[],
  version: string,
  write: (text: string) => void,
): Chosen | undefined {
  const parsing: Parsing = { write, at: [], mistakes: '' };
  const top = topParser(parsing, version);
  const parents = new Map<string, Parser>();
  for (const command of commands) {
    const family = command.path.length > 1 ? command.path[0] : undefined;
    let parent = top;
    if (family !== undefined) {
      parent = parents.get(family) ?? familyParser(top, family, parsing);
      parents.set(family, parent);
    }
    addCommand(parent, command, parsing);
  }
  try {
    top.parse(withoutHelpCommand(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    // A family without a command, such as `opta dev`: its help is the answer.
    if (error.code === 'commander.help') write(parsing.mistakes);
    else throw usageError(error, parsing, argv);
    return undefined;
  }
  return parsing.chosen;
}

/** `help dev up` and `dev help up` as `dev up --help`; a bare `opta` asks for help too. */
function withoutHelpCommand(argv: readonly string[]): string[] {
  if (argv.length === 0) return ['--help'];
  const at = argv[0] === 'help' ? 0 : argv[1] === 'help' && families[argv[0] ?? ''] !== undefined ? 1 : undefined;
  if (at === undefined) return [...argv];
  const words = argv.toSpliced(at, 1).filter((word) => !word.startsWith('-'));
  const known = commands.some(({ path }) => words.every((word, index) => path[index] === word));
  // Without --help, commander says what is wrong with the words.
  return known ? [...words, '--help'] : words;
}

/** Commander breaks lines at words only where there are 40 columns for them; narrow terminals have fewer. */
const narrow: HelpConfiguration = { minWidthToWrap: 12 };

/** Every command by its whole name, so that a newcomer sees them at once. */
const wholeNames: HelpConfiguration = {
  ...narrow,
  visibleCommands: (parser) =>
    parser.commands.flatMap((child) => (child.commands.length > 0 ? [...child.commands] : [child])),
  subcommandTerm: (parser) => `${nameOf(parser)} ${parser.usage().replace('[flags]', '')}`.trim(),
};

/** `dev up` for the parser of `opta dev up`. */
function nameOf(parser: Parser): string {
  const above = parser.parent;
  return above?.parent ? `${nameOf(above)} ${parser.name()}` : parser.name();
}

function topParser(parsing: Parsing, version: string): Parser {
  return prepare(new Parser('opta'), [], parsing)
    .usage('<command> [flags]')
    .description('Write your services once; run them as processes, in a local Kubernetes, and in the cloud.')
    .version(version, '-V, --version', 'print the version')
    .helpCommand(false)
    .configureHelp(wholeNames)
    .enablePositionalOptions()
    .addHelpText('after', '\nFlags of a command: opta help <command>\nStart here:         opta try');
}

function familyParser(top: Parser, family: string, parsing: Parsing): Parser {
  const summary = families[family] ?? '';
  return prepare(top.command(family), [family], parsing)
    .summary(summary)
    .description(summary)
    .usage('<command> [flags]')
    .helpGroup(groups.develop)
    .helpCommand(false)
    .enablePositionalOptions()
    .configureHelp(wholeNames);
}

function prepare(parser: Parser, path: readonly string[], parsing: Parsing): Parser {
  return parser
    .exitOverride((error) => {
      parsing.at = path;
      throw error;
    })
    .configureOutput({ writeOut: parsing.write, writeErr: (text) => (parsing.mistakes += text) })
    .optionsGroup('Flags:')
    .helpOption('-h, --help', 'show this help')
    .configureHelp(narrow)
    .allowExcessArguments(false)
    .showSuggestionAfterError(true);
}

function addCommand(parent: Parser, command: Command, parsing: Parsing): void {
  const parser = prepare(parent.command(command.path.at(-1) ?? ''), command.path, parsing)
    .description(command.summary)
    .summary(command.summary)
    .usage([...(command.args ?? []).map(({ name }) => name), '[flags]'].join(' '))
    .passThroughOptions(command.passThrough === true)
    .helpGroup(groups[command.group]);
  for (const { name, summary } of command.args ?? []) parser.argument(name, summary);
  for (const flag of command.flags) parser.addOption(optionOf(flag, command.path));
  parser.action(() => {
    parsing.chosen = { command, args: parser.args, flags: parser.opts() };
  });
}

function optionOf({ flags, summary, choices, repeat }: Flag, path: readonly string[]): Option {
  const option = new Option(flags, summary);
  if (choices) {
    option.choices([...choices]).argParser((value) => {
      if (!choices.includes(value)) throw wrongValue(option.name(), value, oneOf(choices), path);
      return value;
    });
  }
  if (repeat) option.argParser((value, before: readonly string[] | undefined) => [...(before ?? []), value]);
  return option;
}

/** `a, b or c`. */
const oneOf = (words: readonly string[]): string =>
  [words.slice(0, -1).join(', '), words.at(-1)].filter((part) => part !== '').join(' or ');
