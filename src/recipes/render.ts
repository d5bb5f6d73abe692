/** A recipe and its answers become files, without touching the disk. */
import { eachEnvironment, withEnvironmentWords } from './environment-words.ts';
import { type Answers, chooseLines, fill } from './placeholders.ts';
import type { FileRule, Recipe } from './recipe.ts';
import { holds } from './when.ts';

export interface RenderedFile {
  /** Relative to the project, with `/`; never leads out of it. */
  readonly path: string;
  readonly text: string;
  /** Permission bits; absent: the usual ones. */
  readonly mode?: number;
}

/** npm leaves dotfiles with these names out of a package, so they are shipped without the dot. */
const dotted = new Set(['gitignore', 'dockerignore', 'npmrc', 'env.example']);

/** `answers` are complete and checked (`completeAnswers`). Files in order of their paths. */
export function render(recipe: Recipe, answers: Answers): readonly RenderedFile[] {
  const whole = withEnvironmentWords(answers, recipe);
  const rendered = recipe.files.flatMap(({ path, text, executable }) => {
    const rule = ruleOf(path, recipe.rules, answers);
    if (rule === undefined) return [];
    return (rule.each === 'environment' ? eachEnvironment(whole) : [whole]).map((words) => {
      const file = { path: withDot(fill(rule.to ?? path, words)), text: fill(chooseLines(text, words), words) };
      return executable ? { ...file, mode: 0o755 } : file;
    });
  });
  return rendered.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Sentences for the user, with the answers in them. */
export function nextSteps(recipe: Recipe, answers: Answers): readonly string[] {
  const words = withEnvironmentWords(answers, recipe);
  return recipe.next.filter(({ when }) => holds(when, answers)).map(({ text }) => fill(text, words));
}

/** How a file is written; undefined when no rule of its own fits the answers. */
function ruleOf(path: string, rules: readonly FileRule[], answers: Answers): FileRule | undefined {
  const own = rules.filter((rule) => rule.from === path);
  return own.length === 0 ? { from: path } : own.find(({ when }) => holds(when, answers));
}

function withDot(path: string): string {
  const cut = path.lastIndexOf('/') + 1;
  const name = path.slice(cut);
  return dotted.has(name) ? `${path.slice(0, cut)}.${name}` : path;
}
