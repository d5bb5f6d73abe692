/** The application's role and database, made once PostgreSQL answers. */
import { readFile } from 'node:fs/promises';
import type { Client, ClientConfig } from 'pg';
import type { Step } from '../../../engine/step.ts';
import { type Postgres, passwordOf, superuser, superuserPasswordOf, user } from './postgres-layout.ts';
import { scramVerifier } from './scram.ts';

interface Login {
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

async function connect(postgres: Postgres, login: Login): Promise<Client> {
  const { default: pg } = await import('pg');
  const { caFile } = postgres.wanted.certificates;
  const config: ClientConfig = {
    ...login,
    host: '127.0.0.1',
    port: postgres.wanted.port,
    connectionTimeoutMillis: 30_000,
    ssl: { ca: await readFile(caFile, 'utf8'), servername: 'localhost' },
  };
  const client = new pg.Client(config);
  // A server that stops meanwhile ends the connection; the query under way rejects and says so.
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** Login refused: invalid_password, invalid_authorization_specification; no such database; no CONNECT privilege. */
const refusals = ['28P01', '28000', '3D000', '42501'];

async function canLogIn(postgres: Postgres, login: Login): Promise<boolean> {
  let client: Client;
  try {
    client = await connect(postgres, login);
  } catch (error) {
    if (refusals.includes((error as { code?: string }).code ?? '')) return false;
    throw error;
  }
  try {
    const owner =
      'select pg_get_userbyid(datdba) = current_user as owns from pg_database where datname = current_database()';
    return (await client.query<{ owns: boolean }>(owner)).rows[0]?.owns === true;
  } finally {
    await client.end();
  }
}

async function makeRole(client: Client, password: string): Promise<void> {
  const role = client.escapeIdentifier(user);
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [user]);
  const verb = rowCount === 0 ? 'create' : 'alter';
  await client.query(
    `${verb} role ${role} login nosuperuser createdb nocreaterole password ${client.escapeLiteral(scramVerifier(password))}`,
  );
}

async function makeDatabase(client: Client, name: string): Promise<void> {
  const [database, role] = [client.escapeIdentifier(name), client.escapeIdentifier(user)];
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
  // On a new cluster a copy of files is quicker than the same through the log.
  if (rowCount === 0) await client.query(`create database ${database} owner ${role} strategy file_copy`);
  else await client.query(`alter database ${database} owner to ${role}`);
}

/** duplicate_database, duplicate_object, unique_violation: what a killed run began ended while this one looked. */
const meanwhile = ['42P04', '42710', '23505'];

async function make(client: Client, database: string, password: string): Promise<void> {
  await makeRole(client, password);
  await makeDatabase(client, database);
}

/** Changes the world only when the application's own login does not do. */
export function databaseStep(postgres: Postgres): Step {
  const { wanted, database } = postgres;
  const { id } = wanted.resource;
  return {
    id: `${id}:database`,
    title: `Database ${database} of ${id}`,
    kind: 'change',
    needs: [],
    facts: { database, user },
    isDone: async () => canLogIn(postgres, { user, database, password: await passwordOf(wanted) }),
    async run() {
      const admin = await superuserPasswordOf(wanted);
      const client = await connect(postgres, { user: superuser, database: 'postgres', password: admin });
      try {
        await client.query('set log_min_error_statement = panic');
        await make(client, database, await passwordOf(wanted)).catch((error: { code?: string }) => {
          if (!meanwhile.includes(error.code ?? '')) throw error;
          return passwordOf(wanted).then((password) => make(client, database, password));
        });
      } finally {
        await client.end();
      }
      return undefined;
    },
  };
}
