/** The last line of a run: how it ended, how long it took, and what it spent the time on. */
import type { Picture } from '../engine/picture.ts';
import type { Goal } from '../engine/step.ts';
import { duration } from './figures.ts';
import { cut, hung, widthOf } from './text.ts';
import { linked, paint, symbol, type Theme } from './theme.ts';

const done: { readonly [K in Goal]: string } = {
  up: 'Up',
  down: 'Down',
  stop: 'Stopped',
  resume: 'Resumed',
  destroy: 'Destroyed',
  sync: 'Complete',
  plan: 'Planned',
  promote: 'Promoted',
};

function counts({ steps }: Picture): string {
  const of = (state: string) => steps.filter((step) => step.state === state).length;
  const parts = [
    [of('failed'), 'failed'],
    [of('aborted'), 'aborted'],
    [of('skipped'), 'not started'],
  ] as const;
  return parts.flatMap(([count, word]) => (count > 0 ? [`${count} ${word}`] : [])).join(', ');
}

/** The steps that took at least a twentieth of the run, in order. */
function criticalPath({ steps, end }: Picture, theme: Theme): string {
  if (!end || end.ms < 1000) return '';
  const long = end.criticalPath.filter((part) => part.ms >= end.ms / 20);
  const titles = long.map(({ id, ms }) => `${steps.find((step) => step.id === id)?.title ?? id} ${duration(ms)}`);
  return titles.join(` ${symbol(theme, 'hint')} `);
}

/** Goals whose command takes up what an interrupted one left; promotions say more, in words of their own. */
const resumable: readonly Goal[] = ['up', 'down', 'stop', 'resume', 'sync'];

/** What to do after a run that was interrupted, in a line; none when there is nothing to say. */
export const goingOn = ({ end, goal }: Picture): readonly string[] =>
  end?.outcome === 'aborted' && goal !== undefined && resumable.includes(goal)
    ? ['The same command goes on from here.']
    : [];

/** How the run of `picture` ended, in one or two lines; none while it has not. */
export function summary(picture: Picture, theme: Theme): string[] {
  const { end, goal } = picture;
  if (!end || !goal) return [];
  const time = duration(end.ms);
  const path = criticalPath(picture, theme);
  const first = {
    done: paint(theme, 'good', `${done[goal]} in ${time}`),
    unchanged: paint(theme, 'good', `Unchanged, checked in ${time}`),
    failed: `${paint(theme, 'bad', `Failed after ${time}`)}: ${counts(picture)}`,
    aborted: `${paint(theme, 'warn', `Interrupted after ${time}`)}: ${counts(picture)}`,
  }[end.outcome];
  return path === '' ? [first] : [first, paint(theme, 'dim', `The time went to ${path}`)];
}

/** The first line of a run: what was chosen and why. */
export function intention({ goal, target, reason }: Pick<Picture, 'goal' | 'target' | 'reason'>, theme: Theme): string {
  return `${paint(theme, 'strong', `${goal} on ${target}`)}${reason ? `: ${reason}` : ''}`;
}

/**
 * One public address: its URL, and below it the way that works where `.localhost` names do not resolve. A URL that does not
 * fit behind its title has a line of its own; one that is longer than a line goes on in the next, all of it a link.
 */
export function addressLines(
  { title, url, plainUrl, host }: Picture['addresses'][number],
  theme: Theme,
  columns: number,
): string[] {
  const link = (line: string): string => {
    const [, space = '', part = ''] = /^( *)(.*)$/.exec(line) ?? [];
    return space + linked(theme, part, url);
  };
  const begin = `${title}  `;
  const fits = widthOf(begin + url) <= columns;
  const first = fits
    ? [`${begin}${linked(theme, url, url)}`]
    : [cut(theme, title, columns), ...hung('  ', url, columns, 0).map(link)];
  if (!plainUrl) return first;
  const indent = fits ? widthOf(begin) : 2;
  const plain = `${plainUrl}${host ? ` with Host: ${host}` : ''}`;
  return [...first, ...hung(' '.repeat(indent), plain, columns, indent).map((line) => paint(theme, 'dim', line))];
}
