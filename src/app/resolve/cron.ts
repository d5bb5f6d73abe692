/** Whether a text is a schedule in five fields of cron, as Kubernetes reads it. */

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const days = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const bounds: readonly { min: number; max: number; names?: readonly string[] }[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: months },
  { min: 0, max: 7, names: days },
];

export function isCronSchedule(text: string): boolean {
  if (/^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/.test(text.trim())) return true;
  const fields = text.trim().split(/\s+/);
  return fields.length === 5 && fields.every((field, index) => field.split(',').every((part) => fits(part, index)));
}

function fits(part: string, index: number): boolean {
  const [range = '', step, more] = part.split('/');
  if (more !== undefined || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (range === '*' || (range === '?' && (index === 2 || index === 4))) return true;
  const [from, to, rest] = range.split('-').map((word) => numberOf(word, index));
  if (from === undefined || rest !== undefined || Number.isNaN(from)) return false;
  return to === undefined || (!Number.isNaN(to) && from <= to);
}

function numberOf(word: string, index: number): number {
  const bound = bounds[index];
  if (bound === undefined) return Number.NaN;
  const named = bound.names?.indexOf(word.toLowerCase()) ?? -1;
  const value = named >= 0 ? named + (index === 3 ? 1 : 0) : /^\d+$/.test(word) ? Number(word) : Number.NaN;
  return value >= bound.min && value <= bound.max ? value : Number.NaN;
}
