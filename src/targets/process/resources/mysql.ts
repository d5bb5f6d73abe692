/** MariaDB or MySQL from PATH as a process: TLS on, random passwords, user and database made by its init file at each start. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Step, StepContext } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import {
  createData,
  holds,
  lineOf,
  makeFolder,
  readStamp,
  stampFile,
  writePrivate,
  writeStamp,
} from './data-folder.ts';
import type { ServerFact } from './facts.ts';
import { serverNotFound } from './install-hints.ts';
import { hidden, type Output, plain, programOf, type Realisation, textSetting, type Wanted } from './realisation.ts';

const user = 'app';

/** What the steps need, worked out from `Wanted`. */
interface Mysql {
  readonly wanted: Wanted;
  readonly server: ServerFact;
  readonly data: string;
  readonly initFile: string;
}

const passwordOf = ({ secrets, resource }: Wanted): Promise<string> => secrets.get(`${resource.id}.password`);
const databaseOf = ({ resource }: Wanted): string =>
  textSetting(resource, 'database_name') ?? textSetting(resource, 'db_name') ?? 'app';
/** MySQL 8.0 and 8.4, MariaDB 10 and 11, write data that the other may not read. */
const majorOf = (server: ServerFact): string => server.version.split('.')[0] ?? server.version;

/** Idempotent; runs before the server listens. Passwords are base64url, so no quote can end them. */
async function initSql({ wanted, server }: Mysql): Promise<string> {
  const database = `\`${databaseOf(wanted).replaceAll('`', '``')}\``;
  const password = await passwordOf(wanted);
  const root = await wanted.secrets.get(`${wanted.resource.id}.superuser-password`);
  const lines = [`ALTER USER 'root'@'localhost' IDENTIFIED BY '${root}';`];
  if (server.flavour === 'mariadb') {
    // Its installer lets root in without a password from 127.0.0.1 and ::1.
    lines.push("DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host <> 'localhost');");
    lines.push('FLUSH PRIVILEGES;');
  }
  lines.push(`CREATE DATABASE IF NOT EXISTS ${database} CHARACTER SET utf8mb4;`);
  for (const host of ['localhost', '127.0.0.1']) {
    lines.push(`CREATE USER IF NOT EXISTS '${user}'@'${host}' IDENTIFIED BY '${password}';`);
    lines.push(`ALTER USER '${user}'@'${host}' IDENTIFIED BY '${password}';`);
    lines.push(`GRANT ALL PRIVILEGES ON ${database}.* TO '${user}'@'${host}';`);
  }
  return `${lines.join('\n')}\n`;
}

function installArgv({ server, wanted }: Mysql, folder: string): readonly string[] {
  const root = wanted.facts.isRoot ? ['--user=root'] : [];
  if (server.installer === undefined) {
    return [server.path, '--no-defaults', '--initialize-insecure', `--datadir=${folder}`, ...root];
  }
  const quick = ['--skip-test-db', '--skip-name-resolve', '--auth-root-authentication-method=normal'];
  return [server.installer, '--no-defaults', `--datadir=${folder}`, ...quick, ...root];
}

async function initialise(mysql: Mysql, folder: string, context: StepContext): Promise<void> {
  const { server, wanted } = mysql;
  const done = await context.system.processes.run(installArgv(mysql, folder), { cwd: '/', signal: context.signal });
  if (done.code !== 0) {
    throw new UserError('server-init-failed', `The database folder of ${wanted.resource.id} could not be made.`, {
      place: wanted.resource.place,
      hints: [`${server.path} ${server.version} refused; its last lines are below.`],
      detail: `${done.stdout}\n${done.stderr}`.trim().split('\n').slice(-12),
    });
  }
  await writeStamp(folder, { format: 1, server: server.flavour, major: majorOf(server) });
}

function versionStep({ wanted, server, data }: Mysql): Step {
  const { id, place } = wanted.resource;
  return {
    id: `${id}:version`,
    title: `Data of ${id} fits ${server.flavour} ${majorOf(server)}`,
    kind: 'check',
    needs: [],
    async run() {
      const stamp = await readStamp(data);
      const same =
        stamp === undefined || (stamp.server === server.flavour && Number(stamp.major) <= Number(majorOf(server)));
      if (same) return 'unchanged';
      throw new UserError(
        'server-data-version',
        `The data of ${id} was written by ${stamp.server} ${stamp.major}; the server on PATH is ${server.flavour} ${server.version}.`,
        {
          place,
          hints: [
            `Put ${stamp.server} ${stamp.major} on PATH to go on with the data: it lies untouched in ${data}.`,
            'To start with an empty database: opta dev down --volumes, then opta dev up.',
          ],
        },
      );
    },
  };
}

function dataStep(mysql: Mysql): Step {
  const { id } = mysql.wanted.resource;
  return {
    id: `${id}:data`,
    title: `Database folder of ${id}`,
    kind: 'change',
    needs: [`${id}:version`],
    facts: { server: mysql.server.flavour },
    isDone: async () => (await lineOf(join(mysql.data, stampFile))) !== undefined,
    async run(context) {
      await createData(mysql.data, (fresh) => initialise(mysql, fresh, context));
      return undefined;
    },
  };
}

function usersStep(mysql: Mysql): Step {
  const { wanted, initFile } = mysql;
  const { id } = wanted.resource;
  return {
    id: `${id}:users`,
    title: `User and database of ${id}`,
    kind: 'change',
    needs: [`${id}:data`],
    facts: { database: databaseOf(wanted), user },
    isDone: async () => holds(initFile, await initSql(mysql)),
    async run() {
      await makeFolder(wanted.folder);
      await writePrivate(initFile, await initSql(mysql));
      return undefined;
    },
  };
}

function serverArgv({ server, wanted, data, initFile }: Mysql): readonly string[] {
  const { certificates, port, folder } = wanted;
  // A socket path may have about 100 characters, and the project's folder be longer; MySQL's second protocol opens another port.
  const socket = join('/tmp', `opta-${createHash('sha256').update(folder).digest('hex').slice(0, 12)}.sock`);
  return [
    server.path,
    '--no-defaults',
    `--datadir=${data}`,
    '--bind-address=127.0.0.1',
    `--port=${port}`,
    `--socket=${socket}`,
    `--init-file=${initFile}`,
    `--pid-file=${join(folder, 'mysqld.pid')}`,
    `--ssl-ca=${certificates.caFile}`,
    `--ssl-cert=${certificates.certificateFile}`,
    `--ssl-key=${certificates.keyFile}`,
    '--skip-name-resolve',
    ...(server.flavour === 'mysql' ? ['--mysqlx=OFF'] : []),
    ...(wanted.facts.isRoot ? ['--user=root'] : []),
  ];
}

async function outputs(wanted: Wanted): Promise<Readonly<Record<string, Output>>> {
  const password = await passwordOf(wanted);
  const database = databaseOf(wanted);
  const url = `mysql://${user}:${password}@127.0.0.1:${wanted.port}/${encodeURIComponent(database)}`;
  return {
    db_user: plain(user),
    db_name: plain(database),
    db_password: hidden(password),
    db_host: plain('127.0.0.1'),
    db_port: plain(String(wanted.port)),
    db_url: hidden(url),
    db_ca_file: plain(wanted.certificates.caFile),
  };
}

export const mysql: Realisation = {
  plan(wanted) {
    const { facts, folder, resource } = wanted;
    const server = facts.mysql;
    if (server === undefined) throw serverNotFound('mysql', resource, facts.packageSystem);
    // The name changes with the database, so that a changed definition restarts the server, which then reads it.
    const mark = createHash('sha256').update(databaseOf(wanted)).digest('hex').slice(0, 8);
    const found: Mysql = { wanted, server, data: join(folder, 'data'), initFile: join(folder, `init-${mark}.sql`) };
    return {
      prepare: [versionStep(found), dataStep(found), usersStep(found)],
      programs: [
        programOf(wanted, {
          argv: serverArgv(found),
          readiness: { kind: 'tcp' },
          stop: { signal: 'SIGTERM', graceMs: 20_000 },
        }),
      ],
      after: [],
      diagnostics: [],
      folders: [],
    };
  },
  outputs,
};
