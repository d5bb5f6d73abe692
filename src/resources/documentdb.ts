/** aws-documentdb: Amazon DocumentDB. */
import { aws, bool, int, text, word } from './field.ts';
import { moduleType } from './module-type.ts';

export const documentdb = moduleType({
  name: 'aws-documentdb',
  concrete: { aws: 'aws-documentdb' },
  kind: 'resource',
  resource: 'documentdb',
  doc: 'Amazon DocumentDB, which speaks the MongoDB protocol. Its CA is mounted at /config/rds_ca.pem.',
  fields: {
    engine_version: word('Version, such as 5.0.0.', { default: '5.0.0' }),
    instance_class: text('Size of the instances.', { default: 'db.r5.large', on: aws }),
    instance_count: int(1, 16, 'Number of instances.', { default: 1, on: aws }),
    deletion_protection: bool('Refuses deletion.', { default: false, on: aws }),
  },
  outputs: { db_host: 'Host name to connect to.', db_user: 'User.', db_password: 'Password.' },
  link: { variables: ['db_user', 'db_host', 'db_password'], access: [], defaultAccess: [] },
  on: {
    process: 'the mongod found on PATH',
    kind: 'a MongoDB pod with a volume',
    aws: 'a DocumentDB cluster, encrypted, TLS forced',
    gcp: 'not there: use mongodb-atlas',
  },
});
