/** PostgreSQL as a process: real binaries from npm, TLS on, random passwords, data that a killed run cannot spoil. */
import { join } from 'node:path';
import type { Diagnostic } from '../../../errors.ts';
import { under } from './account.ts';
import { dataStep } from './postgres-data.ts';
import { databaseStep } from './postgres-database.ts';
import { databaseOf, layOut, type Postgres, passwordOf, user } from './postgres-layout.ts';
import { accessStep, binariesStep, lockStep, versionStep } from './postgres-steps.ts';
import { hidden, type Output, plain, programOf, type Realisation, textSetting, type Wanted } from './realisation.ts';

/** argv of the server itself; what is set here needs no rewriting of files. */
function serverArgv(postgres: Postgres): readonly string[] {
  const settings = {
    listen_addresses: '127.0.0.1',
    port: postgres.wanted.port,
    unix_socket_directories: '',
    ssl: 'on',
    ssl_cert_file: postgres.certificateFile,
    ssl_key_file: postgres.keyFile,
    max_connections: 200,
    shared_buffers: '64MB',
    // Its own default writes a line for each checkpoint into the user's logs.
    log_checkpoints: 'off',
    log_line_prefix: '',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return under(postgres.wanted.facts.account, [join(postgres.home, 'bin', 'postgres'), '-D', postgres.data, ...flags]);
}

function versionNotice(postgres: Postgres): readonly Diagnostic[] {
  const { resource } = postgres.wanted;
  const asked = textSetting(resource, 'engine_version');
  const { major } = postgres.binaries;
  if (asked === undefined || asked.split('.')[0] === major) return [];
  return [
    {
      severity: 'notice',
      code: 'postgres-version-differs',
      message: `${resource.id} asks for PostgreSQL ${asked}; as a process it is PostgreSQL ${major}.`,
      place: resource.place,
      hints: ['opta dev up --on kind runs the version asked for.'],
    },
  ];
}

async function outputs(wanted: Wanted): Promise<Readonly<Record<string, Output>>> {
  const password = await passwordOf(wanted);
  const { caFile } = wanted.certificates;
  const database = databaseOf(wanted);
  const login = `${user}:${password}`;
  const tls = `sslmode=verify-full&sslrootcert=${encodeURIComponent(caFile)}`;
  return {
    db_user: plain(user),
    db_name: plain(database),
    db_password: hidden(password),
    db_host: plain('127.0.0.1'),
    db_port: plain(String(wanted.port)),
    db_url: hidden(`postgres://${login}@127.0.0.1:${wanted.port}/${encodeURIComponent(database)}?${tls}`),
    db_ca_file: plain(caFile),
    global_database_id: plain(''),
  };
}

export const postgres: Realisation = {
  plan(wanted) {
    const found = layOut(wanted);
    return {
      prepare: [binariesStep(found), versionStep(found), dataStep(found), lockStep(found), accessStep(found)],
      programs: [
        programOf(wanted, {
          argv: serverArgv(found),
          directory: found.folder,
          // The C locale keeps its messages as its clients expect them.
          env: { LC_ALL: 'C' },
          readiness: { kind: 'postgres' },
          stop: { signal: 'SIGINT', graceMs: 15_000 },
        }),
      ],
      after: [databaseStep(found)],
      diagnostics: versionNotice(found),
      folders: found.folder === wanted.folder ? [] : [found.folder],
    };
  },
  outputs,
};
