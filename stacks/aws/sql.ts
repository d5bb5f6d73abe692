/** postgres and mysql: RDS, encrypted with our key, TLS forced, reached by the nodes only. */
import { Instance } from '@pulumi/aws/rds/instance.js';
import { ParameterGroup } from '@pulumi/aws/rds/parameterGroup.js';
import { SubnetGroup } from '@pulumi/aws/rds/subnetGroup.js';
import type { Input, Output } from '@pulumi/pulumi';
import type { Resource } from '../../src/app/app.ts';
import { environmentName, resourceName } from '../../src/app/names.ts';
import { secretName } from '../../src/app/stack-secrets.ts';
import { from, options, part, tagged } from '../context.ts';
import type { Made, Values } from '../made.ts';
import { secret } from '../secrets.ts';
import { flag, number, text, texts } from '../settings.ts';
import { parameterFamily } from '../sizing.ts';
import { accessGroup } from './access.ts';
import type { AwsContext } from './context.ts';
import { storeSecret } from './store.ts';
import { dataSubnets } from './subnets.ts';

const engines = {
  postgres: { engine: 'postgres', port: 5432, force: 'rds.force_ssl', on: '1' },
  mysql: { engine: 'mysql', port: 3306, force: 'require_secure_transport', on: '1' },
} as const;

/** User whose password RDS makes and rotates; the application has one of its own. */
const master = 'opta_admin';

export function makeSql(context: AwsContext): Made {
  const databases = context.input.app.resources.filter(({ type }) => type === 'postgres' || type === 'mysql');
  if (databases.length === 0) return {};
  return part(context, 'data:Sql', 'sql', (inside) => {
    const subnets = new SubnetGroup(
      'sql-subnets',
      {
        name: environmentName(inside.environment, 'sql', 255),
        subnetIds: dataSubnets(inside),
        tags: tagged(inside, 'sql-subnets'),
      },
      options(inside, 'sql-subnets'),
    );
    return Object.fromEntries(databases.map((database) => [database.id, makeDatabase(inside, database, subnets.name)]));
  });
}

function makeDatabase(context: AwsContext, database: Resource, subnetGroup: Output<string>): Values {
  const { layer, name, settings } = database;
  const kind = engines[database.type === 'mysql' ? 'mysql' : 'postgres'];
  const resource = `sql-${layer}_${name}`;
  const identifier = resourceName(context.environment, layer, name);
  const version = text(settings, 'engine_version') ?? '';
  const group = accessGroup(context, database, kind.port);
  const databaseName = text(settings, 'database_name') ?? text(settings, 'db_name') ?? 'app';
  const snapshot = text(settings, 'restore_from_snapshot');
  const key = from(context, 'network', 'keyData');
  const instance = new Instance(
    resource,
    {
      identifier,
      engine: kind.engine,
      engineVersion: version,
      instanceClass: text(settings, 'instance_class') ?? 'db.t3.medium',
      ...storage(key),
      ...(snapshot === undefined ? { dbName: databaseName } : { snapshotIdentifier: snapshot }),
      username: master,
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: key,
      multiAz: flag(settings, 'multi_az'),
      dbSubnetGroupName: subnetGroup,
      vpcSecurityGroupIds: [group, ...(texts(settings, 'extra_security_groups_ids') ?? [])],
      parameterGroupName: parameters(context, database, parameterFamily(kind.engine, version)),
      publiclyAccessible: false,
      caCertIdentifier: 'rds-ca-rsa2048-g1',
      backupRetentionPeriod: number(settings, 'backup_retention_days', 7),
      copyTagsToSnapshot: true,
      deletionProtection: flag(settings, 'safety'),
      skipFinalSnapshot: !context.production && !flag(settings, 'safety'),
      finalSnapshotIdentifier: `${identifier}-final`,
      applyImmediately: !context.production,
      autoMinorVersionUpgrade: true,
      tags: tagged(context, resource),
    },
    {
      ...options(context, resource, { protect: flag(settings, 'safety') }),
      // What was restored once must not be made anew when the line goes out of the file.
      ignoreChanges: ['snapshotIdentifier'],
    },
  );
  const user = 'app';
  const password = secret(secretName(database.id, 'password'));
  const secretArn = storeSecret(context, database, { username: user, password, host: instance.address });
  return {
    db_host: instance.address,
    db_port: String(kind.port),
    db_name: databaseName,
    db_user: user,
    master_user: master,
    master_secret_arn: instance.masterUserSecrets.apply((secrets) => secrets[0]?.secretArn ?? ''),
    secret_arn: secretArn,
  };
}

function storage(kmsKeyId: Input<string>) {
  return { allocatedStorage: 20, maxAllocatedStorage: 1000, storageType: 'gp3', storageEncrypted: true, kmsKeyId };
}

/** A group of its own, because TLS is forced by a parameter. */
function parameters(context: AwsContext, { layer, name, type }: Resource, family: string): Output<string> {
  const { force, on } = engines[type === 'mysql' ? 'mysql' : 'postgres'];
  const resource = `sql-parameters-${layer}_${name}`;
  const group = new ParameterGroup(
    resource,
    {
      // A new family is a new group beside the old one, which the database still uses.
      name: `${resourceName(context.environment, layer, name)}-${family.replaceAll('.', '-')}`,
      family,
      parameters: [{ name: force, value: on, applyMethod: 'immediate' }],
      tags: tagged(context, resource),
    },
    options(context, resource),
  );
  return group.name;
}
