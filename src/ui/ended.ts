/** What an event leaves above the table for good. */
import type { Event } from '../engine/event.ts';
import type { Picture } from '../engine/picture.ts';
import { formatFailure, formatFinding } from './errors.ts';
import { endedText, stepCells } from './rows.ts';
import { intention } from './summary.ts';
import type { Theme } from './theme.ts';

/** Lines of a failure's detail that the screen shows. */
const detail = 12;

/**
 * The text that `event` leaves, given the picture after it; undefined when it leaves none, as unchanged steps do. Files below
 * `directory` are named relative to it.
 */
export function endedBy(
  event: Event,
  picture: Picture,
  width: number,
  theme: Theme,
  directory?: string,
): string | undefined {
  const look = { theme, ...(directory !== undefined && { directory }) };
  if (event.type === 'plan') return intention(event, theme);
  if (event.type === 'diagnostic') return formatFinding(event.diagnostic, look);
  if (event.type !== 'step') return undefined;
  const row = picture.steps.find((step) => step.id === event.id);
  const failed = event.failure ? [formatFailure(event.failure, { ...look, detail })] : [];
  const told = event.state === 'done' ? row?.kind !== 'check' : event.state === 'failed' || failed.length > 0;
  if (!row || !told) return failed[0];
  return [endedText(stepCells(picture, row, event.at), width, theme), ...failed].join('\n');
}
