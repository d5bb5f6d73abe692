/** The events themselves, one JSON object a line. */
import type { Event } from '../engine/event.ts';
import type { Output } from './output.ts';

/** The line of one event, with its line end. */
export function ndjson(event: Event): string {
  return `${JSON.stringify(event)}\n`;
}

/** A renderer of NDJSON: what it returns takes events. */
export function drawJson(output: Output): (event: Event) => void {
  return (event) => output.write(ndjson(event), event.type === 'log');
}
