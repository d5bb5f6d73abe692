/** What databases with a user and a password have in common. */
import type { LinkRules } from './module-type.ts';

export const sqlOutputs = {
  db_user: 'User of the application.',
  db_password: 'Password of that user.',
  db_host: 'Host name to connect to.',
  db_name: 'Name of the database.',
  db_port: 'Port to connect to.',
  db_url: 'Everything above as one URL.',
  db_ca_file: 'Path of the certificate authority to verify the server with.',
} as const;

/** The first four are those of the original. */
export const sqlLink: LinkRules = {
  variables: ['db_user', 'db_name', 'db_password', 'db_host', 'db_port', 'db_url', 'db_ca_file'],
  access: [],
  defaultAccess: [],
};
