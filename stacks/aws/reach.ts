/** From where the API of the cluster can be reached besides the VPC: NAT's addresses and those of whoever promotes. */
import { listFrom } from '../context.ts';
import { settingsOf, text } from '../settings.ts';
import { natCount } from '../sizing.ts';
import type { AwsContext } from './context.ts';

export function reachableFrom(context: AwsContext): string[] {
  const { input } = context;
  const own = text(settingsOf(input.app, 'base'), 'vpc_id') !== undefined;
  const count = own ? 0 : natCount(input.production, input.zones.length);
  const nat = listFrom(context, 'network', 'natAddresses', count).map((address) => `${address}/32`);
  const ranges = [...nat, ...(input.callers ?? [])];
  // The API refuses an empty list and would open to all: an address of the documentation's range lets nobody in.
  return ranges.length === 0 ? ['192.0.2.1/32'] : ranges;
}
