/** Ports for tests to name before anybody listens there: the kernel never gives them to somebody else meanwhile. */
import { readFileSync } from 'node:fs';
import { nodeSystem } from '../../src/system/node.ts';

const { network, pid } = nodeSystem();

/** Ports of one process: as many as no test file needs. */
const share = 200;
const lowest = 10_000;

/** Where the kernel takes ports from for those who do not care. */
function ephemeralFrom(): number {
  try {
    return Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split(/\s/, 1)[0]);
  } catch {
    // Elsewhere than on Linux: as IANA has it.
    return 49_152;
  }
}

const shares = Math.floor((Math.min(ephemeralFrom(), 49_152) - lowest) / share);
// Processes that run side by side have numbers side by side.
const first = lowest + (pid % Math.max(shares, 1)) * share;
let next = 0;

/** A port of 127.0.0.1 that nobody listens on, another one at each call. */
export async function freePort(): Promise<number> {
  while (shares > 0 && next < share) {
    const port = first + next;
    next += 1;
    if (await network.canListen(port)) return port;
  }
  return network.freePort();
}
