/** Runs the program of a plain project as Pulumi's host for Node does: by the runner of its SDK, in a process of its own. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { System } from '../../../../system/system.ts';
import { EngineError, type StackPlace } from './home.ts';
import type { ConfigValue } from './settings.ts';

export interface PlainProgramOptions {
  readonly system: System;
  readonly monitor: string;
  readonly place: StackPlace;
  readonly config: ReadonlyMap<string, ConfigValue>;
  readonly dryRun: boolean;
  /** Holds Pulumi.yaml and the program. */
  readonly folder: string;
}

/** `opta:token` is `opta:config:token` to the SDK. */
const asVariable = (key: string): string => key.replace(':', ':config:');

function runnerIn(folder: string): string {
  try {
    return createRequire(join(folder, 'index.js')).resolve('@pulumi/pulumi/cmd/run/index.js');
  } catch {
    throw new EngineError(`it looks like the Pulumi SDK has not been installed in ${folder}: run npm install`);
  }
}

/** Ends when the program ends. The answer is what went wrong, if anything that was not said already. */
export async function runPlainProgram(options: PlainProgramOptions): Promise<string | undefined> {
  const { system, monitor, place, config, dryRun, folder } = options;
  const values = [...config].map(([key, { value }]) => [asVariable(key), value]);
  const secrets = [...config].filter(([, { secret }]) => secret).map(([key]) => key);
  const about = {
    ...{ monitor, engine: monitor, organization: 'organization', project: place.project, stack: place.stack },
    ...{ 'root-directory': folder, pwd: folder, parallel: '64' },
  };
  const flags = Object.entries(about).flatMap(([name, value]) => [`--${name}`, value]);
  const running = system.processes.spawn(
    [system.node, runnerIn(folder), ...flags, ...(dryRun ? ['--dry-run'] : []), '.'],
    {
      cwd: folder,
      env: {
        ...system.env,
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(values)),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(secrets),
      },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  const { code, signal, error } = await running.ended;
  if (error) throw error;
  if (code === 0) return undefined;
  return `the program of ${place.project} ended with ${code ?? signal}`;
}
