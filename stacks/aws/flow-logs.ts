/** Flow logs: who talked to whom in the VPC, encrypted, kept as long as the file says. */
import { LogGroup } from '@pulumi/aws/cloudwatch/logGroup.js';
import { FlowLog } from '@pulumi/aws/ec2/flowLog.js';
import { Role } from '@pulumi/aws/iam/role.js';
import { RolePolicy } from '@pulumi/aws/iam/rolePolicy.js';
import { type Input, interpolate } from '@pulumi/pulumi';
import { shortened } from '../../src/app/names.ts';
import { options, part, tagged } from '../context.ts';
import { retentionDays } from '../sizing.ts';
import { type AwsContext, arn } from './context.ts';
import { policyDocument, trustOf } from './policy-document.ts';

export function makeFlowLogs(context: AwsContext, vpcId: Input<string>, kmsKeyId: Input<string>, days: number): void {
  part(context, 'net:FlowLogs', 'flow-logs', (inside) => {
    const group = new LogGroup(
      'flow-log-group',
      {
        name: `/opta/${inside.environment}/flow`,
        kmsKeyId,
        retentionInDays: retentionDays(days),
        tags: tagged(inside, 'flow-log-group'),
      },
      options(inside, 'flow-log-group'),
    );
    const role = new Role(
      'flow-log-role',
      {
        name: shortened(`opta-${inside.environment}-flow-logs`, 64),
        assumeRolePolicy: trustOf('vpc-flow-logs.amazonaws.com', inside.account),
        tags: tagged(inside, 'flow-log-role'),
      },
      options(inside, 'flow-log-role'),
    );
    const policy = new RolePolicy(
      'flow-log-policy',
      {
        name: 'write',
        role: role.name,
        policy: policyDocument(
          {
            Action: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
            Resource: [group.arn, interpolate`${group.arn}:*`],
          },
          // Asked of all groups of the region, whichever is meant.
          { Action: ['logs:DescribeLogGroups'], Resource: [arn(inside, 'logs', 'log-group:*')] },
        ),
      },
      options(inside, 'flow-log-policy'),
    );
    new FlowLog(
      'flow-log',
      {
        vpcId,
        trafficType: 'ALL',
        logDestinationType: 'cloud-watch-logs',
        logDestination: group.arn,
        iamRoleArn: role.arn,
        tags: tagged(inside, 'flow-log'),
      },
      { ...options(inside, 'flow-log'), dependsOn: [policy] },
    );
    return {};
  });
}
