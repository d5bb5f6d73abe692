/** What is said of a command line that opta does not understand. */
import type { CommanderError } from 'commander';
import { nearest } from './app/nearest.ts';
import { commands } from './cli.ts';
import type { Flag } from './cli-flags.ts';
import type { ErrorCode } from './errors.ts';
import { UserError } from './errors.ts';

export interface Misread {
  /** Words of the command that the mistake was made in. */
  at: readonly string[];
  /** What commander would have printed on standard error. */
  mistakes: string;
}

/** Commander's words in ours. */
export function usageError(error: CommanderError, { mistakes, at }: Misread, argv: readonly string[]): UserError {
  const [first = error.message, ...more] = mistakes.trim().split('\n');
  const [quoted = ''] = /(?<=').*(?=')/.exec(first) ?? [];
  const whole = ['opta', ...at].join(' ');
  const help =
    at.length === 0 ? '`opta help` lists the commands.' : `\`opta help ${at.join(' ')}\` shows what it takes.`;
  const fail = (code: ErrorCode, message: string, hints: readonly string[] = []) =>
    new UserError(code, message, { hints: [...hints, help], exitCode: 2 });
  switch (error.code) {
    case 'commander.unknownCommand':
      return fail('unknown-command', `there is no command \`${whole} ${quoted}\``, commandsLike(quoted));
    case 'commander.unknownOption':
      return fail('unknown-flag', `\`${whole}\` has no flag ${quoted}`, [
        ...more.map(suggestion),
        ...placedLater(quoted, at, argv),
      ]);
    case 'commander.excessArguments':
      return fail('usage', tooMany(whole, first));
    case 'commander.optionMissingArgument':
      return fail('usage', `the flag ${quoted} needs a value`);
    case 'commander.missingArgument':
      return fail('usage', `\`${whole}\` needs <${quoted}>`);
    default:
      return fail('usage', first.replace(/^error: /, ''));
  }
}

/** `Expected 0 arguments but got 1: extra.` in our words. */
function tooMany(whole: string, line: string): string {
  const [, most = '0', words = ''] = /Expected (\d+) arguments? but got \d+(?:: (.*?))?\.?$/.exec(line) ?? [];
  const takes = most === '0' ? 'it takes none' : `it takes ${most}`;
  return `too many arguments for \`${whole}\`: ${takes}${words === '' ? '' : `, not \`${words.replaceAll(', ', ' ')}\``}`;
}

/** A flag that was written before the command that has it (`opta --detach dev up`). */
function placedLater(flag: string, at: readonly string[], argv: readonly string[]): readonly string[] {
  if (at.length === 0 && flag === '-v') return ['`opta --version` prints the version.'];
  const has = ({ flags: text }: Flag) => text.split(/[ ,]+/).includes(flag);
  const isNamed = (path: readonly string[]) =>
    argv.some((_, from) => path.slice(at.length).every((word, index) => argv[from + index] === word));
  const owner = commands.find(
    ({ path, flags }) =>
      path.length > at.length && at.every((word, index) => path[index] === word) && isNamed(path) && flags.some(has),
  );
  if (owner === undefined) return [];
  return [`A flag stands behind the command: \`opta ${owner.path.join(' ')} ${flag}\`.`];
}

/** `(Did you mean --json?)` in our words. */
const suggestion = (line: string) =>
  line.replace(/^\(Did you mean (?:one of )?(.*)\?\)$/, (_, names: string) => `Did you mean \`${names}\`?`);

/** What other tools call what a command of ours does. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ['apply', 'dev up'],
  ['check', 'validate'],
  ['create', 'init'],
  ['deploy', 'promote'],
  ['new', 'init'],
  ['ps', 'dev status'],
  ['run', 'dev up'],
  ['serve', 'dev up'],
  ['start', 'dev up'],
  ['stop', 'dev down'],
]);

/** A misspelt command, one whose family was left out (`opta up`), or the word of another tool. */
function commandsLike(word: string): readonly string[] {
  const other = otherNames.get(word);
  if (other !== undefined) return [`Did you mean \`opta ${other}\`?`];
  const whole = commands.map(({ path }) => path.join(' '));
  const near = nearest(word, new Set(commands.flatMap(({ path }) => [...path, path.join(' ')])), 1);
  const meant = near.map((name) => whole.find((one) => one === name || one.endsWith(` ${name}`)) ?? name);
  return meant.map((name) => `Did you mean \`opta ${name}\`?`);
}
