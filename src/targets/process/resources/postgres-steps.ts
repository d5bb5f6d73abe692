/** Steps before PostgreSQL starts, besides the data folder: its programs, the version, what a killed server left, and the superuser's password. */
import { readdir, readlink, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Step, StepContext } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import { lineOf, readStamp } from './data-folder.ts';
import { digest, runAlone, stamp, stepId } from './postgres-alone.ts';
import { copyBinaries, isComplete, makeLinks } from './postgres-binaries.ts';
import { type Postgres, superuser, superuserPasswordOf } from './postgres-layout.ts';
import { scramVerifier } from './scram.ts';

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
    deadlineMs: 60_000,
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
  return {
    id: stepId(postgres, 'access'),
    title: `The superuser of ${wanted.resource.id} has the project's password`,
    kind: 'change',
    needs: [stepId(postgres, 'lock')],
    isDone: async () => (await readStamp(data))?.access === digest(await superuserPasswordOf(wanted)),
    async run(context) {
      const password = await superuserPasswordOf(wanted);
      const sql = [`ALTER ROLE ${superuser} PASSWORD '${scramVerifier(password)}'`];
      if ((await runAlone(postgres, data, sql, context)) !== undefined) throw resetFailed(postgres);
      await stamp(postgres, data, password);
      return undefined;
    },
  };
}

function resetFailed({ wanted, data }: Postgres): UserError {
  return new UserError(
    'server-access-lost',
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
