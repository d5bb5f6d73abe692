/** What a line of a saved stream must look like. Loaded for replay only. */
import { z } from 'zod';
import { clean } from './clean.ts';
import type { Event } from './event.ts';

/** The file may have been written by anything, so its texts are cleaned again. */
const text = z.string().transform(clean);
const count = z.number();

const place = z.object({
  file: text,
  line: count,
  column: count,
  length: count.optional(),
  source: text.optional(),
});
// Codes of other versions of opta are let through: a picture only shows them.
const finding = { code: text, message: text, place: place.optional(), hints: z.array(text) };
const failure = z.object({ ...finding, detail: z.array(text) });
const stepKind = z.enum(['check', 'change', 'wait']);
const serviceState = z.enum([
  'waiting',
  'installing',
  'starting',
  'ready',
  'rolling',
  'restarting',
  'failed',
  'stopping',
  'stopped',
]);

const event = <T extends string, S extends z.ZodRawShape>(type: T, shape: S) =>
  z.object({ at: count, type: z.literal(type), ...shape });

const union = z.discriminatedUnion('type', [
  event('plan', {
    goal: z.enum(['up', 'down', 'stop', 'resume', 'destroy', 'sync', 'plan', 'promote']),
    target: text,
    reason: text,
    steps: z.array(z.object({ id: text, title: text, kind: stepKind, needs: z.array(text) })),
  }),
  event('step', {
    id: text,
    state: z.enum(['running', 'unchanged', 'done', 'failed', 'skipped', 'aborted']),
    ms: count.optional(),
    failure: failure.optional(),
  }),
  event('note', { id: text, why: text }),
  event('progress', { id: text, done: count, total: count.optional(), unit: z.enum(['bytes', 'items']) }),
  event('service', {
    service: text,
    kind: z.enum(['service', 'resource']),
    state: serviceState,
    ready: count,
    wanted: count,
    why: text.optional(),
    url: text.optional(),
    restarts: count.optional(),
  }),
  event('log', { service: text, replica: count, stream: z.enum(['stdout', 'stderr', 'opta']), line: text }),
  event('diagnostic', {
    diagnostic: z.object({ severity: z.enum(['error', 'warning', 'notice']), ...finding }),
  }),
  event('address', { title: text, url: text, plainUrl: text.optional(), host: text.optional() }),
  event('result', { title: text, value: z.unknown() }),
  event('end', {
    outcome: z.enum(['unchanged', 'done', 'failed', 'aborted']),
    ms: count,
    criticalPath: z.array(z.object({ id: text, ms: count })),
  }),
]);

/** The event that `value` is, or the first thing that is wrong with it as a sentence without subject. */
export function readEvent(value: unknown): { readonly event: Event } | { readonly wrong: string } {
  const read = union.safeParse(value);
  if (read.success) return { event: read.data as Event };
  const issue = read.error.issues[0];
  const where = issue?.path.length ? `has a wrong "${issue.path.join('.')}"` : 'is not an event';
  return { wrong: `${where}: ${issue?.message ?? 'unknown'}` };
}
