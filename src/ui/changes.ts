/** What changes in files, as lines. */
import { paint, type Theme } from './theme.ts';

export interface ShownChange {
  readonly path: string;
  readonly kind: 'new' | 'same' | 'different';
  readonly lines: readonly { readonly kind: 'same' | 'added' | 'removed'; readonly text: string }[];
}

const marks = {
  new: ['+', 'good', 'new'],
  same: ['=', 'dim', 'unchanged'],
  different: ['~', 'warn', 'changes'],
} as const;

const signs = { same: ['  ', undefined], added: ['+ ', 'good'], removed: ['- ', 'bad'] } as const;

/** A line a file, and below those that differ their changed lines. */
export function changeLines(changes: readonly ShownChange[], theme: Theme): string[] {
  return changes.flatMap(({ path, kind, lines }) => {
    const [mark, style, word] = marks[kind];
    return [
      `${paint(theme, style, mark)} ${path}  ${paint(theme, 'dim', word)}`,
      ...lines.map(({ kind: one, text }) => `    ${paint(theme, signs[one][1], signs[one][0] + text)}`),
    ];
  });
}
