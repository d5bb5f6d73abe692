/** mysql: a MySQL database. */
import { aws, bool, cloud, gcp, int, nowhere, text, word } from './field.ts';
import { moduleType } from './module-type.ts';
import { sqlLink, sqlOutputs } from './sql.ts';

export const mysql = moduleType({
  name: 'mysql',
  concrete: { aws: 'aws-mysql', google: 'gcp-mysql', local: 'local-mysql' },
  kind: 'resource',
  resource: 'mysql',
  doc: 'A MySQL database with TLS on and a random password.',
  fields: {
    engine_version: word('Version, such as 8.4.', { default: '8.4' }),
    db_name: text('Name of the database made first.', { default: 'app' }),
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
    sku_name: text('Size on Azure.', { on: nowhere }),
  },
  outputs: sqlOutputs,
  link: sqlLink,
  on: {
    process: 'the mysqld or mariadbd found on PATH',
    kind: 'a MySQL pod with a volume',
    aws: 'RDS for MySQL, encrypted, TLS forced',
    gcp: 'Cloud SQL for MySQL, private, encrypted',
  },
});
