/** The command line of `pulumi`, as far as the Automation API and opta write it. */

export interface Arguments {
  /** Words before and between flags: the command and what it is about. */
  readonly words: readonly string[];
  readonly flags: ReadonlyMap<string, readonly string[]>;
}

/** Flags that take no value. */
const switches = new Set([
  ...['yes', 'skip-preview', 'non-interactive', 'json', 'show-secrets', 'secret', 'plaintext', 'path', 'preview-only'],
  ...['expect-no-changes', 'refresh', 'diff', 'ignore-protect', 'clear-pending-creates', 'debug', 'force', 'no-select'],
  ...[
    'target-dependents',
    'suppress-outputs',
    'suppress-progress',
    'continue-on-error',
    'all',
    'remove',
    'preserve-config',
  ],
]);

export function argumentsOf(argv: readonly string[]): Arguments {
  const words: string[] = [];
  const flags = new Map<string, string[]>();
  let at = 0;
  while (at < argv.length) {
    const word = argv[at] ?? '';
    at += 1;
    if (word === '--') {
      words.push(...argv.slice(at));
      break;
    }
    if (!word.startsWith('-')) {
      words.push(word);
      continue;
    }
    const [name = '', ...rest] = word.replace(/^--?/, '').split('=');
    const long = name === 's' ? 'stack' : name === 'y' ? 'yes' : name;
    const given = rest.length > 0 ? rest.join('=') : undefined;
    let value = given ?? 'true';
    if (given === undefined && !switches.has(long)) {
      value = argv[at] ?? '';
      at += 1;
    }
    flags.set(long, [...(flags.get(long) ?? []), value]);
  }
  return { words, flags };
}

export const flagOf = ({ flags }: Arguments, name: string): string | undefined => flags.get(name)?.at(-1);
export const isSet = (args: Arguments, name: string): boolean => flagOf(args, name) === 'true';
