/** Taking down what a disturbed promotion made: nothing may be left but what is kept on purpose, which is listed. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Retained } from '../../../src/targets/cloud/plan/destroy.ts';
import { leaksOf } from './leaks.ts';
import type { Rehearsal, RunWatch, Said } from './rehearsal.ts';
import { goOn, type History, note, wrongAtTheEnd } from './resume.ts';
import { locksIn, stackFiles, thingsIn } from './standing.ts';
import { type Ended, type FaultKind, faultKinds, type Ground } from './trouble.ts';

function retainedIn(text: string): readonly Retained[] {
  const line = text.split('\n').findLast((one) => one.startsWith('{') && one.includes('"type":"result"'));
  return line === undefined ? [] : (JSON.parse(line) as { value: { retained: readonly Retained[] } }).value.retained;
}

function wrongAfterDestroy(place: Rehearsal, text: string): readonly string[] {
  const listed = new Set(retainedIn(text).map(({ id }) => id));
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
  let last: Said | undefined;
  const stuck = await goOn(place, history, async (watch?: RunWatch) => {
    last = await place.destroy(watch);
    return last;
  });
  return [...stuck, ...wrongAfterDestroy(place, last?.text ?? '')];
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

/** The `nth` delete fails; then it is killed once on the way; afterwards all is promoted again with what was kept. */
export function destroyedInPieces(ground: Ground, nth: number, event: number): Promise<Ended> {
  return onCopy(ground.promoted, async (place, history) => {
    place.faults({ faults: [{ operation: 'delete', nth, when: 'before' }] });
    note(history, 'destroy', await place.destroy());
    place.faults({ delayMs: 40, lingerMs: 40 });
    let struck = Promise.resolve(0);
    const onEvent = (_: string, count: number): void => {
      if (count === event) struck = sleep(100).then(() => place.kill('all'));
    };
    const said = await place.destroy({ onEvent });
    note(history, `${await struck} killed, destroy`, said);
    place.faults({});
    const problems = await gone(place, history);
    const stuck = await goOn(place, history);
    return [...problems, ...stuck, ...(await wrongAtTheEnd(place, ground.undisturbed))];
  });
}
