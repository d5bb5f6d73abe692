/** postgres and mysql: Cloud SQL, private by Private Service Connect, encrypted with our key, TLS only. */
import { Address } from '@pulumi/gcp/compute/address.js';
import { ForwardingRule } from '@pulumi/gcp/compute/forwardingRule.js';
import { ManagedZone } from '@pulumi/gcp/dns/managedZone.js';
import { RecordSet } from '@pulumi/gcp/dns/recordSet.js';
import { Database } from '@pulumi/gcp/sql/database.js';
import { DatabaseInstance } from '@pulumi/gcp/sql/databaseInstance.js';
import { User } from '@pulumi/gcp/sql/user.js';
import { unsecret } from '@pulumi/pulumi';
import type { Resource } from '../../src/app/app.ts';
import { resourceName } from '../../src/app/names.ts';
import { secretName } from '../../src/app/stack-secrets.ts';
import { from, options, part, tagged } from '../context.ts';
import type { Made, Values } from '../made.ts';
import { secret } from '../secrets.ts';
import { flag, number, text } from '../settings.ts';
import { cloudSqlVersion } from '../sizing.ts';
import type { GcpContext } from './context.ts';
import { storeSecret } from './store.ts';

const ports = { postgres: 5432, mysql: 3306 } as const;
const user = 'app';

export function makeSql(context: GcpContext): Made {
  const databases = context.input.app.resources.filter(({ type }) => type === 'postgres' || type === 'mysql');
  if (databases.length === 0) return {};
  return part(context, 'data:Sql', 'sql', (inside) =>
    Object.fromEntries(databases.map((database) => [database.id, makeDatabase(inside, database)])),
  );
}

function makeDatabase(context: GcpContext, database: Resource): Values {
  const { layer, name, settings } = database;
  const resource = `sql-${layer}_${name}`;
  const instance = makeInstance(context, database);
  const databaseName = text(settings, 'database_name') ?? text(settings, 'db_name') ?? 'app';
  new Database(
    `${resource}-database`,
    { instance: instance.name, name: databaseName, deletionPolicy: 'ABANDON' },
    options(context, `${resource}-database`),
  );
  const password = secret(secretName(database.id, 'password'));
  new User(
    `${resource}-user`,
    { instance: instance.name, name: user, password, deletionPolicy: 'ABANDON' },
    options(context, `${resource}-user`),
  );
  makeWayIn(context, database, instance);
  // The server's certificate bears this name, so that callers can verify it in full.
  const host = instance.dnsName.apply((written) => written.replace(/\.$/, ''));
  const secretId = storeSecret(context, database, { username: user, password, host });
  return {
    db_host: host,
    db_port: String(ports[database.type === 'mysql' ? 'mysql' : 'postgres']),
    db_name: databaseName,
    db_user: user,
    // Public by nature, though the provider hides it with the rest of the certificate.
    db_ca: unsecret(instance.serverCaCerts).apply((certificates) => certificates.map(({ cert }) => cert).join('\n')),
    secret_id: secretId,
  };
}

function makeInstance(context: GcpContext, { layer, name, type, settings }: Resource): DatabaseInstance {
  const resource = `sql-${layer}_${name}`;
  const guarded = flag(settings, 'safety');
  // The name of a deleted instance is taken for a week, so it holds what changes with the network.
  const title = `${resourceName(context.environment, layer, name)}-${from(context, 'network', 'uniqueId')}`;
  const days = number(settings, 'backup_retention_days', 7);
  const mysql = type === 'mysql';
  return new DatabaseInstance(
    resource,
    {
      name: title,
      region: context.region,
      databaseVersion: cloudSqlVersion(mysql ? 'mysql' : 'postgres', text(settings, 'engine_version') ?? ''),
      encryptionKeyName: from(context, 'network', 'keyData'),
      deletionProtection: guarded,
      settings: {
        // PostgreSQL from 16 on would else be ENTERPRISE_PLUS, which refuses small machines.
        edition: 'ENTERPRISE',
        tier: text(settings, 'instance_tier') ?? 'db-f1-micro',
        availabilityType: flag(settings, 'multi_az') ? 'REGIONAL' : 'ZONAL',
        diskType: 'PD_SSD',
        diskSize: 20,
        diskAutoresize: true,
        deletionProtectionEnabled: guarded,
        backupConfiguration: {
          enabled: days > 0,
          location: context.region,
          ...(mysql ? { binaryLogEnabled: days > 0 } : { pointInTimeRecoveryEnabled: days > 0 }),
          transactionLogRetentionDays: Math.min(Math.max(days, 1), 7),
          backupRetentionSettings: { retainedBackups: Math.max(days, 1), retentionUnit: 'COUNT' },
        },
        ipConfiguration: {
          ipv4Enabled: false,
          sslMode: 'ENCRYPTED_ONLY',
          serverCaMode: 'GOOGLE_MANAGED_CAS_CA',
          pscConfigs: [{ pscEnabled: true, allowedConsumerProjects: [context.project] }],
        },
        userLabels: tagged(context, resource),
      },
    },
    { ...options(context, resource, { protect: guarded }), ignoreChanges: ['settings.diskSize'] },
  );
}

/** An address of the subnet that leads to the instance, and the instance's name that leads to the address. */
function makeWayIn(context: GcpContext, { layer, name }: Resource, instance: DatabaseInstance): void {
  const resource = `sql-${layer}_${name}`;
  const title = `opta-${resourceName(context.environment, layer, name)}`;
  const address = new Address(
    `${resource}-address`,
    {
      name: title,
      region: context.region,
      addressType: 'INTERNAL',
      subnetwork: from(context, 'network', 'subnetSelfLink'),
      labels: tagged(context, `${resource}-address`),
    },
    options(context, `${resource}-address`),
  );
  new ForwardingRule(
    `${resource}-link`,
    {
      name: title,
      region: context.region,
      network: from(context, 'network', 'vpcSelfLink'),
      ipAddress: address.selfLink,
      target: instance.pscServiceAttachmentLink,
      // What marks a rule as one of Private Service Connect.
      loadBalancingScheme: '',
      noAutomateDnsZone: true,
      labels: tagged(context, `${resource}-link`),
    },
    options(context, `${resource}-link`),
  );
  const zone = new ManagedZone(
    `${resource}-zone`,
    {
      name: title,
      dnsName: instance.dnsName,
      visibility: 'private',
      privateVisibilityConfig: { networks: [{ networkUrl: from(context, 'network', 'vpcSelfLink') }] },
      labels: tagged(context, `${resource}-zone`),
    },
    options(context, `${resource}-zone`),
  );
  new RecordSet(
    `${resource}-record`,
    { managedZone: zone.name, name: instance.dnsName, type: 'A', ttl: 300, rrdatas: [address.address] },
    options(context, `${resource}-record`),
  );
}
