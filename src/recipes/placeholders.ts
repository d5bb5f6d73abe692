/** Fills `<<key>>` and `<<key::type::Prompt text>>`, and keeps or drops the lines between `#<<if key>>`, `#<<else>>` and `#<<end>>`. */

/** Every answer as text; an empty one counts as not given. */
export type Answers = Readonly<Record<string, string>>;

const placeholder = /<<([a-z][a-z0-9_]*)(?:::[a-z_]+::[^<>\n]*)?>>/g;
const directive = /^\s*#<<(?:(if) ([a-z][a-z0-9_]*)|(else)|(end))>>\s*$/;

/** Keys that a text asks for, each once, in order. */
export function placeholderKeys(text: string): readonly string[] {
  return [...new Set([...text.matchAll(placeholder)].map((match) => match[1] ?? ''))];
}

/** Throws Error for a key without an answer: recipes are ours, so that is a bug. */
export function fill(text: string, answers: Answers): string {
  return text.replace(placeholder, (whole, key: string) => {
    const answer = answers[key];
    if (answer === undefined) throw new Error(`No answer for the placeholder ${whole}`);
    return answer;
  });
}

/** Drops the lines of the branch not taken, and the directive lines themselves. Blocks do not nest. */
export function chooseLines(text: string, answers: Answers): string {
  if (!text.includes('#<<')) return text;
  let keep = true;
  let open = false;
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    const match = directive.exec(line);
    if (!match) {
      if (keep) kept.push(line);
      continue;
    }
    const [, begin, key, otherwise] = match;
    if (begin === undefined && !open) throw new Error(`A directive without its beginning: ${line}`);
    if (begin !== undefined && open) throw new Error(`Blocks do not nest: ${line}`);
    if (begin !== undefined) keep = Boolean(answers[key ?? '']);
    else keep = otherwise === undefined || !keep;
    open = begin !== undefined || otherwise !== undefined;
  }
  if (open) throw new Error('A block without its end');
  return kept.join('\n');
}
