/** Goes on after a disturbed promotion as a person would: promotes again, unlocks what nobody holds, waits for who works. */
import { setTimeout as sleep } from 'node:timers/promises';
import { leaksOf } from './leaks.ts';
import type { Rehearsal, RunWatch, Said } from './rehearsal.ts';
import { comparable, differencesOf, remains } from './standing.ts';

/** What was said, run by run: exit codes with the failures' codes. */
export type History = string[];

export function note(history: History, what: string, { code, signal, codes, failures }: Said): void {
  const bugs = code === 70 ? [failures.join('; ').slice(0, 600)] : [];
  const told = [...new Set(codes), ...bugs];
  history.push(`${what} ${signal ?? code}${told.length === 0 ? '' : ` (${told.join(', ')})`}`);
}

/** Milliseconds that somebody who still works may take. */
const patience = 180_000;

/** Milliseconds after which a wait is told. */
const long = 10_000;

async function untilNobodyWorks(place: Rehearsal, history: History): Promise<void> {
  const begun = performance.now();
  let last = place.living();
  for (let now = last; now.length > 0; now = place.living()) {
    last = now;
    if (performance.now() > begun + patience) {
      throw new Error(`still there: ${last.map(({ pid, role }) => `${role} ${pid}`)}`);
    }
    await sleep(100);
  }
  const waited = performance.now() - begun;
  if (waited < long) return;
  history.push(`${Math.round(waited / 1000)} s until the end of ${last.map(({ argv }) => argv.slice(0, 4).join(' '))}`);
}

interface Finding {
  readonly kind: 'locked' | 'stale-lock' | 'cut-off';
}

/** Locked: takes stale locks away, or waits for who holds them. */
async function freed(place: Rehearsal, history: History): Promise<void> {
  const doctor = await place.run(['state', 'doctor', 'staging', '--rehearse', '--json']);
  const findings = JSON.parse(doctor.text) as readonly Finding[];
  history.push(`doctor ${[...new Set(findings.map(({ kind }) => kind))].join(', ') || 'finds nothing'}`);
  if (findings.some(({ kind }) => kind === 'stale-lock')) {
    note(history, 'unlock', await place.run(['state', 'unlock', 'staging', '--rehearse']));
    return;
  }
  await untilNobodyWorks(place, history);
}

/** Promotes (or destroys) until that is done. The answer is what kept it from that; nothing when it came to its end. */
export async function goOn(
  place: Rehearsal,
  history: History,
  act: (watch?: RunWatch) => Promise<Said> = (watch) => place.promote(watch),
): Promise<readonly string[]> {
  let last: Said | undefined;
  for (let tries = 0; tries < 5; tries++) {
    last = await act();
    note(history, 'again', last);
    if (last.code === 0) return [];
    if (last.code === 13 || last.code === 1) history.push(last.failures.join('; ').slice(0, 300));
    if (last.code === 14) await freed(place, history);
    else if (last.code !== 13 && last.code !== 1) break;
  }
  return [`it never came to its end: ${last?.text.trim().split('\n').slice(-12).join('\n')}`];
}

/** How the end differs from that of an undisturbed run. */
export async function wrongAtTheEnd(
  place: Rehearsal,
  undisturbed: readonly string[],
  history: History,
): Promise<readonly string[]> {
  await untilNobodyWorks(place, history);
  const last = place.records().at(-1);
  return [
    ...differencesOf(undisturbed, comparable(place.home)),
    ...remains(place.home),
    ...leaksOf(place),
    ...(last?.phase === 'Succeeded' ? [] : [`the last record is ${last?.phase}`]),
  ];
}
