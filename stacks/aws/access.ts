/** Who reaches a database: the nodes, on its port, and nobody else. */
import { SecurityGroup } from '@pulumi/aws/ec2/securityGroup.js';
import { SecurityGroupIngressRule } from '@pulumi/aws/vpc/securityGroupIngressRule.js';
import type { Output } from '@pulumi/pulumi';
import type { Resource } from '../../src/app/app.ts';
import { resourceName } from '../../src/app/names.ts';
import { from, options, tagged } from '../context.ts';
import type { AwsContext } from './context.ts';

/** A security group of the resource's own. */
export function accessGroup(context: AwsContext, { layer, name }: Resource, port: number): Output<string> {
  const resource = `group-${layer}_${name}`;
  const title = `opta-${resourceName(context.environment, layer, name)}`;
  const group = new SecurityGroup(
    resource,
    {
      vpcId: from(context, 'network', 'vpcId'),
      name: title,
      description: `Reaches ${name} of ${layer}.`,
      tags: tagged(context, resource, { Name: title }),
    },
    options(context, resource),
  );
  const rule = `${resource}-from-nodes`;
  new SecurityGroupIngressRule(
    rule,
    {
      securityGroupId: group.id,
      referencedSecurityGroupId: from(context, 'network', 'nodeGroupId'),
      ipProtocol: 'tcp',
      fromPort: port,
      toPort: port,
      tags: tagged(context, rule),
    },
    options(context, rule),
  );
  return group.id;
}
