/** A stack with a database that the cloud itself guards, in a component, and what it hangs on; and a table that is kept. */
import { Table } from '@pulumi/aws/dynamodb/table.js';
import * as ec2 from '@pulumi/aws/ec2/index.js';
import { Repository } from '@pulumi/aws/ecr/repository.js';
import { Provider } from '@pulumi/aws/provider.js';
import { Instance } from '@pulumi/aws/rds/instance.js';
import { SubnetGroup } from '@pulumi/aws/rds/subnetGroup.js';
import { ComponentResource, Config } from '@pulumi/pulumi/index.js';
import type { StackInput } from '../../../src/app/stacks.ts';

class Databases extends ComponentResource {}

/** The first of `input.zones` is the name of the database; without any there is none. */
export async function programOf(input: StackInput): Promise<() => Promise<Record<string, unknown>>> {
  return async () => {
    const provider = new Provider('aws', { region: 'us-east-1', allowedAccountIds: ['111122223333'] });
    const tags = (name: string) => ({ 'opta:stack': 'guarded', 'opta:resource': name });
    const vpc = new ec2.Vpc('net', { cidrBlock: input.addressRange, tags: tags('net') }, { provider });
    const subnet = new ec2.Subnet(
      'inner',
      { vpcId: vpc.id, cidrBlock: input.addressRange.replace('/16', '/24'), tags: tags('inner') },
      { provider },
    );
    const group = new SubnetGroup(
      'group',
      { name: 'group', subnetIds: [subnet.id], tags: tags('group') },
      { provider, dependsOn: [vpc] },
    );
    new Repository('images', { name: 'images', forceDelete: false, tags: tags('images') }, { provider });
    const [dbName] = input.zones;
    const hashKey = dbName ?? 'none';
    new Table(
      'table',
      {
        name: 'table',
        hashKey,
        attributes: [{ name: hashKey, type: 'S' }],
        deletionProtectionEnabled: true,
        tags: tags('table'),
      },
      { provider, protect: true, retainOnDelete: true },
    );
    if (dbName === undefined) return { vpcId: vpc.id };
    const password = new Config('opta').requireSecret('token');
    const database = new Instance(
      'db',
      {
        identifier: 'shop-db',
        engine: 'postgres',
        instanceClass: 'db.t4g.micro',
        dbName,
        password,
        dbSubnetGroupName: group.name,
        deletionProtection: true,
        skipFinalSnapshot: false,
        finalSnapshotIdentifier: 'shop-db-final',
        tags: tags('db'),
      },
      {
        provider,
        parent: new Databases('opta:data:Databases', 'databases', {}, { providers: [provider] }),
        protect: true,
        customTimeouts: { delete: '70m' },
      },
    );
    return { vpcId: vpc.id, address: database.address, password };
  };
}
