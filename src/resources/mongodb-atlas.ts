/** mongodb-atlas: a database at MongoDB Atlas. */
import { cloud, text, word } from './field.ts';
import { moduleType } from './module-type.ts';

const smallest = 'M0';

/** What a cluster's settings say of its size. */
export const atlasSize = (settings: Readonly<Record<string, unknown>>): string =>
  String(settings['mongodb_instance_size'] ?? smallest);

/** Sizes that share machines with others: no private link, no key of ours, no choice of version. */
export const isSharedSize = (size: string): boolean => /^M[025]$/.test(size);

export const mongodbAtlas = moduleType({
  name: 'mongodb-atlas',
  concrete: { aws: 'mongodb-atlas', google: 'mongodb-atlas', local: 'mongodb-atlas' },
  kind: 'resource',
  resource: 'mongodb-atlas',
  doc: 'A database at MongoDB Atlas, reached over TLS; its allow-list holds the addresses of the environment.',
  fields: {
    region: text('Region in the words of Atlas, such as US_EAST_1.', { required: true, on: cloud }),
    mongodb_atlas_project_id: text(
      "Project at Atlas, one an environment: the key of M10 and larger is the project's.",
      { required: true, on: cloud },
    ),
    mongodb_instance_size: text(
      'Size, M0 is free; up to M5 machines are shared, and encrypted by Atlas without a key of ours.',
      { default: smallest, on: cloud },
    ),
    mongodbversion: word('Version, such as 8.0.', { on: cloud }),
    database_name: text('Name of the database.', { default: 'mongodb_database' }),
  },
  outputs: {
    db_user: 'User.',
    db_password: 'Password.',
    mongodb_atlas_connection_string: 'Connection string without user and password.',
    mongodb_atlas_ipaccesslist: 'Addresses on the allow-list.',
  },
  link: { variables: ['db_user', 'db_password', 'mongodb_atlas_connection_string'], access: [], defaultAccess: [] },
  on: {
    process: 'the mongod found on PATH',
    kind: 'a MongoDB pod with a volume',
    aws: 'an Atlas cluster, from M10 on by private link and encrypted with our key',
    gcp: 'an Atlas cluster, by the NAT addresses, from M10 on encrypted with our key',
  },
});
