/** Append-only lines for pipes, logs of CI and plain terminals: one line a change of state. */
import type { Event } from '../engine/event.ts';
import { emptyPicture, type Picture } from '../engine/picture.ts';
import { fold } from '../engine/progress.ts';
import { formatFailure, formatFinding } from './errors.ts';
import { duration } from './figures.ts';
import type { Output } from './output.ts';
import { addressLines, goingOn, intention, summary } from './summary.ts';
import { markOf, paint, symbol, type Theme } from './theme.ts';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

/** Files below `directory` are named relative to it. */
interface Look {
  readonly theme: Theme;
  readonly directory?: string;
}

function stepLines(picture: Picture, { id, state, ms, failure }: Of<'step'>, look: Look): string[] {
  const { theme } = look;
  // What had to be done or went wrong is told; the last line counts the rest.
  if (state === 'running' || state === 'unchanged' || state === 'skipped') return [];
  const row = picture.steps.find((step) => step.id === id);
  const { mark, style } = markOf(theme, state);
  const word = state === 'done' ? '' : ` ${state}`;
  const time = ms === undefined ? '' : ` ${paint(theme, 'dim', duration(ms))}`;
  const line = `${paint(theme, style, mark)} ${row?.title ?? id}${paint(theme, style, word)}${time}`;
  return failure ? [line, ...formatFailure(failure, look).split('\n')] : [line];
}

function serviceLines(before: Picture, event: Of<'service'>, theme: Theme): string[] {
  const row = before.services.find((service) => service.id === event.service);
  const { state, ready, wanted, why, url } = event;
  const same = row?.state === state && row.ready === ready && row.wanted === wanted && row.why === why;
  // One that has failed for good is not started again: its count changes nothing that is told.
  if (same && (state === 'failed' || (row?.restarts ?? 0) === (event.restarts ?? 0))) return [];
  const { mark, style } = markOf(theme, state);
  const replicas = wanted > 0 ? ` ${ready}/${wanted}` : '';
  const reason = why ? `: ${why}` : '';
  const address = url && state === 'ready' && row?.state !== 'ready' ? `  ${url}` : '';
  return [`${paint(theme, style, mark)} ${event.service} ${paint(theme, style, state)}${replicas}${reason}${address}`];
}

function logLine({ service, replica, stream, line }: Of<'log'>, theme: Theme): string {
  const prefix = paint(theme, 'dim', `${service}/${replica} ${symbol(theme, 'rail')}`);
  return `${prefix} ${stream === 'opta' ? paint(theme, 'warn', line) : line}`;
}

/** The lines that `event` adds, given the picture before and after it. */
function linesOf(before: Picture, after: Picture, event: Event, look: Look): string[] {
  const { theme } = look;
  switch (event.type) {
    case 'plan':
      return [intention(event, theme)];
    case 'step':
      return stepLines(after, event, look);
    case 'note': {
      // Only the first: those after it are for a row that changes in place.
      const row = before.steps.find((step) => step.id === event.id);
      return row && row.why === undefined ? [paint(theme, 'dim', `  ${row.title}: ${event.why}`)] : [];
    }
    case 'progress':
    case 'result':
      return [];
    case 'service':
      return serviceLines(before, event, theme);
    case 'log':
      return [logLine(event, theme)];
    case 'diagnostic':
      return formatFinding(event.diagnostic, look).split('\n');
    case 'address':
      return addressLines(event, theme, Number.POSITIVE_INFINITY);
    case 'end':
      return [...summary(after, theme), ...goingOn(after)];
  }
}

/** A renderer of lines: what it returns takes events. Files below `directory` are named relative to it. */
export function drawLines(output: Output, theme: Theme, directory?: string): (event: Event) => void {
  const look: Look = { theme, ...(directory !== undefined && { directory }) };
  let picture = emptyPicture;
  return (event) => {
    const before = picture;
    picture = fold(before, event);
    for (const line of linesOf(before, picture, event, look)) output.write(`${line}\n`, event.type === 'log');
  };
}
