/** The engine that promotions of these scripts run over: the built-in one, or the `pulumi` of PATH with simulated providers. */
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bin } from '../shop.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
export const engineNames = ['built-in', 'real'] as const;
export type EngineName = (typeof engineNames)[number];

export interface Engine {
  readonly name: EngineName;
  /** What runs opta, before its own arguments. */
  readonly argv: readonly string[];
  /** PATH without plugins. */
  readonly bare: string;
  /** For promotions of an environment whose simulated cloud is in `cloudFolder`. */
  env(cloudFolder: string): Readonly<Record<string, string>>;
}

const onPath = (name: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file));

const programs = ['pulumi', 'pulumi-language-nodejs'];
/** Programs of a real engine that are not on PATH. */
export const missingPrograms = (): readonly string[] => programs.filter((name) => onPath(name) === undefined);

const plugins = ['aws', 'gcp', 'mongodbatlas'].map((name) => `pulumi-resource-${name}`);

/** `folder` gets the plugins and the engine's own home. */
export function engineOf(name: EngineName, folder: string): Engine {
  if (name === 'built-in') return { name, argv: [bin], bare: '', env: () => ({}) };
  const [own, simulated] = [join(folder, 'bin'), join(folder, 'plugins')];
  for (const one of [own, simulated]) mkdirSync(one, { recursive: true });
  for (const program of programs) symlinkSync(onPath(program) ?? '', join(own, program));
  const process_ = join(root, 'src', 'cloud-process.ts');
  for (const plugin of plugins) {
    const file = join(simulated, plugin);
    writeFileSync(file, `#!/bin/sh\nexec '${process.execPath}' --no-warnings '${process_}' plugin "$@"\n`);
    chmodSync(file, 0o755);
  }
  // What else PATH holds of Pulumi may be of another version.
  const rest = (process.env['PATH'] ?? '').split(delimiter).filter((one) => !existsSync(join(one, 'pulumi')));
  const bare = [own, ...rest].join(delimiter);
  return {
    name,
    argv: ['--no-warnings', join(root, 'scripts', 'support', 'promotion', 'over-pulumi.ts')],
    bare,
    env: (cloudFolder) => ({
      PATH: `${simulated}${delimiter}${bare}`,
      OPTA_CLOUD_FOLDER: cloudFolder,
      PULUMI_HOME: join(folder, 'home'),
    }),
  };
}
