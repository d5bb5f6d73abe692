/** A recipe and its answers become files, without touching the disk. */
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
  const rendered = recipe.files.flatMap(({ path, text, executable }) => {
    const target = targetOf(path, recipe.rules, answers);
    if (target === undefined) return [];
    const file = { path: withDot(fill(target, answers)), text: fill(chooseLines(text, answers), answers) };
    return [executable ? { ...file, mode: 0o755 } : file];
  });
  return rendered.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Sentences for the user, with the answers in them. */
export function nextSteps(recipe: Recipe, answers: Answers): readonly string[] {
  return recipe.next.filter(({ when }) => holds(when, answers)).map(({ text }) => fill(text, answers));
}

/** Where a file goes; undefined when no rule of its own fits the answers. */
function targetOf(path: string, rules: readonly FileRule[], answers: Answers): string | undefined {
  const own = rules.filter((rule) => rule.from === path);
  if (own.length === 0) return path;
  const rule = own.find(({ when }) => holds(when, answers));
  return rule && (rule.to ?? path);
}

function withDot(path: string): string {
  const cut = path.lastIndexOf('/') + 1;
  const name = path.slice(cut);
  return dotted.has(name) ? `${path.slice(0, cut)}.${name}` : path;
}
