/** The plan of a network's addresses on Google Cloud, the same in every stack that asks. */
import type { StackInput } from '../../src/app/stacks.ts';
import { type GcpAddresses, planGcp } from '../addresses.ts';
import { settingsOf, text } from '../settings.ts';

/** What the file writes wins, the rest follows from the environment's range. */
export function addressesOf({ app, addressRange }: StackInput): GcpAddresses {
  const base = settingsOf(app, 'base');
  const caches = app.resources.filter(({ type }) => type === 'redis').length;
  return planGcp(addressRange, caches, {
    nodes: text(base, 'private_ipv4_cidr_block'),
    pods: text(base, 'cluster_ipv4_cidr_block'),
    services: text(base, 'services_ipv4_cidr_block'),
    controlPlane: text(base, 'k8s_master_ipv4_cidr_block'),
  });
}
