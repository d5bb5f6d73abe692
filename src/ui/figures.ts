/** Durations and sizes as people read them. */

/** `340ms`, `3.2s`, `42s`, `2m 05s`, `1h 02m`. */
export function duration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)}ms`;
  if (ms < 9950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${String(seconds % 60).padStart(2, '0')}s`;
  return `${Math.floor(minutes / 60)}h ${String(minutes % 60).padStart(2, '0')}m`;
}

/** A duration that still grows: whole seconds, so that it is redrawn once a second; nothing in the first. */
export function growing(ms: number): string {
  if (ms < 1000) return '';
  return ms < 60_000 ? `${Math.floor(ms / 1000)}s` : duration(ms);
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** `512 B`, `12.3 MB`; a thousand of one unit is one of the next. */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

export interface Count {
  readonly done: number;
  readonly total?: number;
  readonly unit: 'bytes' | 'items';
}

/** `12.3 MB of 40.0 MB`, `3 of 9`, `512 B`. */
export function counted({ done, total, unit }: Count): string {
  const said = (value: number) => (unit === 'bytes' ? size(value) : String(value));
  return total === undefined ? said(done) : `${said(done)} of ${said(total)}`;
}
