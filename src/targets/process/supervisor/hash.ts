/** Hashes of a program's spec, which tell what a change of it asks for. */
import { createHash } from 'node:crypto';
import type { ProgramSpec } from '../spec.ts';

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, v]) => v !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, canonical(v)]));
}

function hash(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(canonical(value)))
    .digest('hex')
    .slice(0, 16);
}

/** Equal hashes need no change. The place in the definition and PATH, which differs between shells, do not count. */
export function specHash({ place: _, path: _path, ...spec }: ProgramSpec): string {
  return hash(spec);
}

/** Equal hashes need no new processes: the number of replicas, watched files and places may differ. */
export function processHash({
  place: _,
  replicas: _replicas,
  watch: _watch,
  startMs: _start,
  rank: _rank,
  path: _path,
  ...spec
}: ProgramSpec): string {
  return hash(spec);
}
