/** Where the members of a process group listen, for telling an app that ignores PORT (Linux only). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { System } from '../../../system/system.ts';
import { membersOf } from './groups.ts';

export interface Listener {
  readonly port: number;
  /** It takes connections to 127.0.0.1. */
  readonly reachable: boolean;
}

const listening = '0A';
/** Addresses of /proc/net/tcp{,6} that take connections to 127.0.0.1. */
const reachable = new Set(['0100007F', '00000000', '0'.repeat(32), '0000000000000000FFFF00000100007F']);

/** Listening sockets by inode, from the text of /proc/net/tcp or tcp6. */
export function parseListeners(text: string): Map<string, Listener> {
  const found = new Map<string, Listener>();
  for (const row of text.split('\n').slice(1)) {
    const [, local = '', , state, , , , , , inode = ''] = row.trim().split(/\s+/);
    const [address = '', port = ''] = local.split(':');
    if (state === listening) found.set(inode, { port: Number.parseInt(port, 16), reachable: reachable.has(address) });
  }
  return found;
}

function tryTo<T>(act: () => T, otherwise: T): T {
  try {
    return act();
  } catch {
    // A process may end while it is looked at; its sockets are gone then.
    return otherwise;
  }
}

/** undefined where it cannot be known. */
export function listenersOf(system: System, group: number): readonly Listener[] | undefined {
  const members = membersOf(system, group);
  if (!members) return undefined;
  const all = new Map<string, Listener>();
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const text = tryTo(() => readFileSync(file, 'utf8'), '');
    for (const [inode, listener] of parseListeners(text)) all.set(inode, listener);
  }
  const found = new Map<string, Listener>();
  for (const pid of members) {
    for (const name of tryTo(() => readdirSync(`/proc/${pid}/fd`), [])) {
      const link = tryTo(() => readlinkSync(`/proc/${pid}/fd/${name}`), '');
      const listener = link.startsWith('socket:[') && all.get(link.slice(8, -1));
      if (listener) found.set(`${listener.port} ${listener.reachable}`, listener);
    }
  }
  return [...found.values()].sort((a, b) => a.port - b.port);
}
