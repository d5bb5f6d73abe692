/** A raw connection that is joined, with its hop when it has one: told of when it opens and when it has ended. */
import type { Duplex } from 'node:stream';
import { type Carried, tunnel } from '../mesh/tunnel.ts';
import { Passing } from './passing.ts';
import type { Open } from './tracer.ts';

export async function tunnelTraced(a: Duplex, b: Duplex, idleMs: number, hop: Open | undefined): Promise<Carried> {
  if (hop === undefined) return tunnel(a, b, idleMs);
  const passing = new Passing('tcp');
  hop.tell({ status: 'open', failed: false, connection: passing.connection() });
  const carried = await tunnel(a, b, idleMs, passing);
  hop.end({ status: 'closed', failed: false, connection: passing.over().connection() });
  return carried;
}
