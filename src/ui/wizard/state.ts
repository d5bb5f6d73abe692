/** Where the wizard stands, and what a key does to it. Pure. */
import type { Asked, Given, Option } from '../../app/asked.ts';

export type KeyName =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'enter'
  | 'escape'
  | 'tab'
  | 'back-tab'
  | 'backspace'
  | 'delete'
  | 'page-up'
  | 'page-down'
  | 'clear'
  | 'all'
  | 'interrupt';

export type Key = { readonly name: KeyName } | { readonly name: 'text'; readonly text: string };

export interface WizardState {
  readonly answers: Given;
  /** Index of the question; as many as there are questions: the summary. */
  readonly at: number;
  /** What is typed: the answer itself, a search among options, or an addition to them. */
  readonly input: string;
  /** Position in `input`, in characters as people count them. */
  readonly cursor: number;
  /** Index of the option that the arrow is at, among those shown. */
  readonly chosen: number;
  readonly checked: readonly string[];
  readonly error?: string;
  /** What was found is asked too. */
  readonly all: boolean;
  /** Page of the preview, and how far it is scrolled. */
  readonly page: number;
  readonly scroll: number;
  readonly ended?: 'written' | 'left';
}

export interface Rules {
  readonly questionsFor: (answers: Given) => readonly Asked[];
  /** Answers by flag: not asked. */
  readonly fixed: Given;
  /** Answers of last time, offered instead of defaults. */
  readonly before: Given;
}

let segments: Intl.Segmenter | undefined;

/** Characters as people count them. */
export function charactersOf(text: string): string[] {
  // Made when first needed: the first frame has no text to count.
  segments ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return [...segments.segment(text)].map(({ segment }) => segment);
}

/** Before anything is known. */
export const emptyState: WizardState = {
  answers: {},
  at: 0,
  input: '',
  cursor: 0,
  chosen: 0,
  checked: [],
  all: false,
  page: 0,
  scroll: 0,
};

export function firstState(rules: Rules, answers: Given = {}): WizardState {
  const state = { ...emptyState, answers: { ...answers, ...rules.fixed }, at: -1 };
  return goTo(state, next(state, rules), rules);
}

/** Whether a question is asked, rather than given by a flag or found. */
function isAsked(question: Asked | undefined, { all }: WizardState, { fixed }: Rules): boolean {
  if (question === undefined || fixed[question.key] !== undefined) return false;
  return all || question.settled !== true;
}

/** Index of the next question that is asked. */
function next(state: WizardState, rules: Rules): number {
  const questions = rules.questionsFor(state.answers);
  for (let index = state.at + 1; index < questions.length; index += 1)
    if (isAsked(questions[index], state, rules)) return index;
  return questions.length;
}

function previous(state: WizardState, rules: Rules): number {
  const questions = rules.questionsFor(state.answers);
  for (let index = Math.min(state.at, questions.length) - 1; index >= 0; index -= 1)
    if (isAsked(questions[index], state, rules)) return index;
  return state.at;
}

/** Goes to the first thing that was found, to correct it; what follows is asked too. */
function correcting(state: WizardState, rules: Rules): WizardState {
  const questions = rules.questionsFor(state.answers);
  const index = questions.findIndex((question) => question.settled === true && rules.fixed[question.key] === undefined);
  return index < 0 ? state : goTo({ ...kept(state, rules), all: true }, index, rules);
}

const currentQuestion = ({ answers, at }: WizardState, { questionsFor }: Rules): Asked | undefined =>
  questionsFor(answers)[at];

const itemsOf = (answer: string): string[] =>
  answer
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

function goTo(state: WizardState, at: number, rules: Rules): WizardState {
  const { error: _, ...rest } = state;
  const question = rules.questionsFor(state.answers)[at];
  const fresh = { ...rest, at, input: '', cursor: 0, chosen: 0, checked: [], scroll: 0 };
  if (question === undefined) return fresh;
  const value = state.answers[question.key] ?? fitting(question, rules.before[question.key]) ?? question.default;
  if (question.kind === 'many') return { ...fresh, checked: itemsOf(value) };
  const index = (question.options ?? []).findIndex((option) => option.value === value);
  if (question.kind === 'choice' && (index >= 0 || !question.open)) return { ...fresh, chosen: Math.max(0, index) };
  return { ...fresh, input: value, cursor: charactersOf(value).length };
}

const fitting = (question: Asked, answer: string | undefined) =>
  answer !== undefined && question.wrong(answer) === undefined ? answer : undefined;

/** The options that fit what is typed; of a list of several also what was added. */
export function shownOptions(
  question: Asked,
  { input, checked }: Pick<WizardState, 'input' | 'checked'>,
): readonly Option[] {
  const options = question.options ?? [];
  if (question.kind === 'many') {
    const added = checked.filter((value) => !options.some((option) => option.value === value));
    return [...options, ...added.map((value) => ({ value, title: '' }))];
  }
  const wanted = input.trim().toLowerCase();
  return wanted === ''
    ? options
    : options.filter(({ value, title }) => `${value} ${title}`.toLowerCase().includes(wanted));
}

/** What would be answered now. */
function draftAnswer(question: Asked, state: WizardState): string {
  const { input, chosen, checked } = state;
  if (question.kind === 'many') {
    const order = shownOptions(question, state).map(({ value }) => value);
    return checked.toSorted((a, b) => order.indexOf(a) - order.indexOf(b)).join(',');
  }
  const typed = question.normal?.(input.trim()) ?? input.trim();
  if (question.kind === 'text') return typed;
  return shownOptions(question, state)[chosen]?.value ?? typed;
}

/** Answers with the one that is being given, when it fits; for the preview. */
export function draftAnswers(state: WizardState, rules: Rules): Given {
  const question = currentQuestion(state, rules);
  if (question === undefined) return state.answers;
  const draft = draftAnswer(question, state);
  return question.wrong(draft) === undefined ? { ...state.answers, [question.key]: draft } : state.answers;
}

export function press(state: WizardState, key: Key, rules: Rules): WizardState {
  if (key.name === 'interrupt') return { ...state, ended: 'left' };
  if (key.name === 'tab') return { ...state, page: state.page + 1, scroll: 0 };
  if (key.name === 'page-down') return { ...state, scroll: state.scroll + 5 };
  if (key.name === 'page-up') return { ...state, scroll: Math.max(0, state.scroll - 5) };
  if (key.name === 'escape' || key.name === 'back-tab') return goTo(kept(state, rules), previous(state, rules), rules);
  if (key.name === 'all') return correcting(state, rules);
  const question = currentQuestion(state, rules);
  if (question === undefined) return key.name === 'enter' ? { ...state, ended: 'written' } : scrolled(state, key);
  if (key.name === 'enter') return accept(state, question, rules);
  if (key.name === 'up' || key.name === 'down') return moved(state, question, key.name);
  const { error: _, ...calm } = state;
  if (question.kind === 'many' && key.name === 'text' && key.text === ' ' && state.input === '')
    return toggled(calm, question);
  if (question.kind === 'many' && !question.open) return calm;
  if (question.kind === 'choice' && (question.options ?? []).length < 6 && !question.open)
    return byLetter(calm, question, key);
  return edited(calm, key);
}

/** Going back keeps what was typed, when it fits. */
function kept(state: WizardState, rules: Rules): WizardState {
  return { ...state, answers: draftAnswers(state, rules) };
}

function scrolled(state: WizardState, key: Key): WizardState {
  if (key.name === 'down') return { ...state, scroll: state.scroll + 1 };
  return key.name === 'up' ? { ...state, scroll: Math.max(0, state.scroll - 1) } : state;
}

function accept(state: WizardState, question: Asked, rules: Rules): WizardState {
  if (question.kind === 'many' && state.input.trim() !== '') return addition(state, question);
  const answer = draftAnswer(question, state);
  const wrong = question.wrong(answer);
  if (wrong !== undefined) return mended(state, question, answer, wrong);
  const answered = { ...state, answers: { ...state.answers, [question.key]: answer } };
  return goTo(answered, next(answered, rules), rules);
}

/** Puts an answer that would fit where the wrong one was, so that Enter takes it. */
function mended(state: WizardState, question: Asked, answer: string, wrong: string): WizardState {
  const better = question.mend?.(answer) ?? '';
  if (better === '' || question.wrong(better) !== undefined || question.kind === 'many')
    return { ...state, error: `It must be ${wrong}.` };
  return {
    ...state,
    input: better,
    cursor: charactersOf(better).length,
    error: `It must be ${wrong}. ${better} would fit: Enter takes it.`,
  };
}

function addition(state: WizardState, question: Asked): WizardState {
  const checked = [...new Set([...state.checked, ...itemsOf(state.input)])];
  const wrong = question.wrong(checked.join(','));
  if (wrong !== undefined) return { ...state, error: `It must be ${wrong}.` };
  const { error: _, ...rest } = state;
  return { ...rest, checked, input: '', cursor: 0 };
}

function moved(state: WizardState, question: Asked, way: 'up' | 'down'): WizardState {
  const { length } = shownOptions(question, state);
  if (length === 0) return state;
  return { ...state, chosen: (state.chosen + (way === 'up' ? length - 1 : 1)) % length };
}

function toggled(state: WizardState, question: Asked): WizardState {
  const value = shownOptions(question, state)[state.chosen]?.value;
  if (value === undefined) return state;
  const checked = state.checked.includes(value)
    ? state.checked.filter((one) => one !== value)
    : [...state.checked, value];
  return { ...state, checked };
}

function byLetter(state: WizardState, question: Asked, key: Key): WizardState {
  if (key.name !== 'text') return state;
  const index = (question.options ?? []).findIndex(({ value }) => value.startsWith(key.text.toLowerCase()));
  return index < 0 ? state : { ...state, chosen: index };
}

function edited(state: WizardState, key: Key): WizardState {
  const characters = charactersOf(state.input);
  const at = Math.min(state.cursor, characters.length);
  const put = (before: readonly string[], after: readonly string[]): WizardState => ({
    ...state,
    input: [...before, ...after].join(''),
    cursor: before.length,
    chosen: 0,
  });
  switch (key.name) {
    case 'text':
      return put([...characters.slice(0, at), ...charactersOf(plain(key.text))], characters.slice(at));
    case 'backspace':
      return put(characters.slice(0, Math.max(0, at - 1)), characters.slice(at));
    case 'delete':
      return put(characters.slice(0, at), characters.slice(at + 1));
    case 'clear':
      return put([], []);
    case 'left':
      return { ...state, cursor: Math.max(0, at - 1) };
    case 'right':
      return { ...state, cursor: Math.min(characters.length, at + 1) };
    case 'home':
      return { ...state, cursor: 0 };
    case 'end':
      return { ...state, cursor: characters.length };
    default:
      return state;
  }
}

/** What is pasted becomes one line: no control characters, no line ends. */
const plain = (text: string): string =>
  text
    .replaceAll(/[\r\n\t]+/g, ' ')
    .replaceAll(/\p{Cc}/gu, '')
    .replace(/^ +(?=\S)|(?<=\S) +$/g, (space) => (text.length > 1 ? '' : space));
