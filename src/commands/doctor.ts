/** `opta doctor`: what must be true of this machine, and with `--fix` what makes it so. */
import { join } from 'node:path';
import type { App } from '../app/app.ts';
import { readApp } from '../app/read.ts';
import { askAll, askOne, type Check, type Checked, isSound } from '../engine/check.ts';
import { InvalidInput, UserError } from '../errors.ts';
import type { System } from '../system/system.ts';
import { checksJson, commandLine, formatChecks } from '../ui/checks.ts';
import { themeOf } from '../ui/theme.ts';
import { definitionOptions, type ExitCode, given, type Invocation, projectFolder } from './invocation.ts';

export async function doctor(invocation: Invocation): Promise<ExitCode> {
  const { system } = invocation;
  let all = await askAll(await checksOf(invocation), system);
  const json = given(invocation, 'json');
  const write = (checked: readonly Checked[]) =>
    system.stdout.write(
      json
        ? `${JSON.stringify(checksJson(checked), undefined, 2)}\n`
        : formatChecks(checked, themeOf(system, system.stdout)),
    );
  if (given(invocation, 'fix')) all = await fixed(all, invocation);
  write(all);
  return isSound(all) ? 0 : 1;
}

/** The definition where there is one that can be read, else why not. */
async function definition(invocation: Invocation): Promise<{ app: App | undefined; why: string }> {
  try {
    return { app: await readApp(definitionOptions(invocation, 'process')), why: '' };
  } catch (error) {
    if (error instanceof InvalidInput)
      return { app: undefined, why: 'the definition has problems: `opta validate` tells them' };
    if (error instanceof UserError) return { app: undefined, why: 'no definition can be read here' };
    throw error;
  }
}

async function checksOf(invocation: Invocation): Promise<readonly Check[]> {
  const { system, packageRoot } = invocation;
  const [app, machine, authority, names, network, process, kind] = await Promise.all([
    definition(invocation),
    import('../platform/checks/machine.ts'),
    import('../platform/checks/authority.ts'),
    import('../platform/checks/names.ts'),
    import('../platform/checks/network.ts'),
    import('../targets/process/checks.ts'),
    import('../targets/kind/checks.ts'),
  ]);
  const self = [system.node, join(packageRoot, 'src', 'opta.cjs')];
  const online = given(invocation, 'network');
  const place = { projectFolder: projectFolder(invocation, 'above'), packageRoot, root: '' };
  return [
    ...machine.machineChecks({ ...place, otherClock: online ? () => network.serverTime() : undefined }),
    ...names.nameChecks(),
    ...authority.authorityChecks(self, ''),
    ...process.processChecks({ ...place, self, ...app }),
    ...kind.kindChecks({
      ...place,
      pins: () => pinsOf(invocation, online),
      quota: online ? () => network.hubQuota() : undefined,
    }),
  ];
}

/** With what a mirror replaces; one at an address is asked only with `--network`. */
async function pinsOf({ system, packageRoot }: Invocation, online: boolean) {
  const [{ openArtifacts }, { readSettings }] = await Promise.all([
    import('../platform/artifacts.ts'),
    import('../system/settings.ts'),
  ]);
  const settings = await readSettings(system);
  const mirror = !online && /^https?:/.test(settings.mirror ?? '') ? undefined : settings.mirror;
  return openArtifacts(system, { dataFolder: join(packageRoot, 'kind'), settings: { ...settings, mirror } });
}

/** Runs what mends each failed check, shown first, one after the other; then asks it again. */
async function fixed(all: readonly Checked[], { system, signal }: Invocation): Promise<Checked[]> {
  const after: Checked[] = [];
  for (const one of all) {
    const commands = one.verdict.state === 'failed' ? (one.verdict.fix?.commands ?? []) : [];
    for (const argv of commands) {
      signal.throwIfAborted();
      system.stderr.write(`$ ${commandLine(argv)}\n`);
      await runHere(system, argv);
    }
    after.push(commands.length === 0 ? one : await askOne(one.check, system));
  }
  return after;
}

/** In the user's terminal, so that sudo can ask; what it prints goes to standard error. */
async function runHere(system: System, argv: readonly string[]): Promise<void> {
  const { code, error } = await system.processes.spawn(argv, { cwd: system.cwd, stdio: ['inherit', 2, 2] }).ended;
  if (error !== undefined || code !== 0)
    system.stderr.write(`it failed${error === undefined ? ` with code ${code}` : `: ${error.message}`}\n`);
}
