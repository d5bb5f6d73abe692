/** The one reducer from events to a Picture. Pure: the same events give the same picture, live or replayed. */
import type { Event } from './event.ts';
import { emptyPicture, hasEnded, type LogLine, type Picture, type ServiceRow, type StepRow } from './picture.ts';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

/** Lines kept of each service, lines kept of all, diagnostics kept. */
const kept = { service: 20, all: 1000, diagnostics: 200 } as const;

function appended<T>(list: readonly T[], item: T, most: number): readonly T[] {
  const next = list.slice(list.length < most ? 0 : list.length - most + 1);
  next.push(item);
  return next;
}

function withStep(picture: Picture, id: string, change: (row: StepRow) => StepRow): Picture {
  const at = picture.steps.findIndex((step) => step.id === id);
  const row = picture.steps[at];
  return row ? { ...picture, steps: picture.steps.with(at, change(row)) } : picture;
}

function withService(picture: Picture, id: string, change: (row: ServiceRow) => ServiceRow): Picture {
  const at = picture.services.findIndex((service) => service.id === id);
  const row = picture.services[at];
  if (row) return { ...picture, services: picture.services.with(at, change(row)) };
  const fresh: ServiceRow = {
    id,
    kind: 'service',
    state: 'waiting',
    ready: 0,
    wanted: 0,
    restarts: 0,
    since: picture.at,
    log: [],
  };
  return { ...picture, services: [...picture.services, change(fresh)] };
}

function foldStep(row: StepRow, event: Of<'step'>): StepRow {
  const { why, ms, ...rest } = row;
  if (event.state === 'running') return { ...rest, state: 'running', since: event.at };
  const ended = { ...rest, state: event.state, ms: event.ms ?? event.at - (row.since ?? event.at) };
  return event.failure ? { ...ended, failure: event.failure } : ended;
}

function foldService(row: ServiceRow, event: Of<'service'>): ServiceRow {
  const wasReady = row.state === 'ready';
  const isReady = event.state === 'ready';
  const since = wasReady && !isReady ? event.at : row.since;
  const ms = isReady ? (wasReady ? row.ms : event.at - since) : undefined;
  const url = event.url ?? row.url;
  return {
    id: row.id,
    kind: event.kind,
    state: event.state,
    ready: event.ready,
    wanted: event.wanted,
    restarts: event.restarts ?? row.restarts,
    since,
    log: row.log,
    ...(event.why !== undefined && { why: event.why }),
    ...(url !== undefined && { url }),
    ...(ms !== undefined && { ms }),
  };
}

function foldPlan(picture: Picture, { type, at, steps, ...plan }: Of<'plan'>): Picture {
  const { end, ...before } = picture;
  // What is being taken down has no address any more.
  const rest = plan.goal === 'up' || plan.goal === 'resume' ? before : { ...before, addresses: [] };
  return { ...rest, ...plan, since: at, steps: steps.map((step) => ({ ...step, state: 'pending' })) };
}

function foldLog(picture: Picture, { type, at, ...line }: Of<'log'>): Picture {
  const log: LogLine = line;
  const next = withService(picture, line.service, (row) => ({ ...row, log: appended(row.log, log, kept.service) }));
  return { ...next, log: appended(picture.log, log, kept.all) };
}

function foldAddress(picture: Picture, { type, at, ...address }: Of<'address'>): Picture {
  const others = picture.addresses.filter((known) => known.title !== address.title || known.url !== address.url);
  return { ...picture, addresses: [...others, address] };
}

/** `picture` after `event`. Facts about steps that no plan has named are left out. */
export function fold(before: Picture, event: Event): Picture {
  const picture: Picture = { ...before, at: event.at };
  switch (event.type) {
    case 'plan':
      return foldPlan(picture, event);
    case 'step':
      return withStep(picture, event.id, (row) => foldStep(row, event));
    case 'note':
      return withStep(picture, event.id, (row) => (hasEnded(row) && !row.failure ? row : { ...row, why: event.why }));
    case 'progress': {
      const { done, total, unit } = event;
      const count = { done, unit, ...(total !== undefined && { total }) };
      return withStep(picture, event.id, (row) => ({ ...row, count }));
    }
    case 'service':
      return withService(picture, event.service, (row) => foldService(row, event));
    case 'log':
      return foldLog(picture, event);
    case 'diagnostic':
      return { ...picture, diagnostics: appended(picture.diagnostics, event.diagnostic, kept.diagnostics) };
    case 'address':
      return foldAddress(picture, event);
    case 'result':
      return picture;
    case 'end': {
      const { outcome, ms, criticalPath } = event;
      return { ...picture, end: { outcome, ms, criticalPath } };
    }
  }
}

/** The picture that all `events` add up to. */
export function foldAll(events: Iterable<Event>): Picture {
  let picture = emptyPicture;
  for (const event of events) picture = fold(picture, event);
  return picture;
}
