/** Security groups: the world reaches the load balancer, the load balancer reaches the nodes, nothing else comes in. */
import { SecurityGroup } from '@pulumi/aws/ec2/securityGroup.js';
import { SecurityGroupEgressRule } from '@pulumi/aws/vpc/securityGroupEgressRule.js';
import { SecurityGroupIngressRule } from '@pulumi/aws/vpc/securityGroupIngressRule.js';
import type { Input, Output } from '@pulumi/pulumi';
import { options, part, tagged } from '../context.ts';
import { controllerPorts, publicPorts } from '../settings.ts';
import type { AwsContext } from './context.ts';

export interface Groups {
  readonly nodes: Output<string>;
  readonly loadBalancer: Output<string>;
}

export function makeGroups(context: AwsContext, vpcId: Input<string>): Groups {
  return part(context, 'net:Firewall', 'firewall', (inside) => {
    const nodes = group(inside, vpcId, 'nodes', 'Nodes and pods.');
    const loadBalancer = group(inside, vpcId, 'load-balancer', 'The load balancer.');
    const tcp = (port: number) => ({ fromPort: port, toPort: port, ipProtocol: 'tcp' });
    for (const port of publicPorts(inside.input.app)) {
      const open = `public-${port}`;
      new SecurityGroupIngressRule(
        open,
        { securityGroupId: loadBalancer, cidrIpv4: '0.0.0.0/0', ...tcp(port), tags: tagged(inside, open) },
        options(inside, open),
      );
      const target = podPort(inside, port);
      const out = `load-balancer-to-nodes-${port}`;
      new SecurityGroupEgressRule(
        out,
        { securityGroupId: loadBalancer, referencedSecurityGroupId: nodes, ...tcp(target), tags: tagged(inside, out) },
        options(inside, out),
      );
      const into = `nodes-from-load-balancer-${port}`;
      new SecurityGroupIngressRule(
        into,
        { securityGroupId: nodes, referencedSecurityGroupId: loadBalancer, ...tcp(target), tags: tagged(inside, into) },
        options(inside, into),
      );
    }
    const name = 'nodes-outside';
    new SecurityGroupEgressRule(
      name,
      {
        securityGroupId: nodes,
        description: 'Registries, APIs and databases outside, through NAT.',
        cidrIpv4: '0.0.0.0/0',
        ipProtocol: '-1',
        tags: tagged(inside, name),
      },
      options(inside, name),
    );
    return { nodes, loadBalancer };
  });
}

/** Port of the controller's pods behind one of the load balancer. */
function podPort({ input }: AwsContext, port: number): number {
  const { http, https } = controllerPorts(input.app);
  if (port === 80) return http;
  return port === 443 ? https : port;
}

function group(context: AwsContext, vpcId: Input<string>, name: string, description: string): Output<string> {
  const full = `opta-${context.environment}-${name}`;
  const made = new SecurityGroup(
    `group-${name}`,
    { vpcId, name: full, description, tags: tagged(context, `group-${name}`, { Name: full }) },
    options(context, `group-${name}`),
  );
  return made.id;
}
