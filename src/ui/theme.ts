/** What a terminal can show, and the marks and colours that follow from it. */
import { styleText } from 'node:util';
import type { ServiceState } from '../engine/event.ts';
import type { StepRow } from '../engine/picture.ts';
import type { System } from '../system/system.ts';

export type Style = 'good' | 'bad' | 'warn' | 'busy' | 'dim' | 'strong' | 'link';
export type State = StepRow['state'] | ServiceState;

export interface Theme {
  readonly color: boolean;
  /** Marks beyond ASCII. */
  readonly unicode: boolean;
  /** OSC 8 hyperlinks. */
  readonly links: boolean;
}

/** Without colours, links and marks beyond ASCII. */
export const plainTheme: Theme = { color: false, unicode: false, links: false };

type Format = Parameters<typeof styleText>[0];

const formats: { readonly [K in Style]: Format } = {
  good: 'green',
  bad: 'red',
  warn: 'yellow',
  busy: 'cyan',
  dim: 'dim',
  strong: 'bold',
  link: ['cyan', 'underline'],
};

/** Mark, its ASCII form and its style for each state. Every mark is one column wide. */
const marks: { readonly [K in State]: readonly [string, string, Style] } = {
  pending: ['·', '.', 'dim'],
  running: ['●', '*', 'busy'],
  unchanged: ['=', '=', 'dim'],
  done: ['✔', '+', 'good'],
  failed: ['✖', 'x', 'bad'],
  skipped: ['-', '-', 'dim'],
  aborted: ['■', '#', 'warn'],
  waiting: ['·', '.', 'dim'],
  installing: ['●', '*', 'busy'],
  starting: ['●', '*', 'busy'],
  ready: ['✔', '+', 'good'],
  rolling: ['↻', '~', 'busy'],
  restarting: ['↻', '~', 'warn'],
  stopping: ['●', '*', 'busy'],
  stopped: ['■', '#', 'dim'],
};

const symbols = {
  rail: ['│', '|'],
  ellipsis: ['…', '...'],
  hint: ['→', '->'],
  between: ['·', '-'],
  rule: ['─', '-'],
} as const;

export function paint(theme: Theme, style: Style | undefined, text: string): string {
  return theme.color && style && text !== '' ? styleText(formats[style], text, { validateStream: false }) : text;
}

export function markOf(theme: Theme, state: State): { readonly mark: string; readonly style: Style } {
  const [mark, ascii, style] = marks[state];
  return { mark: theme.unicode ? mark : ascii, style };
}

export function symbol(theme: Theme, name: keyof typeof symbols): string {
  return symbols[name][theme.unicode ? 0 : 1];
}

/** `text` that a terminal opens `url` for, where it can. */
export function linked(theme: Theme, text: string, url: string): string {
  const painted = paint(theme, 'link', text);
  return theme.links ? `\u001b]8;;${url}\u001b\\${painted}\u001b]8;;\u001b\\` : painted;
}

type Environment = System['env'];

function hasColor(env: Environment, tty: boolean): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  if (env.NO_COLOR) return false;
  return tty && env.TERM !== 'dumb';
}

/** A locale that is set and is not UTF-8 asks for ASCII; most terminals without one show UTF-8. */
function hasUnicode({ env, platform }: Pick<System, 'env' | 'platform'>): boolean {
  if (env.TERM === 'dumb' || env.TERM === 'linux') return false;
  if (platform === 'win32') return Boolean(env.WT_SESSION ?? env.TERM_PROGRAM);
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return !locale || /utf-?8/i.test(locale);
}

const linkTerminals = new Set(['iTerm.app', 'WezTerm', 'vscode', 'ghostty', 'Hyper', 'rio', 'zed']);

/** Terminals that are known to follow OSC 8; a multiplexer between may not pass it on. */
function hasLinks(env: Environment, tty: boolean): boolean {
  if (env.FORCE_HYPERLINK !== undefined) return env.FORCE_HYPERLINK !== '0';
  if (!tty || env.CI || env.TMUX || env.STY || env.TERM === 'dumb') return false;
  if (env.TERM_PROGRAM !== undefined && linkTerminals.has(env.TERM_PROGRAM)) return true;
  if (env.WT_SESSION || env.KONSOLE_VERSION || env.DOMTERM) return true;
  return Number(env.VTE_VERSION ?? 0) >= 5000 || /^(xterm-kitty|xterm-ghostty|alacritty|foot)/.test(env.TERM ?? '');
}

/** The theme for what is written to `stream`. */
export function themeOf(system: Pick<System, 'env' | 'platform'>, stream: { readonly isTTY?: boolean }): Theme {
  const { env } = system;
  const tty = stream.isTTY === true;
  return { color: hasColor(env, tty), unicode: hasUnicode(system), links: hasLinks(env, tty) };
}
