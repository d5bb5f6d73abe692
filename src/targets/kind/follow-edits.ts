/** Edits of services' files while `dev up` stays: into the running containers, or into new images. */
import type { Service } from '../../app/app.ts';
import { type Watch, watchFiles } from '../../system/watch-files.ts';
import type { Company } from './company.ts';
import { copyInto } from './copy.ts';
import { type Copy, folderOfCode, globsOf, meaningOf } from './edits.ts';
import type { PodState } from './pod-states.ts';

/** Milliseconds that a replica has to itself before the next one starts again. */
const settleMs = 2000;

/** One service whose files are watched. */
interface Followed {
  readonly service: Service;
  /** Of its pods that run now, by uid. */
  readonly pods: Map<string, PodState>;
  /** What was copied since the image was built, by path in the container: a new container lacks it. */
  readonly edits: Map<string, Copy>;
  /** One copying at a time. */
  work: Promise<void>;
  /** Containers that have the edits. */
  readonly met: Set<string>;
}

export interface FollowedEdits {
  /** Tells of a pod, again at each change. */
  meet(state: PodState): void;
  /** Everything is brought up once more just now. */
  busy(): boolean;
  close(): Promise<void>;
}

export function followEdits(company: Company, signal: AbortSignal): FollowedEdits {
  const { app, emit } = company;
  const say = (service: Service, line: string) =>
    emit({ type: 'log', service: service.id, replica: 0, stream: 'opta', line });
  const watches: Watch[] = [];
  let running = 0;
  const again = async () => {
    running += 1;
    return company.again().finally(() => {
      running -= 1;
    });
  };
  const own = { ...company, again };
  const all = new Map<string, Followed>();
  for (const service of app.services) {
    const [directory, globs] = [folderOfCode(service), globsOf(service)];
    if (directory === undefined || globs.length === 0) continue;
    const one: Followed = { service, pods: new Map(), edits: new Map(), work: Promise.resolve(), met: new Set() };
    all.set(service.id, one);
    const note = (why: string) => say(service, why);
    const options = { clock: company.system.clock, directory, globs, note };
    watches.push(watchFiles(options, (paths) => edited(own, one, paths, signal)));
  }
  return {
    meet(state) {
      const one = all.get(state.service);
      if (one === undefined || state.kind !== 'service') return;
      if (state.container === undefined || state.ending) one.pods.delete(state.uid);
      else one.pods.set(state.uid, state);
      if (state.container === undefined || one.met.has(state.container)) return;
      one.met.add(state.container);
      if (one.edits.size > 0) next(company, one, () => copyAll(company, one, [state], [...one.edits.values()], true));
    },
    busy: () => running > 0,
    async close() {
      for (const watch of watches) watch.close();
      await Promise.all([...all.values()].map(({ work }) => work));
    },
  };
}

/** Does `act` after what was begun before; a failure is told, and the next edit tries again. */
function next({ emit }: Company, one: Followed, act: () => Promise<void>): void {
  one.work = one.work.then(act).catch((error: unknown) => {
    const line = error instanceof Error ? error.message : String(error);
    emit({ type: 'log', service: one.service.id, replica: 0, stream: 'opta', line });
  });
}

function edited(company: Company, one: Followed, paths: readonly string[], signal: AbortSignal): void {
  const { copies, restart, rebuild } = meaningOf(one.service, paths);
  if (rebuild) {
    next(company, one, async () => {
      if (signal.aborted) return;
      // The image that is built now has them.
      const before = [...one.edits];
      one.edits.clear();
      if (await company.again()) return;
      for (const [to, copy] of before) one.edits.set(to, copy);
    });
    return;
  }
  if (copies.length === 0) return;
  for (const copy of copies) one.edits.set(copy.to, copy);
  next(company, one, () => copyAll(company, one, [...one.pods.values()], copies, restart));
}

async function copyAll(
  { system, engine, emit, signal }: Company,
  { service }: Followed,
  pods: readonly PodState[],
  copies: readonly Copy[],
  restart: boolean,
): Promise<void> {
  const starts = restart && service.dev.watch.length > 0;
  let reached = 0;
  for (const [at, { node, container = '' }] of pods.entries()) {
    if (signal.aborted) return;
    if (starts && at > 0) await system.clock.sleep(settleMs, signal);
    if (await copyInto(system, engine, { node, id: container }, copies, starts)) reached += 1;
  }
  const what = copies.length === 1 ? (copies[0]?.to ?? '') : `${copies.length} files`;
  const line = `${what} copied into ${reached} ${reached === 1 ? 'replica' : 'replicas'}${starts ? ', started again' : ''}`;
  emit({ type: 'log', service: service.id, replica: 0, stream: 'opta', line });
}
