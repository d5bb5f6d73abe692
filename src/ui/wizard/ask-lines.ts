/** The lines of one question: what was answered before it, the question, its options or its field, and the keys. */

import type { Asked, Option } from '../../app/asked.ts';
import { cut, widthOf } from '../text.ts';
import { paint, symbol, type Theme } from '../theme.ts';
import type { WizardView } from './frame.ts';
import { charactersOf, shownOptions, type WizardState } from './state.ts';

/** Options shown at once; the others come with the arrow. */
const mostOptions = 9;
const mostBefore = 4;

export function askLines(view: WizardView, question: Asked, width: number, theme: Theme): readonly string[] {
  const { state, found } = view;
  const isFirst = state.at === 0;
  const why = question.why === undefined ? [] : [paint(theme, 'dim', `found: ${question.why}`)];
  const error = state.error === undefined ? [] : wrapped(state.error, width).map((line) => paint(theme, 'bad', line));
  return [
    ...(isFirst && found.length > 0
      ? ['', ...found.slice(0, 8).map((line) => paint(theme, 'dim', line))]
      : beforeLines(view, theme)),
    '',
    ...wrapped(question.title, width).map((line) => paint(theme, 'strong', line)),
    ...why,
    ...(question.kind === 'text' ? [field(state, theme, width)] : optionLines(question, state, width, theme)),
    ...error,
  ];
}

/** The answers just before, so that one sees where one is. */
function beforeLines({ state, questions }: WizardView, theme: Theme): readonly string[] {
  const answered = questions.slice(0, state.at).filter(({ settled }) => state.all || settled !== true);
  const shown = answered.slice(-mostBefore);
  if (shown.length === 0) return [];
  const mark = theme.unicode ? '✔' : '+';
  return [
    '',
    ...shown.map(({ title, key, default: usual }) =>
      paint(theme, 'dim', `${mark} ${title}: ${state.answers[key] ?? usual}`),
    ),
  ];
}

function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (widthOf(longer) <= width || line === '') line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line];
}

/** The field with its cursor; of a long text the end that the cursor is in. */
function field({ input, cursor }: WizardState, theme: Theme, width: number): string {
  const characters = charactersOf(input);
  const prompt = `${symbol(theme, 'hint')} `;
  const room = Math.max(4, width - widthOf(prompt) - 2);
  let from = 0;
  while (from < cursor && widthOf(characters.slice(from, cursor).join('')) > room - 1) from += 1;
  const before = characters.slice(from, cursor).join('');
  const under = characters[cursor] ?? ' ';
  const rest = characters.slice(cursor + 1).join('');
  const mark = theme.color ? `\u001b[7m${under}\u001b[27m` : under === ' ' ? '_' : `_${under}`;
  return prompt + before + mark + cut(theme, rest, Math.max(0, room - widthOf(before) - widthOf(under)));
}

function optionLines(question: Asked, state: WizardState, width: number, theme: Theme): readonly string[] {
  const options = shownOptions(question, state);
  const chosen = Math.min(state.chosen, Math.max(0, options.length - 1));
  const from = Math.max(0, Math.min(chosen - Math.floor(mostOptions / 2), options.length - mostOptions));
  const shown = options.slice(from, from + mostOptions);
  const wide = Math.min(Math.max(0, ...shown.map(({ value }) => widthOf(value))), 28);
  const lines = shown.map((option, index) => optionLine(option, from + index === chosen, wide, question, state, theme));
  const hidden = options.length - shown.length;
  const more =
    hidden > 0
      ? [
          paint(
            theme,
            'dim',
            `  ${symbol(theme, 'ellipsis')} and ${hidden} more: type to search, or go on with the arrow`,
          ),
        ]
      : [];
  const searches = question.kind === 'choice' && ((question.options ?? []).length >= 6 || question.open === true);
  const typed =
    searches || question.open === true
      ? [
          `${paint(theme, 'dim', question.kind === 'many' ? 'add' : 'search or type')} ${field(state, theme, width - 16)}`,
        ]
      : [];
  return [...typed, ...lines, ...more];
}

function optionLine(
  { value, title, note }: Option,
  here: boolean,
  wide: number,
  question: Asked,
  state: WizardState,
  theme: Theme,
): string {
  const arrow = here ? (theme.unicode ? '❯' : '>') : ' ';
  const box = question.kind === 'many' ? (state.checked.includes(value) ? '[x] ' : '[ ] ') : '';
  const text = `${value}${' '.repeat(Math.max(0, wide - widthOf(value)))}`;
  const rest = [title, note === undefined ? '' : paint(theme, 'dim', note)].filter((part) => part !== '').join('  ');
  return `${paint(theme, here ? 'link' : undefined, `${arrow} ${box}`)}${paint(theme, here ? 'strong' : undefined, text)}${rest === '' ? '' : `  ${rest}`}`;
}

export function keysLine({ state, questions, pages }: WizardView, width: number, theme: Theme): string {
  const question = questions[state.at];
  const summary = questions.length > 0 && question === undefined;
  const many = question?.kind === 'many';
  const correctable = !state.all && questions.some(({ settled }) => settled === true);
  const keys: readonly (readonly [string, string])[] = [
    ...(questions.length === 0 ? [] : [['Enter', summary ? 'write' : 'next'] as const]),
    ...(many ? [['Space', 'choose'] as const] : []),
    ...(questions.length === 0 || state.at === 0 ? [] : [['Esc', 'back'] as const]),
    ['Ctrl-C', 'leave'],
    ...(pages.length > 1 ? [['Tab', 'preview'] as const] : []),
    ...(correctable ? [['Ctrl-O', 'correct findings'] as const] : []),
    ...(summary || pages.length > 0 ? [['PgDn', 'scroll'] as const] : []),
  ];
  return cut(
    theme,
    keys.map(([key, title]) => `${paint(theme, 'strong', key)} ${paint(theme, 'dim', title)}`).join('   '),
    width,
  );
}
