/** Firewall rules: nothing comes in but the load balancer's and its health checks' traffic, and calls of webhooks. */
import { Firewall, type FirewallArgs } from '@pulumi/gcp/compute/firewall.js';
import type { Input } from '@pulumi/pulumi';
import { environmentName } from '../../src/app/names.ts';
import type { GcpAddresses } from '../addresses.ts';
import { options, part } from '../context.ts';
import type { GcpContext } from './context.ts';

/** Where Google's load balancers and their health checks come from (documentation of Cloud Load Balancing). */
const loadBalancers = ['130.211.0.0/22', '35.191.0.0/16'];

/** Webhooks that the control plane calls: ingress-nginx, its admission, and Linkerd's injector, validators and tap. */
const webhookPorts = ['443', '8443', '8089', '9443', '9990'];

/** Tag of the machines of a cluster, which rules aim at. */
export function nodeTag(environment: string): string {
  return environmentName(environment, 'node', 63);
}

export function makeRules(context: GcpContext, network: Input<string>, addresses: GcpAddresses): void {
  part(context, 'net:Firewall', 'firewall', (inside) => {
    const log = { metadata: 'INCLUDE_ALL_METADATA' };
    const targetTags = [nodeTag(inside.environment)];
    const rules: Record<string, Omit<FirewallArgs, 'network' | 'name'>> = {
      'deny-all': {
        direction: 'INGRESS',
        priority: 65_534,
        denies: [{ protocol: 'all' }],
        sourceRanges: ['0.0.0.0/0'],
        logConfig: log,
      },
      'allow-load-balancer': {
        direction: 'INGRESS',
        priority: 1000,
        // With network endpoint groups the traffic goes to the pods themselves.
        allows: [{ protocol: 'tcp', ports: ['80', '443', '8443', '10254'] }],
        sourceRanges: loadBalancers,
        targetTags,
      },
      'allow-webhooks': {
        direction: 'INGRESS',
        priority: 1000,
        allows: [{ protocol: 'tcp', ports: webhookPorts }],
        sourceRanges: [addresses.controlPlane],
        targetTags,
      },
      'allow-inside': {
        direction: 'INGRESS',
        priority: 1000,
        allows: [{ protocol: 'tcp' }, { protocol: 'udp' }, { protocol: 'icmp' }],
        sourceRanges: [addresses.nodes, addresses.pods],
        targetTags,
      },
    };
    for (const [rule, args] of Object.entries(rules)) {
      const name = `rule-${rule}`;
      new Firewall(
        name,
        { name: environmentName(inside.environment, rule, 63), network, ...args },
        options(inside, name),
      );
    }
    return {};
  });
}
