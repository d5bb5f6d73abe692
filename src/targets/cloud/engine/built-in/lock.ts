/** The lock of a stack: a file that says who holds it, in Pulumi's layout and words. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { EngineError, type Home, type StackPlace } from './home.ts';

interface Held {
  readonly pid: number;
  readonly username: string;
  readonly hostname: string;
  readonly timestamp: string;
}

function others(place: StackPlace, own: string): [string, Held][] {
  return readdirSync(place.locks)
    .filter((name) => name.endsWith('.json') && name !== own)
    .map((name) => [name, JSON.parse(readFileSync(join(place.locks, name), 'utf8'))]);
}

function refusal(place: StackPlace, held: readonly [string, Held][]): EngineError {
  const lines = held.map(
    ([name, { username, hostname: host, pid, timestamp }]) =>
      `  ${join(place.locks, name)}: created by ${username}@${host} (pid ${pid}) at ${timestamp}`,
  );
  return new EngineError(
    `the stack is currently locked by ${held.length} lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.\n${lines.join('\n')}`,
  );
}

/** Locks a stack; the answer unlocks it. Two that lock at once both give way. */
export function lockStack({ system }: Home, place: StackPlace): () => void {
  const name = `${crypto.randomUUID()}.json`;
  const file = join(place.locks, name);
  mkdirSync(place.locks, { recursive: true });
  const before = others(place, name);
  if (before.length > 0) throw refusal(place, before);
  const held: Held = {
    pid: system.pid,
    username: userInfo().username,
    hostname: hostname(),
    timestamp: new Date(system.clock.now()).toISOString(),
  };
  writeFileSync(file, JSON.stringify(held));
  const release = (): void => rmSync(file, { force: true });
  const meanwhile = others(place, name);
  if (meanwhile.length === 0) return release;
  release();
  throw refusal(place, meanwhile);
}

/** `pulumi cancel`: takes every lock away, whoever holds it. */
export function cancelLocks(place: StackPlace): void {
  rmSync(place.locks, { recursive: true, force: true });
}
