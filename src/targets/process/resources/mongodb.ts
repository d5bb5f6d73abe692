/** MongoDB from PATH as a process, also in the place of DocumentDB and Atlas: TLS on, a random password, its user made over the localhost exception. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { MongoClient } from 'mongodb';
import type { Step } from '../../../engine/step.ts';
import { type Diagnostic, UserError } from '../../../errors.ts';
import { holds, makeFolder, writePrivate } from './data-folder.ts';
import { serverNotFound } from './install-hints.ts';
import { hidden, type Output, plain, programOf, type Realisation, textSetting, type Wanted } from './realisation.ts';

const user = 'app';

const passwordOf = ({ secrets, resource }: Wanted): Promise<string> => secrets.get(`${resource.id}.password`);
const databaseOf = ({ resource }: Wanted): string => textSetting(resource, 'database_name') ?? 'app';

/** mongod wants certificate and key in one file. */
function certificateStep(wanted: Wanted, file: string): Step {
  const { id } = wanted.resource;
  const { certificateFile, keyFile } = wanted.certificates;
  const both = async () =>
    (await Promise.all([certificateFile, keyFile].map((one) => readFile(one, 'utf8')))).join('\n');
  return {
    id: `${id}:certificate`,
    title: `Data folder and certificate of ${id}`,
    kind: 'change',
    needs: [],
    isDone: async () => holds(file, await both()),
    async run() {
      await makeFolder(join(wanted.folder, 'data'));
      await writePrivate(file, await both());
      return undefined;
    },
  };
}

/** The address without user and password. */
function addressOf(wanted: Wanted): string {
  const tls = `tls=true&tlsCAFile=${encodeURIComponent(wanted.certificates.caFile)}`;
  return `mongodb://127.0.0.1:${wanted.port}/?directConnection=true&${tls}`;
}

async function connected<T>(
  wanted: Wanted,
  password: string | undefined,
  act: (client: MongoClient) => Promise<T>,
): Promise<T> {
  // The default is what both Node and a bundle give of a CommonJS package.
  const { default: mongo } = await import('mongodb');
  const auth = password === undefined ? {} : { auth: { username: user, password }, authSource: 'admin' };
  const client = new mongo.MongoClient(addressOf(wanted), { ...auth, serverSelectionTimeoutMS: 10_000 });
  try {
    return await act(await client.connect());
  } finally {
    await client.close();
  }
}

/** AuthenticationFailed; and Unauthorized, for making a user where there already is one. */
const [refused, unauthorized] = [18, 13];

const codeOf = (error: unknown): number | undefined => (error as { code?: number }).code;

function accessLost({ resource, folder }: Wanted, cause: unknown): UserError {
  return new UserError('server-access-lost', `The data of ${resource.id} does not take the project's password.`, {
    place: resource.place,
    hints: [
      'Restore .opta/secrets.json as it was when the database was made.',
      `Or delete the data in ${folder}: opta dev down --volumes`,
    ],
    cause,
  });
}

function userStep(wanted: Wanted): Step {
  const { id } = wanted.resource;
  return {
    id: `${id}:user`,
    title: `User of ${id}`,
    kind: 'change',
    needs: [],
    facts: { database: databaseOf(wanted), user },
    async isDone() {
      try {
        return await connected(wanted, await passwordOf(wanted), async (client) => {
          await client.db('admin').command({ ping: 1 });
          return true;
        });
      } catch (error) {
        if (codeOf(error) === refused) return false;
        throw error;
      }
    },
    async run() {
      const pwd = await passwordOf(wanted);
      const roles = [{ role: 'root', db: 'admin' }];
      try {
        await connected(wanted, undefined, (client) => client.db('admin').command({ createUser: user, pwd, roles }));
      } catch (error) {
        throw codeOf(error) === unauthorized ? accessLost(wanted, error) : error;
      }
      return undefined;
    },
  };
}

function standInNotice({ resource }: Wanted): readonly Diagnostic[] {
  if (resource.type === 'mongodb') return [];
  return [
    {
      severity: 'notice',
      code: 'stand-in',
      message: `${resource.id} (${resource.writtenType}) is a local MongoDB here.`,
      place: resource.place,
      hints: [],
    },
  ];
}

async function outputs(wanted: Wanted): Promise<Readonly<Record<string, Output>>> {
  const password = await passwordOf(wanted);
  const address = addressOf(wanted);
  const login = { db_user: plain(user), db_password: hidden(password) };
  if (wanted.resource.type === 'mongodb-atlas') {
    return {
      ...login,
      mongodb_atlas_connection_string: plain(address),
      mongodb_atlas_ipaccesslist: plain('127.0.0.1'),
    };
  }
  const host = wanted.resource.type === 'documentdb' ? `127.0.0.1:${wanted.port}` : '127.0.0.1';
  const database = databaseOf(wanted);
  const url = address
    .replace('mongodb://', `mongodb://${user}:${password}@`)
    .replace('/?', `/${encodeURIComponent(database)}?authSource=admin&`);
  return {
    ...login,
    db_host: plain(host),
    db_name: plain(database),
    db_port: plain(String(wanted.port)),
    db_url: hidden(url),
    db_ca_file: plain(wanted.certificates.caFile),
  };
}

export const mongodb: Realisation = {
  plan(wanted) {
    const { certificates, facts, folder, port, resource } = wanted;
    if (facts.mongodb === undefined) throw serverNotFound('mongodb', resource, facts.packageSystem);
    const file = join(folder, 'server.pem');
    const argv = [
      ...[facts.mongodb.path, '--bind_ip', '127.0.0.1', '--port', String(port), '--dbpath', join(folder, 'data')],
      ...['--auth', '--tlsMode', 'requireTLS', '--tlsCertificateKeyFile', file, '--tlsCAFile', certificates.caFile],
      // Clients prove themselves by password, not by certificate.
      ...['--tlsAllowConnectionsWithoutCertificates', '--nounixsocket', '--quiet'],
    ];
    return {
      prepare: [certificateStep(wanted, file)],
      programs: [programOf(wanted, { argv, readiness: { kind: 'tcp' }, stop: { signal: 'SIGINT', graceMs: 15_000 } })],
      after: [userStep(wanted)],
      diagnostics: standInNotice(wanted),
      folders: [],
    };
  },
  outputs,
};
