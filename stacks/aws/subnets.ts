/** Subnets of the environment by what stands in them, as the network stack gave them. */
import { listFrom } from '../context.ts';
import { settingsOf, texts } from '../settings.ts';
import type { AwsContext } from './context.ts';

/** As many as there are zones, or as a network of the user's own has. */
function subnets(context: AwsContext, tier: 'data' | 'private' | 'public' | 'cluster'): string[] {
  const base = settingsOf(context.input.app, 'base');
  const own = texts(base, tier === 'public' ? 'public_subnet_ids' : 'private_subnet_ids');
  return listFrom(context, 'network', `${tier}SubnetIds`, own?.length ?? context.input.zones.length);
}

export const dataSubnets = (context: AwsContext): string[] => subnets(context, 'data');
export const privateSubnets = (context: AwsContext): string[] => subnets(context, 'private');
export const publicSubnets = (context: AwsContext): string[] => subnets(context, 'public');
export const clusterSubnets = (context: AwsContext): string[] => subnets(context, 'cluster');
