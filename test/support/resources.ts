/** What planning and running one resource takes, in a real private folder. */
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Resource } from '../../src/app/app.ts';
import type { Step, StepContext } from '../../src/engine/step.ts';
import { openSecrets } from '../../src/platform/secrets.ts';
import type { ResourceName } from '../../src/resources/names.ts';
import { nodeSystem } from '../../src/system/node.ts';
import type { Running, System } from '../../src/system/system.ts';
import type { Facts } from '../../src/targets/process/resources/facts.ts';
import type { ResourcePlan, Wanted } from '../../src/targets/process/resources/realisation.ts';

export const system = nodeSystem();

/** mkdtemp makes it 0700. */
export async function privateFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'opta-test-'));
  await chmod(folder, 0o700);
  return folder;
}

export function resourceOf(
  type: ResourceName,
  settings: Readonly<Record<string, unknown>> = {},
  name = 'db',
): Resource {
  return {
    id: `back/${name}`,
    layer: 'back',
    name,
    type,
    writtenType: type,
    settings,
    links: [],
    place: { file: 'opta.yaml', line: 7, column: 5 },
  };
}

export function wantedOf(
  resource: Resource,
  folder: string,
  facts: Facts,
  rest: Partial<Pick<Wanted, 'port' | 'sharedPort' | 'certificates'>> = {},
): Wanted {
  return {
    resource,
    folder: join(folder, resource.name),
    sharedFolder: join(folder, 'aws'),
    port: 5432,
    sharedPort: 5000,
    certificates: {
      caFile: join(folder, 'ca.pem'),
      certificateFile: join(folder, 'server.crt'),
      keyFile: join(folder, 'server.key'),
    },
    facts,
    secrets: openSecrets(join(folder, 'secrets.json')),
    ...rest,
  };
}

export function contextOf(own: System = system): StepContext & { readonly notes: string[] } {
  const notes: string[] = [];
  return {
    system: own,
    signal: new AbortController().signal,
    emit: () => {},
    note: (why) => notes.push(why),
    progress: () => {},
    notes,
  };
}

export type Outcomes = Record<string, 'unchanged' | 'done'>;

/** Runs steps in their order, as the engine would. */
export async function runSteps(steps: readonly Step[], context: StepContext = contextOf()): Promise<Outcomes> {
  const outcomes: Outcomes = {};
  for (const step of steps) {
    if ((await step.isDone?.(context)) === true) outcomes[step.id] = 'unchanged';
    else outcomes[step.id] = (await step.run(context)) ?? 'done';
  }
  return outcomes;
}

/** A started program with all that it has written. */
export interface Program {
  readonly running: Running;
  readonly said: () => string;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts the plan's only program and waits until its port accepts. */
export async function startProgram(plan: ResourcePlan): Promise<Program> {
  const spec = plan.programs[0];
  if (spec === undefined || typeof spec.port !== 'number') throw new Error('no program with a port');
  const running = system.processes.spawn(spec.argv, { cwd: spec.directory, env: spec.env, detached: true });
  let said = '';
  const listen = (chunk: Buffer) => {
    said += chunk.toString();
  };
  running.stdout?.on('data', listen);
  running.stderr?.on('data', listen);
  let over = false;
  void running.ended.then(() => {
    over = true;
  });
  while (!over && !(await system.network.accepts(spec.port))) await system.clock.sleep(10);
  if (over) throw new Error(`${spec.id} ended at once:\n${said}`);
  return {
    running,
    said: () => said,
    async stop(signal = spec.stop.signal) {
      if (running.pid !== undefined) system.processes.signal(signal === 'SIGKILL' ? -running.pid : running.pid, signal);
      await running.ended;
    },
  };
}
