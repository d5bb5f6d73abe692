/** The simulated AWS: ids, outputs and rules of the types that stacks use. */
import { arn, pair, prefixed } from './aws-forms.ts';
import { addressOf, type Kind, list, named, text } from './kind.ts';

const vpc = 'aws:ec2/vpc:Vpc';
const subnet = 'aws:ec2/subnet:Subnet';
const group = 'aws:ec2/securityGroup:SecurityGroup';
const table = 'aws:ec2/routeTable:RouteTable';
const cluster = 'aws:eks/cluster:Cluster';
const zone = 'aws:route53/zone:Zone';

const network: Readonly<Record<string, Kind>> = {
  [vpc]: {
    id: prefixed('vpc'),
    outputs: (birth) => ({
      arn: arn(birth, 'ec2', `vpc/${birth.id}`),
      ownerId: birth.setting.account,
      defaultSecurityGroupId: `sg-${birth.digits(16)}d`,
      mainRouteTableId: `rtb-${birth.digits(16)}d`,
      defaultRouteTableId: `rtb-${birth.digits(16)}d`,
      defaultNetworkAclId: `acl-${birth.digits(16)}d`,
    }),
  },
  [subnet]: {
    id: prefixed('subnet'),
    outputs: (birth) => ({ arn: arn(birth, 'ec2', `subnet/${birth.id}`), ownerId: birth.setting.account }),
    refers: { vpcId: [vpc] },
    unique: ['vpcId', 'cidrBlock'],
  },
  'aws:ec2/internetGateway:InternetGateway': { id: prefixed('igw'), refers: { vpcId: [vpc] }, unique: ['vpcId'] },
  [table]: { id: prefixed('rtb'), refers: { vpcId: [vpc] } },
  'aws:ec2/route:Route': {
    id: ({ inputs }) => `r-${text(inputs['routeTableId'])}${text(inputs['destinationCidrBlock'])}`,
    refers: { routeTableId: [table], natGatewayId: ['aws:ec2/natGateway:NatGateway'] },
    unique: ['routeTableId', 'destinationCidrBlock'],
  },
  'aws:ec2/routeTableAssociation:RouteTableAssociation': {
    id: prefixed('rtbassoc'),
    refers: { routeTableId: [table], subnetId: [subnet] },
    unique: ['subnetId', 'gatewayId'],
    free: ['routeTableId'],
  },
  'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup': {
    id: ({ digits }) => `sg-${digits(16)}d`,
    refers: { vpcId: [vpc] },
    unique: ['vpcId'],
  },
  'aws:ec2/vpcEndpoint:VpcEndpoint': {
    id: prefixed('vpce'),
    outputs: ({ digits }) => ({ prefixListId: `pl-${digits(8)}`, state: 'available' }),
    refers: { vpcId: [vpc] },
    unique: ['vpcId', 'serviceName'],
  },
  'aws:ec2/flowLog:FlowLog': { id: prefixed('fl'), refers: { vpcId: [vpc] }, unique: ['vpcId', 'logDestination'] },
  'aws:ec2/eip:Eip': {
    id: prefixed('eipalloc'),
    outputs: ({ id, digits }) => ({ allocationId: id, publicIp: addressOf(digits(8)) }),
  },
  'aws:ec2/natGateway:NatGateway': {
    id: prefixed('nat'),
    outputs: ({ inputs, other }) => ({
      publicIp: other('aws:ec2/eip:Eip', inputs['allocationId'])?.['publicIp'] ?? null,
    }),
    refers: { subnetId: [subnet], allocationId: ['aws:ec2/eip:Eip'] },
    unique: ['allocationId'],
  },
  [group]: {
    id: prefixed('sg'),
    outputs: (birth) => ({ name: named(birth), arn: arn(birth, 'ec2', `security-group/${birth.id}`) }),
    refers: { vpcId: [vpc] },
    unique: ['vpcId', 'name'],
    fixed: ['description'],
  },
  'aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule': {
    id: prefixed('sgr'),
    outputs: ({ id }) => ({ securityGroupRuleId: id }),
    refers: { securityGroupId: [group], referencedSecurityGroupId: [group] },
    unique: ['securityGroupId', 'ipProtocol', 'fromPort', 'toPort', 'cidrIpv4', 'referencedSecurityGroupId'],
  },
  'aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule': {
    id: prefixed('sgr'),
    outputs: ({ id }) => ({ securityGroupRuleId: id }),
    refers: { securityGroupId: [group], referencedSecurityGroupId: [group] },
    unique: ['securityGroupId', 'ipProtocol', 'fromPort', 'toPort', 'cidrIpv4', 'referencedSecurityGroupId'],
  },
  'aws:ec2/launchTemplate:LaunchTemplate': {
    id: prefixed('lt'),
    outputs: (birth) => ({ name: named(birth), arn: arn(birth, 'ec2', birth.id), latestVersion: 1, defaultVersion: 1 }),
    unique: ['name'],
  },
};

const compute: Readonly<Record<string, Kind>> = {
  [cluster]: {
    id: named,
    outputs: (birth) => ({
      arn: arn(birth, 'eks', `cluster/${birth.id}`),
      endpoint: `https://${birth.digits(32).toUpperCase()}.gr7.${birth.setting.region}.eks.amazonaws.com`,
      certificateAuthority: { data: Buffer.from(birth.digits(48)).toString('base64') },
      certificateAuthorities: [{ data: Buffer.from(birth.digits(48)).toString('base64') }],
      identities: [
        { oidcs: [{ issuer: `https://oidc.eks.${birth.setting.region}.amazonaws.com/id/${birth.digits(32)}` }] },
      ],
      vpcConfig: { ...(birth.inputs['vpcConfig'] as object), clusterSecurityGroupId: `sg-${birth.digits(16)}e` },
      platformVersion: 'eks.9',
      status: 'ACTIVE',
    }),
    unique: ['name'],
  },
  'aws:eks/addon:Addon': {
    id: pair('clusterName', 'addonName', ':'),
    outputs: (birth) => ({ arn: arn(birth, 'eks', `addon/${birth.id}`) }),
    refers: { clusterName: [cluster] },
    unique: ['clusterName', 'addonName'],
  },
  'aws:eks/accessEntry:AccessEntry': {
    id: pair('clusterName', 'principalArn', ':'),
    refers: { clusterName: [cluster] },
    unique: ['clusterName', 'principalArn'],
  },
  'aws:eks/accessPolicyAssociation:AccessPolicyAssociation': {
    id: ({ inputs }) => `${text(inputs['clusterName'])}#${text(inputs['principalArn'])}#${text(inputs['policyArn'])}`,
    refers: { clusterName: [cluster] },
    unique: ['clusterName', 'principalArn', 'policyArn'],
  },
  'aws:eks/podIdentityAssociation:PodIdentityAssociation': {
    id: prefixed('a'),
    outputs: (birth) => ({
      associationId: birth.id,
      associationArn: arn(birth, 'eks', `podidentityassociation/${birth.id}`),
    }),
    refers: { clusterName: [cluster] },
    unique: ['clusterName', 'namespace', 'serviceAccount'],
  },
  'aws:eks/nodeGroup:NodeGroup': {
    id: (birth) => `${text(birth.inputs['clusterName'])}:${text(birth.inputs['nodeGroupName']) || named(birth)}`,
    outputs: (birth) => ({
      arn: arn(birth, 'eks', `nodegroup/${birth.id}`),
      nodeGroupName: text(birth.inputs['nodeGroupName']) || named(birth),
      resources: [{ autoscalingGroups: [{ name: `eks-${birth.id.split(':')[1]}-${birth.digits(8)}` }] }],
      status: 'ACTIVE',
    }),
    refers: { clusterName: [cluster] },
    unique: ['clusterName', 'nodeGroupName'],
    fixed: ['instanceTypes', 'amiType', 'capacityType', 'subnetIds', 'nodeRoleArn', 'diskSize'],
  },
  'aws:autoscaling/tag:Tag': {
    id: ({ inputs }) => `${text(inputs['autoscalingGroupName'])},${text((inputs['tag'] as { key?: string })?.key)}`,
  },
  'aws:lb/loadBalancer:LoadBalancer': {
    id: (birth) => arn(birth, 'elasticloadbalancing', `loadbalancer/net/${named(birth)}/${birth.digits(16)}`),
    outputs: (birth) => ({
      arn: birth.id,
      arnSuffix: birth.id.split(':loadbalancer/')[1] ?? '',
      dnsName: `${named(birth)}-${birth.digits(16)}.elb.${birth.setting.region}.amazonaws.com`,
      zoneId: 'Z26RNL4JYFTOTI',
    }),
    unique: ['name'],
  },
  'aws:lb/targetGroup:TargetGroup': {
    id: (birth) => arn(birth, 'elasticloadbalancing', `targetgroup/${named(birth)}/${birth.digits(16)}`),
    outputs: (birth) => ({ arn: birth.id, name: named(birth) }),
    refers: { vpcId: [vpc] },
    unique: ['name'],
  },
  'aws:lb/listener:Listener': {
    id: (birth) => arn(birth, 'elasticloadbalancing', `listener/net/${birth.digits(32)}`),
    outputs: ({ id }) => ({ arn: id }),
    refers: { loadBalancerArn: ['aws:lb/loadBalancer:LoadBalancer'] },
    unique: ['loadBalancerArn', 'port'],
    free: ['port', 'protocol'],
  },
  [zone]: {
    id: ({ digits }) => `Z${digits(13).toUpperCase()}`,
    outputs: (birth) => ({
      zoneId: birth.id,
      arn: arn(birth, 'route53', `hostedzone/${birth.id}`, true),
      nameServers: ['org', 'com', 'net', 'co.uk'].map((end, at) => `ns-${at * 512 + 7}.awsdns-0${at}.${end}`),
    }),
  },
  'aws:route53/record:Record': {
    id: ({ inputs }) => `${text(inputs['zoneId'])}_${text(inputs['name'])}_${text(inputs['type'])}`,
    outputs: ({ inputs }) => ({ fqdn: text(inputs['name']) }),
    refers: { zoneId: [zone] },
    unique: ['zoneId', 'name', 'type', 'setIdentifier'],
  },
  'aws:acm/certificate:Certificate': {
    id: (birth) => arn(birth, 'acm', `certificate/${birth.digits(32)}`),
    outputs: ({ inputs, id, digits }) => ({
      arn: id,
      status: 'PENDING_VALIDATION',
      domainValidationOptions: [inputs['domainName'], ...list(inputs['subjectAlternativeNames'])].map((domain) => ({
        domainName: domain,
        resourceRecordName: `_${digits(32)}.${text(domain).replace(/^\*\./, '')}.`,
        resourceRecordType: 'CNAME',
        resourceRecordValue: `_${digits(48).slice(16)}.acm-validations.aws.`,
      })),
    }),
    fixed: ['subjectAlternativeNames', 'validationMethod', 'keyAlgorithm'],
  },
  'aws:acm/certificateValidation:CertificateValidation': {
    id: ({ digits }) => `2026-01-01 00:00:00.${digits(6)} +0000 UTC`,
    refers: { certificateArn: ['aws:acm/certificate:Certificate'] },
    identity: ['certificateArn'],
    fixed: ['certificateArn', 'validationRecordFqdns'],
  },
};

export const awsBaseKinds: Readonly<Record<string, Kind>> = { ...network, ...compute };
