/** Types that the index of tags of AWS knows: what their ARNs look like, and how an import names them. */
import { isRefused } from '../request.ts';
import { ec2 } from './account.ts';
import { type AwsCaller, xmlText } from './call.ts';

interface TaggedKind {
  /** What ARNs of the type hold. */
  readonly arn: RegExp;
  readonly id: (arn: string) => string;
  /** Deleted things keep their tags for an hour, or as long as they wait for their end. */
  readonly stands?: (aws: AwsCaller, id: string) => Promise<boolean>;
}

const afterSlash = (arn: string): string => arn.split('/').at(-1) ?? arn;
const afterColon = (arn: string): string => arn.split(':').at(-1) ?? arn;
const whole = (arn: string): string => arn;
/** `…:addon/<cluster>/<name>/<uuid>`. */
const ofCluster = (arn: string): string => arn.split('/').slice(1, 3).join(':');

/** `arn:aws:sqs:<region>:<account>:<name>`; an import takes the address. */
function queueAddress(arn: string): string {
  const [, partition, , region = '', account, name] = arn.split(':');
  return `https://sqs.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}/${account}/${name}`;
}

const gone = (error: unknown): false => {
  if (isRefused(error, 'NatGatewayNotFound', 'InvalidVpcEndpointId.NotFound', 'NotFoundException')) return false;
  throw error;
};

const inState =
  (action: string, field: string) =>
  async (aws: AwsCaller, id: string): Promise<boolean> => {
    const answer = await ec2(aws, action, { [`${field}.1`]: id }).catch(gone);
    return answer !== false && /^(pending|available|pendingAcceptance)$/i.test(xmlText(answer, 'state') ?? '');
  };

async function keyStands(aws: AwsCaller, KeyId: string): Promise<boolean> {
  const found = await aws
    .json<{ KeyMetadata?: { KeyState?: string } }>('kms', 'TrentService.DescribeKey', { KeyId })
    .catch(gone);
  return found !== false && !found.KeyMetadata?.KeyState?.startsWith('Pending');
}

const ec2Kinds: Readonly<Record<string, TaggedKind>> = {
  'aws:ec2/vpc:Vpc': { arn: /:vpc\/vpc-/, id: afterSlash },
  'aws:ec2/subnet:Subnet': { arn: /:subnet\/subnet-/, id: afterSlash },
  'aws:ec2/internetGateway:InternetGateway': { arn: /:internet-gateway\//, id: afterSlash },
  'aws:ec2/routeTable:RouteTable': { arn: /:route-table\//, id: afterSlash },
  'aws:ec2/securityGroup:SecurityGroup': { arn: /:security-group\//, id: afterSlash },
  'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule': { arn: /:security-group-rule\//, id: afterSlash },
  'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule': { arn: /:security-group-rule\//, id: afterSlash },
  'aws:ec2/eip:Eip': { arn: /:elastic-ip\//, id: afterSlash },
  'aws:ec2/natGateway:NatGateway': {
    arn: /:natgateway\//,
    id: afterSlash,
    stands: inState('DescribeNatGateways', 'NatGatewayId'),
  },
  'aws:ec2/vpcEndpoint:VpcEndpoint': {
    arn: /:vpc-endpoint\//,
    id: afterSlash,
    stands: inState('DescribeVpcEndpoints', 'VpcEndpointId'),
  },
  'aws:ec2/flowLog:FlowLog': { arn: /:vpc-flow-log\//, id: afterSlash },
  'aws:ec2/launchTemplate:LaunchTemplate': { arn: /:launch-template\//, id: afterSlash },
};

const dataKinds: Readonly<Record<string, TaggedKind>> = {
  'aws:rds/instance:Instance': { arn: /:rds:.*:db:/, id: afterColon },
  'aws:rds/parameterGroup:ParameterGroup': { arn: /:rds:.*:pg:/, id: afterColon },
  'aws:rds/subnetGroup:SubnetGroup': { arn: /:rds:.*:subgrp:/, id: afterColon },
  'aws:docdb/cluster:Cluster': { arn: /:rds:.*:cluster:/, id: afterColon },
  'aws:docdb/clusterInstance:ClusterInstance': { arn: /:rds:.*:db:/, id: afterColon },
  'aws:docdb/clusterParameterGroup:ClusterParameterGroup': { arn: /:rds:.*:cluster-pg:/, id: afterColon },
  'aws:docdb/subnetGroup:SubnetGroup': { arn: /:rds:.*:subgrp:/, id: afterColon },
  'aws:elasticache/replicationGroup:ReplicationGroup': { arn: /:elasticache:.*:replicationgroup:/, id: afterColon },
  'aws:elasticache/parameterGroup:ParameterGroup': { arn: /:elasticache:.*:parametergroup:/, id: afterColon },
  'aws:elasticache/subnetGroup:SubnetGroup': { arn: /:elasticache:.*:subnetgroup:/, id: afterColon },
  'aws:s3/bucket:Bucket': { arn: /:s3:::[^/]+$/, id: afterColon },
  'aws:dynamodb/table:Table': { arn: /:dynamodb:.*:table\/[^/]+$/, id: afterSlash },
  'aws:sns/topic:Topic': { arn: /:sns:/, id: whole },
  'aws:sqs/queue:Queue': { arn: /:sqs:/, id: queueAddress },
  'aws:secretsmanager/secret:Secret': { arn: /:secretsmanager:.*:secret:/, id: whole },
};

/** By Pulumi's type. */
export const tagged: Readonly<Record<string, TaggedKind>> = {
  ...ec2Kinds,
  ...dataKinds,
  'aws:kms/key:Key': { arn: /:kms:.*:key\//, id: afterSlash, stands: keyStands },
  'aws:cloudwatch/logGroup:LogGroup': {
    arn: /:logs:.*:log-group:/,
    id: (arn) => arn.replace(/^.*:log-group:/, '').replace(/:\*$/, ''),
  },
  'aws:eks/cluster:Cluster': { arn: /:eks:.*:cluster\//, id: afterSlash },
  'aws:eks/nodeGroup:NodeGroup': { arn: /:eks:.*:nodegroup\//, id: ofCluster },
  'aws:eks/addon:Addon': { arn: /:eks:.*:addon\//, id: ofCluster },
  'aws:ecr/repository:Repository': { arn: /:ecr:.*:repository\//, id: (arn) => arn.replace(/^.*:repository\//, '') },
  'aws:acm/certificate:Certificate': { arn: /:acm:.*:certificate\//, id: whole },
  'aws:lb/loadBalancer:LoadBalancer': { arn: /:loadbalancer\//, id: whole },
  'aws:lb/targetGroup:TargetGroup': { arn: /:targetgroup\//, id: whole },
  'aws:lb/listener:Listener': { arn: /:listener\//, id: whole },
};
