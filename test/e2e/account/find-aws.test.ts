/** What stands in an account of AWS and is in no state is found by our tags or by its name; moto stands in for AWS. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeSystem } from '../../../src/system/node.ts';
import { type AwsCaller, awsCaller, xmlText } from '../../../src/targets/cloud/account/aws/call.ts';
import { awsFinder } from '../../../src/targets/cloud/account/aws/find.ts';
import type { Finder } from '../../../src/targets/cloud/account/find.ts';
import { motoLacking, type StandIn, startMoto } from '../../support/stand-ins.ts';

const lacking = motoLacking();
if (lacking !== undefined) console.log(`skipped: ${lacking}`);

const account = '123456789012';
const stackTags = { 'opta:environment': 'staging', 'opta:organisation': 'acme', 'opta:stack': 'network' };
const tagsOf = (name: string, stack = stackTags) => ({ ...stack, 'opta:resource': `network/${name}` });
const pairs = (tags: object) => Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
const zoneRequest = `<?xml version="1.0"?><CreateHostedZoneRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/">
<Name>shop.example.com</Name><CallerReference>one</CallerReference></CreateHostedZoneRequest>`;

describe.skipIf(lacking !== undefined)('what stands in an account of AWS', { timeout: 120_000 }, () => {
  let moto: StandIn;
  let aws: AwsCaller;
  let finder: Finder;

  beforeAll(async () => {
    moto = await startMoto(['ec2', 'tagging', 'kms', 'sqs', 'logs', 'iam', 'route53']);
    const options = {
      environment: {
        ...{ name: 'staging', organisation: 'acme', cloud: 'aws' as const, region: 'us-east-1', account },
        ...{ production: false, domain: undefined, delegated: false },
      },
      ...{ bucketName: 'unused', env: { AWS_ENDPOINT_URL: moto.url }, now: () => Date.now(), hide: () => {} },
      sleep: (ms: number) => nodeSystem().clock.sleep(ms),
      signal: new AbortController().signal,
    };
    aws = awsCaller(options, async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI' }));
    finder = awsFinder(aws, stackTags, { account, region: 'us-east-1' });
  }, 120_000);
  afterAll(() => moto?.stop());

  const ec2 = async (Action: string, answer: string, fields: Readonly<Record<string, string>>, tags?: object) => {
    const kind =
      { CreateVpc: 'vpc', CreateNatGateway: 'natgateway', AllocateAddress: 'elastic-ip' }[Action] ?? 'subnet';
    const marks = pairs(tags ?? {}).flatMap(({ Key, Value }, at): [string, string][] => [
      [`TagSpecification.1.Tag.${at + 1}.Key`, Key],
      [`TagSpecification.1.Tag.${at + 1}.Value`, Value],
    ]);
    const marked = tags === undefined ? {} : { 'TagSpecification.1.ResourceType': kind, ...Object.fromEntries(marks) };
    return xmlText(await aws.query('ec2', '2016-11-15', { Action, ...fields, ...marked }), answer) ?? '';
  };

  test('is the one that bears all our tags, and none of another environment or name', async () => {
    const vpc = await ec2('CreateVpc', 'vpcId', { CidrBlock: '10.1.0.0/16' }, tagsOf('vpc'));
    await ec2(
      'CreateVpc',
      'vpcId',
      { CidrBlock: '10.2.0.0/16' },
      tagsOf('vpc', { ...stackTags, 'opta:environment': 'b' }),
    );
    const type = 'aws:ec2/vpc:Vpc';
    finder.anew();
    expect(await finder.find(type, { cidrBlock: '10.1.0.0/16', tags: tagsOf('vpc') })).toEqual([vpc]);
    expect(await finder.find(type, { tags: tagsOf('other') })).toEqual([]);
    expect(await finder.find('aws:ec2/subnet:Subnet', { tags: tagsOf('vpc') })).toEqual([]);
    await ec2('CreateVpc', 'vpcId', { CidrBlock: '10.1.0.0/16' }, tagsOf('vpc'));
    finder.anew();
    expect(await finder.find(type, { tags: tagsOf('vpc') })).toHaveLength(2);
    expect(finder.lagMs(type)).toBeGreaterThan(0);
  });

  test('is no NAT gateway that was deleted, though its tags stay for an hour', async () => {
    const vpcId = await ec2('CreateVpc', 'vpcId', { CidrBlock: '10.3.0.0/16' });
    const subnet = await ec2('CreateSubnet', 'subnetId', { VpcId: vpcId, CidrBlock: '10.3.0.0/24' });
    const address = await ec2('AllocateAddress', 'allocationId', { Domain: 'vpc' });
    const fields = { SubnetId: subnet, AllocationId: address };
    const gateway = await ec2('CreateNatGateway', 'natGatewayId', fields, tagsOf('nat-0'));
    finder.anew();
    const nat = () => finder.find('aws:ec2/natGateway:NatGateway', { tags: tagsOf('nat-0') });
    expect(await nat()).toEqual([gateway]);
    await aws.query('ec2', '2016-11-15', { Action: 'DeleteNatGateway', NatGatewayId: gateway });
    expect(await nat()).toEqual([]);
  });

  test('is no key that waits for its end, and an alias only of that very key', async () => {
    const made = await aws.json<{ KeyMetadata: { KeyId: string } }>('kms', 'TrentService.CreateKey', {
      Tags: pairs(tagsOf('key-data')).map(({ Key, Value }) => ({ TagKey: Key, TagValue: Value })),
    });
    const { KeyId } = made.KeyMetadata;
    await aws.json('kms', 'TrentService.CreateAlias', { AliasName: 'alias/opta-staging-data', TargetKeyId: KeyId });
    const alias = (targetKeyId: string) =>
      finder.find('aws:kms/alias:Alias', { name: 'alias/opta-staging-data', targetKeyId });
    finder.anew();
    const key = () => finder.find('aws:kms/key:Key', { tags: tagsOf('key-data') });
    expect(await key()).toEqual([KeyId]);
    expect(await alias(KeyId)).toEqual(['alias/opta-staging-data']);
    expect(await alias('another')).toEqual([]);
    await aws.json('kms', 'TrentService.ScheduleKeyDeletion', { KeyId });
    expect(await key()).toEqual([]);
  });

  test('is a queue by its address, and a group of logs by its name', async () => {
    const tags = tagsOf('queue');
    await aws.query('sqs', '2012-11-05', {
      ...{ Action: 'CreateQueue', QueueName: 'staging-orders' },
      ...Object.fromEntries(
        pairs(tags).flatMap(({ Key, Value }, at) => [
          [`Tag.${at + 1}.Key`, Key],
          [`Tag.${at + 1}.Value`, Value],
        ]),
      ),
    });
    await aws.json('logs', 'Logs_20140328.CreateLogGroup', { logGroupName: '/opta/staging', tags: tagsOf('logs') });
    finder.anew();
    expect(await finder.find('aws:sqs/queue:Queue', { tags })).toEqual([
      `https://sqs.us-east-1.amazonaws.com/${account}/staging-orders`,
    ]);
    expect(await finder.find('aws:cloudwatch/logGroup:LogGroup', { tags: tagsOf('logs') })).toEqual(['/opta/staging']);
  });

  test('is a role by its name when its tags are ours', async () => {
    const create = (RoleName: string, tags: object) =>
      aws.query('iam', '2010-05-08', {
        ...{ Action: 'CreateRole', RoleName, AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[]}' },
        ...Object.fromEntries(
          pairs(tags).flatMap(({ Key, Value }, at) => [
            [`Tags.member.${at + 1}.Key`, Key],
            [`Tags.member.${at + 1}.Value`, Value],
          ]),
        ),
      });
    await create('opta-staging-nodes', tagsOf('role-nodes'));
    await create('opta-staging-other', { owner: 'ada' });
    const role = (name: string) => finder.find('aws:iam/role:Role', { name, tags: tagsOf('role-nodes') });
    expect(await role('opta-staging-nodes')).toEqual(['opta-staging-nodes']);
    expect(await role('opta-staging-other')).toEqual([]);
    expect(await role('nobody')).toEqual([]);
    expect(await role('<network.name>')).toEqual([]);
  });

  test('is a route of its table, and the way a subnet goes', async () => {
    const vpcId = await ec2('CreateVpc', 'vpcId', { CidrBlock: '10.4.0.0/16' });
    const subnetId = await ec2('CreateSubnet', 'subnetId', { VpcId: vpcId, CidrBlock: '10.4.0.0/24' });
    const gateway = await ec2('CreateInternetGateway', 'internetGatewayId', {});
    await ec2('AttachInternetGateway', 'return', { VpcId: vpcId, InternetGatewayId: gateway });
    const routeTableId = await ec2('CreateRouteTable', 'routeTableId', { VpcId: vpcId });
    const route = { routeTableId, destinationCidrBlock: '0.0.0.0/0' };
    const [way, association] = ['aws:ec2/route:Route', 'aws:ec2/routeTableAssociation:RouteTableAssociation'] as const;
    expect(await finder.find(way, route)).toEqual([]);
    const fields = { RouteTableId: routeTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: gateway };
    await ec2('CreateRoute', 'return', fields);
    expect(await finder.find(way, route)).toEqual([`${routeTableId}_0.0.0.0/0`]);
    expect(await finder.find(association, { routeTableId, subnetId })).toEqual([]);
    await ec2('AssociateRouteTable', 'associationId', { RouteTableId: routeTableId, SubnetId: subnetId });
    expect(await finder.find(association, { routeTableId, subnetId })).toEqual([`${subnetId}/${routeTableId}`]);
    expect(await finder.find(way, { ...route, routeTableId: 'rtb-gone' })).toEqual([]);
  });

  test('is a zone with our tags, and a record that says what ours would', async () => {
    const call = (action: string, method: 'POST', path: string, body: string) =>
      aws.call({ service: 'route53', action, method, path: `/2013-04-01${path}`, body });
    const { text } = await call('CreateHostedZone', 'POST', '/hostedzone', zoneRequest);
    const zoneId = xmlText(text, 'Id')?.split('/').at(-1) ?? '';
    const zone = { name: 'shop.example.com', tags: tagsOf('zone') };
    expect(await finder.find('aws:route53/zone:Zone', zone)).toEqual([]);
    const marks = pairs(tagsOf('zone')).map(({ Key, Value }) => `<Tag><Key>${Key}</Key><Value>${Value}</Value></Tag>`);
    const tags = `<ChangeTagsForResourceRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><AddTags>${marks.join('')}</AddTags></ChangeTagsForResourceRequest>`;
    await call('ChangeTagsForResource', 'POST', `/tags/hostedzone/${zoneId}`, tags);
    expect(await finder.find('aws:route53/zone:Zone', zone)).toEqual([zoneId]);
    const set = `<Name>shop.example.com</Name><Type>CAA</Type><TTL>3600</TTL><ResourceRecords><ResourceRecord><Value>0 issue &quot;amazon.com&quot;</Value></ResourceRecord></ResourceRecords>`;
    const change = `<ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeBatch><Changes><Change><Action>CREATE</Action><ResourceRecordSet>${set}</ResourceRecordSet></Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>`;
    const record = (value: string) =>
      finder.find('aws:route53/record:Record', {
        ...{ zoneId, name: 'shop.example.com', type: 'CAA' },
        records: [value],
      });
    expect(await record('0 issue "amazon.com"')).toEqual([]);
    await call('ChangeResourceRecordSets', 'POST', `/hostedzone/${zoneId}/rrset`, change);
    expect(await record('0 issue "amazon.com"')).toEqual([`${zoneId}_shop.example.com_CAA`]);
    expect(await record('0 issue "letsencrypt.org"')).toEqual([]);
  });

  test('is not looked for where a person must: Atlas', () => {
    expect(finder.byHand('mongodbatlas:index/advancedCluster:AdvancedCluster')).toContain('cloud.mongodb.com');
    expect(finder.byHand('aws:ec2/vpc:Vpc')).toBeUndefined();
    expect(finder.byHand('aws:s3/bucketPolicy:BucketPolicy')).toBeUndefined();
  });
});
