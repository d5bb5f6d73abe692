/** Tells whether a line needs a shell, and splits it when it does not. */

/** Expansion, operators, globs, substitution, comments, history: whatever a shell would not pass on as it is. */
const needsShell = /[|&;<>()$`\\*?[\]{}~#!\n%]/;

/** argv of a line such as `node src/main.ts --name "a b"`; undefined when only a shell reads it right. */
export function asArgv(line: string): readonly string[] | undefined {
  if (needsShell.test(line) || /^\s*\w+=/.test(line)) return undefined;
  if (/["']/.test(line.replaceAll(/"[^"]*"|'[^']*'/g, ''))) return undefined;
  const words = line.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  if (words.length === 0) return undefined;
  const [first = ''] = words;
  // Built into the shell: there is no such program.
  if (['cd', 'exec', 'export', 'set', 'source', '.', 'eval', 'ulimit'].includes(first)) return undefined;
  return words.map((word) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single ?? ''));
}

/** A word as any POSIX shell takes it back. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

/** argv as a line that a person can paste into a shell; what is given to one already is that line. */
export function asLine(argv: readonly string[]): string {
  const [shell, flag, line] = argv;
  const isShell = shell === 'sh' && flag === '-c' && argv.length === 3;
  return isShell && line !== undefined ? line.replace(/^exec /, '') : argv.map(quoted).join(' ');
}
