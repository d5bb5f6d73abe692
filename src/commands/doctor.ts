/** `opta doctor`: what must be true of this machine, and with `--fix` what makes it so. */
import { join } from 'node:path';
import type { App } from '../app/app.ts';
import { readApp } from '../app/read.ts';
import { askAll, type Check, type Checked, isSound, mend } from '../engine/check.ts';
import { InvalidInput, UserError } from '../errors.ts';
import { checksJson, commandLine, formatChecks } from '../ui/checks.ts';
import { themeOf } from '../ui/theme.ts';
import { definitionOptions, type ExitCode, given, type Invocation, projectFolder } from './invocation.ts';
import { runningTarget } from './target.ts';

export async function doctor(invocation: Invocation): Promise<ExitCode> {
  const { system } = invocation;
  let all = await askAll(await checksOf(invocation), system);
  const json = given(invocation, 'json');
  const write = (checked: readonly Checked[]) =>
    system.stdout.write(
      json
        ? `${JSON.stringify(checksJson(checked), undefined, 2)}\n`
        : formatChecks(checked, themeOf(system, system.stdout), system.stdout.columns || undefined),
    );
  if (given(invocation, 'fix')) {
    all = await mend(all, system, invocation.signal, (argv, failure) =>
      system.stderr.write(failure === undefined ? `$ ${commandLine(argv)}\n` : `it failed: ${failure}\n`),
    );
  }
  write(all);
  return isSound(all) ? 0 : 1;
}

/** The definition where there is one that can be read, else why not. */
async function definition(invocation: Invocation): Promise<{ app: App | undefined; why: string }> {
  try {
    return { app: await readApp(definitionOptions(invocation, 'process')), why: '' };
  } catch (error) {
    if (error instanceof InvalidInput) {
      const none = error.diagnostics.some(({ code }) => code === 'no-definition');
      return {
        app: undefined,
        why: none ? 'there is no definition here' : 'the definition has problems: see `opta validate`',
      };
    }
    if (error instanceof UserError) return { app: undefined, why: 'no definition can be read here' };
    throw error;
  }
}

async function checksOf(invocation: Invocation): Promise<readonly Check[]> {
  const { system, packageRoot } = invocation;
  const [app, machine, authority, mesh, names, network, process, kind] = await Promise.all([
    definition(invocation),
    import('../platform/checks/machine.ts'),
    import('../platform/checks/authority.ts'),
    import('../platform/checks/mesh.ts'),
    import('../platform/checks/names.ts'),
    import('../platform/checks/network.ts'),
    import('../targets/process/checks.ts'),
    import('../targets/kind/checks.ts'),
  ]);
  const self = [system.node, join(packageRoot, 'src', 'opta.cjs')];
  const target = runningTarget(invocation);
  const online = given(invocation, 'network');
  const place = { projectFolder: projectFolder(invocation, 'above'), packageRoot, root: '' };
  return [
    ...machine.machineChecks({ ...place, otherClock: online ? () => network.serverTime() : undefined }),
    ...names.nameChecks(),
    ...authority.authorityChecks(self, ''),
    ...mesh.meshChecks(kind.platformKeys(place.projectFolder)),
    ...process.processChecks({ ...place, wanted: target === 'process', self, ...app }),
    ...kind.kindChecks({
      ...place,
      wanted: target === 'kind',
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
