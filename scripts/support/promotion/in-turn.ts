/** One environment in which create after create fails, each promotion going on from the one before: an index costs one promotion. */
import { strikesOf } from '../../../src/targets/cloud/engine/simulated/faults.ts';
import type { Rehearsal } from './rehearsal.ts';
import { goOn, type History, note, wrongAtTheEnd } from './resume.ts';
import { inCloud, remains, shortOf, stackFiles } from './standing.ts';
import { type Ended, type FaultKind, faultKinds, type Ground, wrongSaid } from './trouble.ts';

const stacksInOrder = ['network', 'data', 'cluster', 'identities', 'edge'];
const placeOf = (urn: string): number => stacksInOrder.findIndex((stack) => urn.split('::')[1]?.endsWith(`-${stack}`));

/** URNs of all that is made in the cloud, such that each comes after what it needs. */
function inOrderOfNeed(home: string): readonly string[] {
  const all = stackFiles(home).flatMap(({ resources }) => resources);
  const needs = new Map(
    all.map(({ urn, parent, dependencies = [] }) => [urn, parent ? [parent, ...dependencies] : dependencies]),
  );
  const depths = new Map<string, number>();
  const depth = (urn: string): number => {
    const known = depths.get(urn);
    if (known !== undefined) return known;
    const found = Math.max(0, ...(needs.get(urn) ?? []).map((one) => depth(one) + 1));
    depths.set(urn, found);
    return found;
  };
  return all
    .filter(({ custom, type }) => custom === true && !type.startsWith('pulumi:'))
    .map(({ urn }) => urn)
    .sort((one, other) => placeOf(one) - placeOf(other) || depth(one) - depth(other) || (one < other ? -1 : 1));
}

const strikesIn = (home: string, urns: readonly string[]): readonly string[] =>
  inCloud(home, (store) => urns.filter((urn) => store.counted(strikesOf('create', urn)) > 0));

/** After a create failed: nothing pending, no lock, nothing twice, and in no state only what failed creates left. */
const wrongBetween = (place: Rehearsal, failed: readonly string[]): readonly string[] => {
  const names = new Set(failed.map((urn) => `in no state: ${shortOf(urn)}`));
  return remains(place.home).filter((one) => !names.has(one));
};

/** Later ones that are made at the same time wait until the one that is meant has failed, then fail too: the cloud is out. */
const outage = { operation: 'create', when: 'before', message: 'ServiceUnavailable', delayMs: 1500 } as const;

async function ended(
  ground: Ground,
  act: (place: Rehearsal, history: History) => Promise<readonly string[]>,
): Promise<Ended> {
  const place = ground.fresh.copy();
  const history: History = [];
  try {
    const problems = await act(place, history);
    place.faults({});
    const stuck = await goOn(place, history);
    const struck = strikesIn(place.home, ground.urns).length;
    return {
      history,
      struck,
      problems: [...problems, ...stuck, ...(await wrongAtTheEnd(place, ground.undisturbed, history))],
    };
  } finally {
    place.remove();
  }
}

/** From `from` to before `to` in the order of need, the cloud goes out at each resource in turn; the one it goes out at fails as `kindOf` says. */
export function failedInTurn(
  ground: Ground,
  [from, to]: readonly [number, number],
  kindOf: (at: number) => FaultKind,
): Promise<Ended> {
  const all = inOrderOfNeed(ground.promoted.home);
  return ended(ground, async (place, history) => {
    const problems: string[] = [];
    for (const [at, urn] of [...all.entries()].slice(from, to)) {
      const later = all.slice(at + 1).map((other) => ({ ...outage, urn: other }));
      place.faults({ faults: [{ operation: 'create', urn, once: true, ...faultKinds[kindOf(at)] }, ...later] });
      const said = await place.promote();
      const name = urn.split('::').at(-1);
      if (said.code !== 13) note(history, `${at} ${name}`, said);
      const wrong = [
        ...wrongSaid(place, said, { code: 13, failure: 'stack-failed', phase: 'Errored' }),
        ...(strikesIn(place.home, [urn]).length === 1 ? [] : ['it was not asked for']),
        ...wrongBetween(place, [urn]),
      ];
      problems.push(...wrong.map((one) => `${name}: ${one}`));
    }
    return problems;
  });
}

/** The first try of every create fails, the kinds shifted by `turn`: several at once, until all have been made. */
export function firstTriesFail(ground: Ground, turn: number): Promise<Ended> {
  const kinds = Object.keys(faultKinds) as FaultKind[];
  const faults = ground.urns.map((urn, at) => {
    const kind = kinds[(at + turn) % kinds.length] as FaultKind;
    return { operation: 'create', urn, once: true, ...faultKinds[kind] } as const;
  });
  return ended(ground, async (place, history) => {
    place.faults({ faults });
    const problems: string[] = [];
    // Each promotion meets at least one that has not failed yet.
    for (let runs = 1; runs <= ground.urns.length; runs++) {
      const said = await place.promote();
      if (said.code === 0) {
        history.push(`${runs} promotions`);
        break;
      }
      problems.push(...wrongSaid(place, said, { code: 13, failure: 'stack-failed', phase: 'Errored' }));
      problems.push(...wrongBetween(place, strikesIn(place.home, ground.urns)));
      if (problems.length > 0) break;
    }
    const spared = ground.urns.length - strikesIn(place.home, ground.urns).length;
    return spared === 0 ? problems : [...problems, `${spared} were never asked for`];
  });
}
