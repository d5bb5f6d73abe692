/** Taking down what a disturbed promotion made: nothing may be left but what is kept on purpose, which is listed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Retained } from '../../../src/targets/cloud/plan/destroy.ts';
import { leaksOf } from './leaks.ts';
import type { Rehearsal } from './rehearsal.ts';
import { goOn, type History, note, wrongAtTheEnd } from './resume.ts';
import { inCloud, locksIn, stackFiles, thingsIn } from './standing.ts';
import { type Ended, type FaultKind, faultKinds, type Ground } from './trouble.ts';

/** Listed by any of the runs that it took: the last may have found nothing left to take. */
function listedIn(heard: readonly string[]): ReadonlySet<string> {
  const told = heard
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.startsWith('{') && line.includes('"type":"result"') && line.includes('"title":"destroy"'))
    .map((line) => (JSON.parse(line) as { value: { retained: readonly Retained[] } }).value.retained);
  return new Set(told.flat().map(({ id }) => id));
}

function wrongAfterDestroy(place: Rehearsal): readonly string[] {
  const listed = listedIn(place.heard);
  const there = thingsIn(place.home).map(({ id }) => id);
  const states = stackFiles(place.home).filter(({ resources, pending }) => resources.length + pending > 0);
  return [
    ...there.filter((one) => !listed.has(one)).map((one) => `left in the cloud and not listed: ${one}`),
    ...[...listed].filter((one) => !there.includes(one)).map((one) => `listed as kept and not there: ${one}`),
    ...states.map(({ project }) => `the state of ${project} is not empty`),
    ...locksIn(place.home).map((file) => `lock ${file}`),
    ...leaksOf(place),
  ];
}

async function gone(place: Rehearsal, history: History): Promise<readonly string[]> {
  const stuck = await goOn(place, history, (watch) => place.destroy(watch));
  return [...stuck, ...wrongAfterDestroy(place)];
}

async function onCopy(
  from: Rehearsal,
  act: (place: Rehearsal, history: History) => Promise<readonly string[]>,
): Promise<Ended> {
  const place = from.copy();
  const history: History = [];
  try {
    return { history, problems: await act(place, history) };
  } finally {
    place.remove();
  }
}

/** A promotion fails at `urn`, and nobody goes on with it. */
export function destroyedHalf(ground: Ground, kind: FaultKind, urn: string): Promise<Ended> {
  return onCopy(ground.fresh, async (place, history) => {
    place.faults({ faults: [{ operation: 'create', urn, ...faultKinds[kind] }] });
    note(history, 'promote', await place.promote());
    place.faults({});
    return gone(place, history);
  });
}

/** Killed after `event` events; then the `nth` delete of the next run fails; at last all is promoted again with what was kept. */
export function destroyedInPieces(ground: Ground, nth: number, event: number): Promise<Ended> {
  return onCopy(ground.promoted, async (place, history) => {
    place.faults({ delayMs: 40, lingerMs: 40 });
    let struck = Promise.resolve(0);
    const onEvent = (_: string, count: number): void => {
      if (count === event) struck = sleep(50).then(() => place.kill('all'));
    };
    const said = await place.destroy({ onEvent });
    const killed = await struck;
    note(history, `${killed} killed, destroy`, said);
    place.faults({ faults: [{ operation: 'delete', nth: deletesIn(place.home) + nth, when: 'before' }] });
    const problems = [
      ...(killed > 0 ? [] : ['it was over before the kill']),
      ...(await goOn(place, history, (watch) => place.destroy(watch))),
    ];
    place.faults({});
    const left = await gone(place, history);
    const stuck = await goOn(place, history);
    return [...problems, ...left, ...stuck, ...(await wrongAtTheEnd(place, ground.undisturbed, history))];
  });
}

const deletesIn = (home: string): number => inCloud(home, (store) => store.counted('delete'));
