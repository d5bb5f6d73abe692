/** One text for one value: what hashes of releases and plans are taken over. */
import { createHash } from 'node:crypto';

/** JSON with keys sorted and undefined left out. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((one) => canonical(one ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${canonical(one)}`).join(',')}}`;
}

/** sha256 in hex of the canonical text. */
export const hashOf = (value: unknown): string => createHash('sha256').update(canonical(value)).digest('hex');
