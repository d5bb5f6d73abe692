/** A stack of the Automation API: made or found, with its settings, in a folder that stays. */
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { LocalWorkspace, type PulumiCommand, type Stack, StackNotFoundError } from '@pulumi/pulumi/automation/index.js';
import type { StackProgram } from '../../../../app/stacks.ts';
import type { System } from '../../../../system/system.ts';
import { refuseLocked } from '../../state/locks.ts';
import { dropTornNotes } from '../../state/torn.ts';
import type { ChildStart } from '../messages.ts';
import { EngineCommand, EngineFailed } from './command.ts';
import { isLockText, lockedMeanwhile } from './locked.ts';
import { markOf } from './plugins.ts';

export interface Workspace {
  readonly stack: Stack;
  readonly command: EngineCommand;
  /** For calls that the Automation API does not have. */
  pulumi(args: readonly string[], input?: string): Promise<string>;
}

interface ProgramModule {
  programOf(input: ChildStart['input']): Promise<() => ReturnType<StackProgram>>;
}

/** Two that begin at once must not each have a phrase of their own: whole, or not there, and the first one stays. */
function writeOnce(file: string, text: string): void {
  if (existsSync(file)) return;
  const whole = `${file}.${crypto.randomUUID()}`;
  writeFileSync(whole, text, { mode: 0o600 });
  try {
    linkSync(whole, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(whole, { force: true });
  }
}

/** A passphrase of the user's own, or one of ours beside the stacks, only for rehearsals. */
function passphraseFile({ env }: System, workFolder: string): Readonly<Record<string, string>> {
  if (env.PULUMI_CONFIG_PASSPHRASE !== undefined || env.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined) return {};
  const file = join(workFolder, 'passphrase');
  writeOnce(file, crypto.randomUUID());
  return { PULUMI_CONFIG_PASSPHRASE_FILE: file };
}

function environment(system: System, { backend, engine }: ChildStart): Readonly<Record<string, string>> {
  return {
    PULUMI_BACKEND_URL: backend.url,
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: 'true',
    // A plugin that is missing is said at once, instead of after three tries to download it.
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: '1',
    ...markOf(system, backend.workFolder),
    ...(backend.secretsProvider === 'passphrase' && passphraseFile(system, backend.workFolder)),
    ...(engine.kind === 'built-in' && { OPTA_CLOUD_FOLDER: engine.cloudFolder }),
  };
}

/** The command as the Automation API knows it: a stack that is not there is a failure of a class of its own. */
function asPulumiCommand(command: EngineCommand): PulumiCommand {
  const known = {
    command: command.command,
    version: command.version,
    run: async (args: string[], cwd: string, env: Record<string, string>): ReturnType<EngineCommand['run']> => {
      try {
        return await command.run(args, cwd, env);
      } catch (error) {
        if (!(error instanceof EngineFailed) || !/no stack named .* found/.test(error.message)) throw error;
        throw new StackNotFoundError({ ...error.ended, toString: () => error.message } as never);
      }
    },
  };
  return known as unknown as PulumiCommand;
}

/** A real engine locks a stack to make it, too. */
async function refuseOthers(error: unknown, { backend, input }: ChildStart, system: System): Promise<never> {
  if (!(error instanceof EngineFailed) || !isLockText(error.message)) throw error;
  await refuseLocked(backend, system);
  throw lockedMeanwhile(input.stack);
}

/** Finds the stack or makes it. Throws UserError `stack-locked`: one that appears meanwhile is somebody else's. */
export async function openWorkspace(system: System, start: ChildStart): Promise<Workspace> {
  const { backend, engine, input } = start;
  mkdirSync(backend.workFolder, { recursive: true, mode: 0o700 });
  if (backend.url.startsWith('file://')) mkdirSync(fileURLToPath(backend.url), { recursive: true, mode: 0o700 });
  dropTornNotes(backend);
  const envVars = environment(system, start);
  const command = new EngineCommand(system, engine, start.entry, envVars);
  const [module] = await Promise.all([import(pathToFileURL(start.program).href), command.ready(engine)]);
  const program = await (module as ProgramModule).programOf(input);
  const stack = await LocalWorkspace.createOrSelectStack(
    { projectName: backend.project, stackName: backend.stack, program },
    {
      workDir: backend.workFolder,
      projectSettings: { name: backend.project, runtime: 'nodejs' },
      secretsProvider: backend.secretsProvider,
      pulumiCommand: asPulumiCommand(command),
      envVars: { ...envVars },
    },
  ).catch((error: unknown) => refuseOthers(error, start, system));
  const pulumi = async (args: readonly string[], written?: string): Promise<string> => {
    const options = written === undefined ? {} : { input: written };
    return (await command.call([...args, '--stack', backend.stack, '--non-interactive'], backend.workFolder, options))
      .stdout;
  };
  const workspace: Workspace = { stack, command, pulumi };
  await configure(workspace, start);
  return workspace;
}

/** What must be set is set; what is as it should be costs no call of the engine. */
async function configure({ pulumi }: Workspace, { backend, engine, secrets }: ChildStart): Promise<void> {
  const file = join(backend.workFolder, `Pulumi.${backend.stack}.yaml`);
  const written = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (!written.includes('pulumi:disable-default-providers')) {
    await pulumi(['config', 'set', 'pulumi:disable-default-providers', '["*"]']);
  }
  if (Object.keys(secrets).length === 0) return;
  const keyed = Object.entries(secrets).map(
    ([name, value]) => [name.includes(':') ? name : `opta:${name}`, value] as const,
  );
  if (engine.kind === 'built-in' && !written.includes('secure:')) {
    await pulumi(['config', 'set-all'], JSON.stringify(Object.fromEntries(keyed)));
    return;
  }
  const known = JSON.parse(await pulumi(['config', '--show-secrets', '--json'])) as Record<string, { value?: string }>;
  for (const [key, value] of keyed) {
    if (known[key]?.value !== value) await pulumi(['config', 'set', '--secret', key], value);
  }
}
