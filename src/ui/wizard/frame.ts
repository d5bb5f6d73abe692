/** A frame of the wizard as lines: never wider or higher than the terminal. Pure. */

import type { Asked } from '../../app/asked.ts';
import { changeLines } from '../changes.ts';
import { cut, padded, widthOf } from '../text.ts';
import { paint, symbol, type Theme } from '../theme.ts';
import { askLines, keysLine } from './ask-lines.ts';
import type { WizardChange, WizardPage } from './page.ts';
import type { WizardState } from './state.ts';

export interface WizardView {
  readonly state: WizardState;
  readonly questions: readonly Asked[];
  /** What was found so far, one line each. */
  readonly found: readonly string[];
  /** The folder is still being looked at. */
  readonly looking: boolean;
  readonly pages: readonly WizardPage[];
  /** What would be written; only in the summary. */
  readonly changes?: readonly WizardChange[];
  readonly leftOut: readonly string[];
}

export interface FrameSize {
  readonly width: number;
  readonly height: number;
}

/** From so many columns on the preview stands beside the questions. */
const wideFrom = 96;

export function wizardFrame(view: WizardView, { width, height }: FrameSize, theme: Theme): readonly string[] {
  const room = Math.max(3, height - 1);
  const left = width >= wideFrom ? Math.min(72, Math.floor(width * 0.48)) : width;
  const body = bodyLines(view, left, theme);
  const keys = keysLine(view, width, theme);
  if (width >= wideFrom) return beside(view, body, { width, height: room }, left, keys, theme);
  const kept = body.slice(0, Math.max(1, room - 1));
  const spare = room - 1 - kept.length - 1;
  const preview = spare >= 4 ? previewLines(view, width, spare, theme) : [];
  return [...kept, ...preview, keys].map((line) => cut(theme, line, width));
}

function beside(
  view: WizardView,
  body: readonly string[],
  { width, height }: FrameSize,
  left: number,
  keys: string,
  theme: Theme,
): readonly string[] {
  const rows = height - 1;
  const preview = previewLines(view, width - left - 3, rows, theme);
  const count = Math.min(rows, Math.max(body.length, preview.length));
  const rail = paint(theme, 'dim', symbol(theme, 'rail'));
  const lines = Array.from({ length: count }, (_, row) =>
    `${padded(theme, body[row] ?? '', left)} ${rail} ${cut(theme, preview[row] ?? '', width - left - 3)}`.trimEnd(),
  );
  return [...lines, cut(theme, keys, width)];
}

function bodyLines(view: WizardView, width: number, theme: Theme): readonly string[] {
  const { state, questions, looking, found } = view;
  const question = questions[state.at];
  const head = headLine(view, width, theme);
  if (looking && questions.length === 0) {
    const lines = found.length === 0 ? [] : ['', ...found.slice(-12).map((line) => paint(theme, 'dim', line))];
    return [head, '', `Looking at what is here${symbol(theme, 'ellipsis')}`, ...lines].map((line) =>
      cut(theme, line, width),
    );
  }
  const lines = question === undefined ? summaryLines(view, theme) : askLines(view, question, width, theme);
  return [head, ...lines].flatMap((line) => (widthOf(line) <= width ? [line] : [cut(theme, line, width)]));
}

function placeOf({ state, questions }: WizardView): string {
  const asked = questions.map(({ settled }, index) => ({
    index,
    isAsked: state.all || settled !== true || index === state.at,
  }));
  const counted = asked.filter(({ isAsked }) => isAsked);
  const position = counted.filter(({ index }) => index <= state.at).length;
  return `${questions[state.at]?.section ?? ''} ${position}/${counted.length}`;
}

function headLine(view: WizardView, width: number, theme: Theme): string {
  const { state, questions } = view;
  const title = paint(theme, 'strong', 'opta init');
  if (questions.length === 0) return title;
  const place = state.at >= questions.length ? 'summary' : placeOf(view);
  const gap = Math.max(1, width - widthOf('opta init') - widthOf(place));
  return `${title}${' '.repeat(gap)}${paint(theme, 'dim', place)}`;
}

function summaryLines({ changes, leftOut, state }: WizardView, theme: Theme): readonly string[] {
  if (changes === undefined) return ['', `Comparing with what is there${symbol(theme, 'ellipsis')}`];
  const left = leftOut.length === 0 ? [] : ['', 'Not carried over:', ...leftOut.map((one) => `  ${one}`)];
  const lines = [...changeLines(changes, theme), ...left];
  return [
    '',
    paint(theme, 'strong', 'Write this?'),
    ...lines.slice(Math.min(state.scroll, Math.max(0, lines.length - 3))),
  ];
}

function previewLines({ pages, state }: WizardView, width: number, height: number, theme: Theme): readonly string[] {
  const page = pages[state.page % Math.max(1, pages.length)];
  if (page === undefined || height < 2) return [];
  const rule = symbol(theme, 'rule');
  const count = pages.length > 1 ? ` ${(state.page % pages.length) + 1}/${pages.length}` : '';
  const title = `${rule.repeat(2)} ${page.title}${count} `;
  const room = height - 1;
  const from = Math.min(state.at >= 0 ? state.scroll : 0, Math.max(0, page.lines.length - room));
  const lines = page.lines.slice(from, from + room).map((line) => cut(theme, line, width));
  return [paint(theme, 'dim', cut(theme, title + rule.repeat(Math.max(0, width - widthOf(title))), width)), ...lines];
}
