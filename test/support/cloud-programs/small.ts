/** A stack as small as makes every kind of step: a VPC with subnets, NAT with a kept address, a key, a secret. */
import * as aws from '@pulumi/aws/ec2/index.js';
import { Key } from '@pulumi/aws/kms/key.js';
import { Provider } from '@pulumi/aws/provider.js';
import { Secret } from '@pulumi/aws/secretsmanager/secret.js';
import { SecretVersion } from '@pulumi/aws/secretsmanager/secretVersion.js';
import { ComponentResource, Config, type CustomResourceOptions } from '@pulumi/pulumi/index.js';
import type { StackInput } from '../../../src/app/stacks.ts';

class Addresses extends ComponentResource {}

/** What an account has already, where a test says so. */
async function standing({ retained }: StackInput, provider: Provider): Promise<void> {
  const role = retained['role'];
  if (role !== undefined) {
    const { ServiceLinkedRole } = await import('@pulumi/aws/iam/serviceLinkedRole.js');
    const guard = {
      import: role,
      protect: true,
      retainOnDelete: true,
      ignoreChanges: ['description', 'tags', 'tagsAll'],
    };
    new ServiceLinkedRole('role', { awsServiceName: 'autoscaling.amazonaws.com' }, { provider, ...guard });
  }
  const zone = retained['zone'];
  if (zone !== undefined) {
    const [google, dns] = await Promise.all([
      import('@pulumi/gcp/provider.js'),
      import('@pulumi/gcp/dns/managedZone.js'),
    ]);
    const own = new google.Provider('gcp', { project: 'acme', region: 'europe-west3', defaultLabels: { of: 'small' } });
    const labels = { 'opta-resource': 'zone' };
    const guard = { import: zone, protect: true, retainOnDelete: true };
    new dns.ManagedZone('zone', { name: 'small', dnsName: 'small.test.', labels }, { provider: own, ...guard });
  }
}

/** `input.addressRange` and `input.zones` decide what is there, so that tests change a stack by changing its input. */
export async function programOf(input: StackInput): Promise<() => Promise<Record<string, unknown>>> {
  return async () => {
    const provider = new Provider('aws', { region: 'us-east-1', allowedAccountIds: ['111122223333'] });
    const own: CustomResourceOptions = { provider };
    const tags = (name: string) => ({ 'opta:stack': 'small', 'opta:resource': name });
    const vpc = new aws.Vpc('net', { cidrBlock: input.addressRange, tags: tags('net') }, own);
    const holder = new Addresses('opta:net:Addresses', 'addresses', {});
    const eip = new aws.Eip(
      'nat',
      { domain: 'vpc', tags: tags('nat') },
      {
        ...own,
        ...{ parent: holder, protect: true, retainOnDelete: true },
        ...(input.retained['nat'] !== undefined && { import: input.retained['nat'] }),
      },
    );
    const subnets = input.zones.map(
      (zone, at) =>
        new aws.Subnet(
          `private-${at}`,
          {
            vpcId: vpc.id,
            availabilityZoneId: zone,
            cidrBlock: input.addressRange.replace(/\.0\.0\/16$/, `.${at}.0/24`),
            tags: tags(`private-${at}`),
          },
          own,
        ),
    );
    const first = subnets[0];
    if (first) {
      new aws.NatGateway('nat', { subnetId: first.id, allocationId: eip.id, tags: tags('nat') }, own);
    }
    const key = new Key(
      'data',
      { description: input.production ? 'data' : 'data of a try', enableKeyRotation: true, tags: tags('data') },
      own,
    );
    const secret = new Secret('token', { name: 'token', kmsKeyId: key.arn, tags: tags('token') }, own);
    new SecretVersion('token', { secretId: secret.id, secretString: new Config('opta').requireSecret('token') }, own);
    await standing(input, provider);
    return {
      vpcId: vpc.id,
      natAddress: eip.publicIp,
      subnetIds: subnets.map(({ id }) => id),
      token: new Config('opta').requireSecret('token'),
    };
  };
}
