/** Looks for secrets where none may be: in what was said, in arguments, in plans, records, logs and states. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Rehearsal } from './rehearsal.ts';

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** The file that keeps them, the phrase that opens the states, and the clouds themselves, which are given secrets. */
const isKeeper = (file: string): boolean => /^(secrets\.json|passphrase|cloud\.sqlite.*)$/.test(basename(file));

function secretsOf(place: Rehearsal): ReadonlyMap<string, string> {
  const file = join(place.home, 'secrets.json');
  const made = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
  const phrases = filesBelow(place.folder).filter((one) => basename(one) === 'passphrase');
  return new Map([...Object.entries(made), ...phrases.map((one) => [one, readFileSync(one, 'utf8').trim()] as const)]);
}

/** Where each secret was found. */
export function leaksOf(place: Rehearsal): readonly string[] {
  const kept = filesBelow(place.folder).filter((file) => !isKeeper(file));
  const places = [
    ...kept.map((file) => [file, readFileSync(file, 'latin1')] as const),
    ['what opta said', place.heard.join('\n')] as const,
    ['arguments of a process', [...place.argvs].join('\n')] as const,
  ];
  return [...secretsOf(place)].flatMap(([name, secret]) =>
    places.filter(([, text]) => text.includes(secret)).map(([where]) => `the secret ${basename(name)} is in ${where}`),
  );
}
