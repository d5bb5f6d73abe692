/** mongodb: a MongoDB server beside the services. */
import { text, word } from './field.ts';
import { moduleType } from './module-type.ts';
import { sqlLink, sqlOutputs } from './sql.ts';

export const mongodb = moduleType({
  name: 'mongodb',
  concrete: { local: 'local-mongodb' },
  kind: 'resource',
  resource: 'mongodb',
  doc: 'A MongoDB server for local development. In a cloud use mongodb-atlas or aws-documentdb.',
  fields: {
    engine_version: word('Version, such as 8.0.'),
    database_name: text('Name of the database.', { default: 'app' }),
  },
  outputs: sqlOutputs,
  link: sqlLink,
  on: {
    process: 'the mongod found on PATH',
    kind: 'a MongoDB pod with a volume',
    aws: 'not there: use mongodb-atlas or aws-documentdb',
    gcp: 'not there: use mongodb-atlas',
  },
});
