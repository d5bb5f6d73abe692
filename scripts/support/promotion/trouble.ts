/** What goes wrong with promotions on purpose: each kind disturbs one, and says what opta said and what was wrong with that. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../../src/targets/cloud/engine/simulated/faults.ts';
import type { CloudStore } from '../../../src/targets/cloud/engine/simulated/store.ts';
import type { Rehearsal, Role, Said } from './rehearsal.ts';
import { goOn, type History, note, wrongAtTheEnd } from './resume.ts';
import { inCloud, locksIn, stackFiles, thingsIn } from './standing.ts';

/** One cloud's shop as it is without trouble. */
export interface Ground {
  /** Scaffolded, never promoted. */
  readonly fresh: Rehearsal;
  /** Promoted once. */
  readonly promoted: Rehearsal;
  /** What stands then, comparable. */
  readonly undisturbed: readonly string[];
  /** URNs of what was made in the cloud, in a fixed order. */
  readonly urns: readonly string[];
  /** Events that an undisturbed promotion tells. */
  readonly events: number;
}

export interface Ended {
  readonly history: History;
  readonly problems: readonly string[];
  /** How many creates failed on purpose, when it was not one. */
  readonly struck?: number;
}

type Wanted = { readonly code: number; readonly failure?: string; readonly phase?: string };

/** How what was said differs from what cloud.md promises. */
export function wrongSaid(place: Rehearsal, said: Said, { code, failure, phase }: Wanted): readonly string[] {
  const last = place.records().at(-1);
  return [
    ...(said.code === code ? [] : [`exit code ${said.code}, not ${code}: ${said.text.slice(-2000)}`]),
    ...(failure === undefined || said.codes.includes(failure) ? [] : [`no ${failure} among ${said.codes.join(', ')}`]),
    ...(phase === undefined || last?.phase === phase ? [] : [`phase ${last?.phase}, not ${phase}`]),
  ];
}

export const faultKinds = {
  'left something': { when: 'after' },
  'no trace': { when: 'before' },
  throttled: { when: 'before', message: 'ThrottlingException: Rate exceeded' },
  'timed out': { when: 'partly', message: "timeout while waiting for state to become 'available'" },
} as const satisfies Record<string, Omit<Fault, 'operation'>>;
export type FaultKind = keyof typeof faultKinds;

async function disturbed(
  from: Rehearsal,
  ground: Ground,
  act: (place: Rehearsal, history: History) => Promise<readonly string[]>,
): Promise<Ended> {
  const place = from.copy();
  const history: History = [];
  try {
    const problems = await act(place, history);
    const stuck = await goOn(place, history);
    return { history, problems: [...problems, ...stuck, ...(await wrongAtTheEnd(place, ground.undisturbed, history))] };
  } finally {
    place.remove();
  }
}

/** The create of `urn` fails once. */
export function failedCreate(ground: Ground, kind: FaultKind, urn: string): Promise<Ended> {
  return disturbed(ground.fresh, ground, async (place, history) => {
    place.faults({ faults: [{ operation: 'create', urn, ...faultKinds[kind] }] });
    const said = await place.promote();
    note(history, 'promote', said);
    place.faults({});
    return wrongSaid(place, said, { code: 13, failure: 'stack-failed', phase: 'Errored' });
  });
}

/** SIGKILL for a part of what runs, `after` ms after the `event`-th event; operations take a little, as in a real cloud. */
export function killed(ground: Ground, role: Role | 'all', event: number, after: number): Promise<Ended> {
  return disturbed(ground.fresh, ground, async (place, history) => {
    place.faults({ delayMs: 40, lingerMs: 40 });
    let struck = Promise.resolve(0);
    let over = false;
    // Engines and providers come and go: the next one is struck.
    const strike = async (): Promise<number> => {
      await sleep(after);
      let dead = place.kill(role);
      for (; dead === 0 && !over; dead = place.kill(role)) await sleep(20);
      return dead;
    };
    const said = await place.promote({
      onEvent: (_, count) => {
        if (count === event) struck = strike();
      },
    });
    over = true;
    note(history, `${await struck} of ${role} killed, promote`, said);
    place.faults({});
    return [0, 1, 13, null].includes(said.code) ? [] : [`exit code ${said.code}: ${said.text.slice(-2000)}`];
  });
}

/** Two promotions at once, the second `after` ms after the first. */
export function twoAtOnce(ground: Ground, after: number): Promise<Ended> {
  return disturbed(ground.fresh, ground, async (place, history) => {
    place.faults({ delayMs: 40 });
    const first = place.promote();
    await sleep(after);
    const both = [await place.promote(), await first];
    place.faults({});
    for (const said of both) note(history, 'one of two', said);
    const good = both.filter(({ code }) => code === 0).length >= 1;
    const other = both.every(({ code }) => code === 0 || code === 14);
    return good && other
      ? []
      : [`of two at once: ${both.map(({ code, text }) => `${code} ${text.slice(-1500)}`).join('\n')}`];
  });
}

function writeLock(place: Rehearsal, project: string, host: string, pid: number): string {
  const file = join(
    place.home,
    'state',
    '.pulumi',
    'locks',
    'organization',
    project,
    'staging',
    `${crypto.randomUUID()}.json`,
  );
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ pid, username: 'ann', hostname: host, timestamp: '2026-01-01T00:00:00Z' }));
  return file;
}

/** A pid that no process has: Linux gives none above this. */
const nobody = 4_194_305;

export function lockOfTheDead(ground: Ground, project: string, first: boolean): Promise<Ended> {
  return disturbed(first ? ground.fresh : ground.promoted, ground, async (place, history) => {
    writeLock(place, project, hostname(), nobody);
    const said = await place.promote();
    note(history, 'promote', said);
    const doctor = await place.run(['state', 'doctor', 'staging', '--rehearse']);
    note(history, 'doctor', doctor);
    return [
      ...wrongSaid(place, said, { code: 14, failure: 'stack-locked' }),
      ...(/process is gone[\s\S]*opta state unlock/.test(doctor.text) ? [] : [`doctor says: ${doctor.text}`]),
    ];
  });
}

export function lockOfAnotherHost(ground: Ground, project: string, first: boolean): Promise<Ended> {
  return disturbed(first ? ground.fresh : ground.promoted, ground, async (place, history) => {
    const file = writeLock(place, project, 'elsewhere', 1);
    const said = await place.promote();
    note(history, 'promote', said);
    const unlock = await place.run(['state', 'unlock', 'staging', '--rehearse']);
    note(history, 'unlock', unlock);
    const kept = locksIn(place.home).includes(file);
    rmSync(file, { force: true });
    return [
      ...wrongSaid(place, said, { code: 14, failure: 'stack-locked' }),
      ...(kept && unlock.code === 1 && unlock.text.includes('ann@elsewhere') ? [] : [`unlock took it: ${unlock.text}`]),
    ];
  });
}

/** Writes a create that was cut off into the state; the thing itself is there, or not. */
export function pendingCreate(ground: Ground, urn: string, there: boolean): Promise<Ended> {
  return disturbed(ground.promoted, ground, async (place) => {
    const stack = stackFiles(place.home).find(({ resources }) => resources.some((one) => one.urn === urn));
    if (stack === undefined) throw new Error(`${urn} is in no state`);
    const file = JSON.parse(readFileSync(stack.file, 'utf8'));
    const { latest } = file.checkpoint;
    const found = latest.resources.find((one: { urn: string }) => one.urn === urn);
    latest.resources = latest.resources.filter((one: { urn: string }) => one.urn !== urn);
    latest.pending_operations = [{ type: 'creating', resource: { ...found, id: undefined, outputs: undefined } }];
    writeFileSync(stack.file, JSON.stringify(file));
    if (!there) changeThing(place, urn, (store, thing) => store.delete(thing.account, thing.type, thing.id));
    return [];
  });
}

type Thing = ReturnType<typeof thingsIn>[number];

function changeThing(place: Rehearsal, urn: string, act: (store: CloudStore, thing: Thing) => unknown): void {
  const thing = thingsIn(place.home).find((one) => one.urn === urn);
  if (thing === undefined) throw new Error(`${urn} is not in the cloud`);
  inCloud(place.home, (store) => act(store, thing));
}

/** Somebody else changes a thing, or takes it away: that is shown, and nothing is done about it before someone says what. */
export function drifted(ground: Ground, urn: string, gone: boolean): Promise<Ended> {
  return disturbed(ground.promoted, ground, async (place, history) => {
    changeThing(place, urn, (store, thing) => {
      if (gone) return store.delete(thing.account, thing.type, thing.id);
      const changed = { ...thing.inputs, description: 'changed by hand' };
      return store.put({ ...thing, inputs: changed, outputs: { ...thing.outputs, description: 'changed by hand' } });
    });
    const said = await place.promote();
    note(history, 'promote', said);
    const problems = wrongSaid(place, said, { code: 12, failure: 'drift-found', phase: 'Failed' });
    const name = urn.split('::').at(-1) ?? '';
    const over = await place.promote({}, '--drift', 'overwrite', '--waive', name);
    note(history, 'overwrite', over);
    return [...problems, ...wrongSaid(place, over, { code: 0, phase: 'Succeeded' })];
  });
}

/** Without the plugin nothing begins, and it is said which. */
export function pluginMissing(ground: Ground, path: string): Promise<Ended> {
  return disturbed(ground.fresh, ground, async (place, history) => {
    const said = await place.promote({ env: { PATH: path } });
    note(history, 'promote', said);
    return wrongSaid(place, said, { code: 1, failure: 'plugin-missing' });
  });
}
