/** What may stand next on a command line that begins with `opta`: the answer to the completion scripts of shells. */
import { commands } from './cli.ts';
import type { Command, Flag } from './cli-flags.ts';
import { shells } from './commands/completion.ts';

/** What only the project and the package know. Each is asked only when it is wanted. */
export interface Known {
  environments(files: readonly string[]): Promise<readonly string[]>;
  services(files: readonly string[]): Promise<readonly string[]>;
  recipes(): Promise<readonly string[]>;
  moduleTypes(): Promise<readonly string[]>;
}

interface Candidate {
  readonly value: string;
  readonly summary: string;
}

/** `files` and `folders`: the shell completes names of its own. */
export interface Completion {
  readonly candidates: readonly Candidate[];
  readonly also?: 'files' | 'folders';
}

const plain = (values: readonly string[]): Completion => ({
  candidates: values.map((value) => ({ value, summary: '' })),
});
const nothing: Completion = { candidates: [] };

const spellings = (flag: Flag): readonly string[] => flag.flags.match(/(?<![\w-])--?[a-z][\w-]*/g) ?? [];
const takesValue = (flag: Flag) => flag.flags.includes('<');
/** `file` for `-c, --config <file>`, `service` for `[service...]`. */
const placeholder = (text: string) => /[<[]([\w-]+)/.exec(text)?.[1] ?? '';

interface Line {
  readonly command: Command | undefined;
  /** Words before the first flag, of the command's name and its arguments. */
  readonly words: readonly string[];
  readonly given: ReadonlySet<Flag>;
  readonly files: readonly string[];
  /** The flag whose value the last word is. */
  readonly pending: Flag | undefined;
}

function readLine(before: readonly string[]): Line {
  const words: string[] = [];
  const given = new Set<Flag>();
  const files: string[] = [];
  let pending: Flag | undefined;
  let command: Command | undefined;
  for (const word of before) {
    const [name = '', inline] = word.split('=', 2);
    if (pending !== undefined) {
      if (placeholder(pending.flags) === 'file') files.push(word);
      pending = undefined;
    } else if (word.startsWith('-')) {
      const flag = command?.flags.find((one) => spellings(one).includes(name));
      if (flag === undefined) continue;
      given.add(flag);
      if (takesValue(flag) && inline === undefined) pending = flag;
    } else {
      words.push(word);
      const named = words[0] === 'help' ? words.slice(1) : words;
      command ??= commands.find(
        ({ path }) => path.length === named.length && path.every((one, at) => one === named[at]),
      );
    }
  }
  return { command, words, given, files, pending };
}

/** `words` are those after `opta`; the last is the one at the cursor, empty after a space. */
export async function completionOf(words: readonly string[], known: Known): Promise<Completion> {
  const current = words.at(-1) ?? '';
  const before = words.slice(0, -1);
  // After `--` comes the command of another program.
  if (before.includes('--')) return { candidates: [], also: 'files' };
  const line = readLine(before);
  const { command, pending } = line;
  const inline = /^(--[\w-]+)=(.*)$/.exec(current);
  const flag = pending ?? command?.flags.find((one) => inline !== null && spellings(one).includes(inline[1] ?? ''));
  if (flag !== undefined) {
    const values = await valuesOf(flag, line, known);
    const prefix = pending === undefined && inline !== null ? `${inline[1]}=` : '';
    return matching(
      { ...values, candidates: values.candidates.map((one) => ({ ...one, value: prefix + one.value })) },
      current,
    );
  }
  if (current.startsWith('-')) return matching(flagsOf(line), current);
  if (line.words[0] === 'help') return matching(commandsAfter(line.words.slice(1)), current);
  if (command === undefined) return matching(commandsAfter(line.words), current);
  return matching(await argumentOf(command, line, known), current);
}

function matching({ candidates, ...rest }: Completion, current: string): Completion {
  return { ...rest, candidates: candidates.filter(({ value }) => value.startsWith(current)) };
}

function flagsOf({ command, given }: Line): Completion {
  const left = command?.flags.filter((flag) => flag.repeat || !given.has(flag)) ?? [];
  const candidates = left.map((flag) => ({ value: spellings(flag).at(-1) ?? '', summary: flag.summary }));
  return { candidates: [...candidates, { value: '--help', summary: 'show help' }] };
}

/** The next word of every command that begins with `words`; a family such as `dev` stands once. */
function commandsAfter(words: readonly string[]): Completion {
  const next = new Map<string, string>();
  for (const { path, summary } of commands) {
    if (path.length <= words.length || !words.every((word, at) => path[at] === word)) continue;
    const word = path[words.length] ?? '';
    const siblings = commands.filter((one) => one.path[words.length] === word && one.path.length > words.length + 1);
    next.set(word, siblings.length > 0 ? siblings.map(({ path: whole }) => whole.at(-1)).join(', ') : summary);
  }
  if (words.length === 0) next.set('help', 'what a command does and takes');
  return { candidates: [...next].map(([value, summary]) => ({ value, summary })) };
}

async function argumentOf(command: Command, { words, files }: Line, known: Known): Promise<Completion> {
  const args = command.args ?? [];
  const at = words.length - command.path.length;
  const arg = args[at] ?? (args.at(-1)?.name.includes('...') ? args.at(-1) : undefined);
  return arg === undefined ? nothing : named(placeholder(arg.name), files, known);
}

async function valuesOf(flag: Flag, { files }: Line, known: Known): Promise<Completion> {
  if (flag.choices !== undefined) return plain(flag.choices);
  const [first = ''] = spellings(flag).slice(-1);
  if (first === '--env') return plain(await known.environments(files));
  if (first === '--recipe') return plain(await known.recipes());
  return named(placeholder(flag.flags), files, known);
}

async function named(what: string, files: readonly string[], known: Known): Promise<Completion> {
  switch (what) {
    case 'file':
    case 'command':
      return { candidates: [], also: 'files' };
    case 'folder':
    case 'place':
      return { candidates: [], also: 'folders' };
    case 'service':
      return plain(await known.services(files));
    case 'environment':
      return plain(await known.environments(files));
    case 'type':
      return plain(await known.moduleTypes());
    case 'shell':
      return plain(shells);
    default:
      return nothing;
  }
}

/** Cobra's numbers, which the scripts understand: 0 files, 4 no files, 16 folders only. */
const directives = { files: 0, none: 4, folders: 16 } as const;

/** The answer as the scripts read it: a line a candidate, and last the directive. */
function completionLines({ candidates, also }: Completion): string {
  const lines = candidates.map(({ value, summary }) => `${value}\t${summary}`);
  return `${[...lines, `:${directives[also ?? 'none']}`].join('\n')}\n`;
}

/** Everything for `opta complete -- WORDS`. A definition that cannot be read gives no names: nothing may be said here. */
export async function complete(words: readonly string[], directory: string, packageRoot: string): Promise<string> {
  const names = async (files: readonly string[]) => (await import('./app/read.ts')).writtenNames(directory, files);
  const or = (promise: Promise<readonly string[]>) => promise.catch(() => []);
  const known: Known = {
    environments: (files) => or(names(files).then(({ environments }) => environments)),
    services: (files) => or(names(files).then(({ services }) => services)),
    recipes: () => or(import('./recipes/recipe.ts').then(({ recipeNames }) => recipeNames(packageRoot))),
    moduleTypes: () => or(import('./resources/index.ts').then(({ moduleTypeNames }) => moduleTypeNames())),
  };
  return completionLines(await completionOf(words, known));
}
