/** The programs that a promotion to a real account needs: Pulumi itself and its plugins, found or installed, with progress. */
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import gte from 'semver/functions/gte.js';
import parse from 'semver/functions/parse.js';
import type { Step, StepContext } from '../../engine/step.ts';
import { UserError } from '../../errors.ts';
import { download, readAddress } from '../../platform/artifacts/download.ts';
import { cacheFolder } from '../../system/folders.ts';
import type { Settings } from '../../system/settings.ts';
import type { System } from '../../system/system.ts';
import { step } from './session.ts';

export interface ProgramsOptions {
  readonly packageRoot: string;
  readonly settings: Pick<Settings, 'mirror' | 'offline'>;
  /** Of npm: `@pulumi/aws`. */
  readonly providers: readonly string[];
}

/** MB, for the sentence before a download (what the archives of late 2026 weigh). */
const sizes: Readonly<Record<string, number>> = { pulumi: 120, aws: 180, gcp: 60, mongodbatlas: 25 };

/** The version of a package of npm as it is installed: plugins must be of the same. */
async function versionOf(packageRoot: string, name: string): Promise<string> {
  const file = join(packageRoot, 'node_modules', ...name.split('/'), 'package.json');
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UserError('packages-missing', `${name} is not installed beside opta`, {
      hints: ['Run `npm install` in the folder of opta; promotions need its optional packages of Pulumi.'],
      cause,
    });
  });
  return (JSON.parse(text) as { version: string }).version;
}

/** The one on PATH, else where ours is or will be. Asks nothing. */
export function pulumiPlace(system: System, version: string): string {
  return system.processes.which('pulumi') ?? join(cacheFolder(system), 'pulumi', version, 'pulumi');
}

export const pulumiVersion = (packageRoot: string): Promise<string> => versionOf(packageRoot, '@pulumi/pulumi');

/** `pulumi` answers with its version; one that was built without says nothing of use and counts as fitting. */
async function standingVersion({ processes }: System, command: string): Promise<string | undefined> {
  if (!existsSync(command)) return undefined;
  const { code, stdout } = await processes.run([command, 'version'], { timeoutMs: 20_000 });
  return code === 0 ? stdout.trim().replace(/^v/, '') : undefined;
}

export function programSteps(command: string, version: string, options: ProgramsOptions): readonly Step[] {
  const cli = step({
    id: 'preflight:pulumi',
    title: `Pulumi ${version} is here`,
    kind: 'change',
    async run(context) {
      const found = await standingVersion(context.system, command);
      if (found === undefined) {
        await installPulumi(context, command, version, options.settings);
        return undefined;
      }
      demandFitting(command, found, version);
      context.note(`${command} ${found}`);
      return 'unchanged';
    },
  });
  const plugins = options.providers.map((name) => pluginStep(command, name, options));
  return [cli, ...plugins];
}

/** The first whose `preview`, `up` and `destroy` all know `--ignore-protect`, without which nothing protected can be waived. */
const oldest = '3.256.0';

function demandFitting(command: string, found: string, version: string): void {
  const known = parse(found);
  if (known === null || known.prerelease.length > 0 || gte(known, oldest)) return;
  throw new UserError('pulumi-too-old', `${command} is Pulumi ${found}, which is too old for these stacks`, {
    hints: [`Install Pulumi ${version}, or take the old one off PATH: opta then brings its own.`],
  });
}

function demandNetwork(what: string, { offline, mirror }: ProgramsOptions['settings'], hint: string): void {
  if (!offline) return;
  throw new UserError('offline', `${what} is not installed, and \`offline\` is set`, {
    hints: [hint, ...(mirror === undefined ? [] : ['The mirror brings what a local cluster needs, and no Pulumi.'])],
  });
}

const archives: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-x64': 'darwin-x64',
  'darwin-arm64': 'darwin-arm64',
};

/** Checked by the sums that the release publishes. */
async function installPulumi(
  { system, signal, note, progress }: StepContext,
  command: string,
  version: string,
  settings: ProgramsOptions['settings'],
): Promise<void> {
  const title = `Pulumi ${version}`;
  const byHand = `Install Pulumi ${version} yourself (https://www.pulumi.com/docs/install/) and put it on PATH.`;
  demandNetwork(title, settings, byHand);
  const archive = archives[`${system.platform}-${system.arch}`];
  if (archive === undefined) {
    throw new UserError('platform-unsupported', `opta brings no Pulumi for ${system.platform}`, { hints: [byHand] });
  }
  const name = `pulumi-v${version}-${archive}.tar.gz`;
  const release = `https://github.com/pulumi/pulumi/releases/download/v${version}`;
  note(`fetching ${title}, about ${sizes['pulumi']} MB`);
  const listed = await readAddress(
    system,
    { url: `${release}/pulumi-${version}-checksums.txt`, sha256: undefined, title: `the sums of ${title}` },
    signal,
  );
  const sha256 = listed
    .split('\n')
    .find((line) => line.trim().endsWith(name))
    ?.split(/\s+/)[0];
  if (sha256 === undefined) {
    throw new UserError('download-failed', `the release of ${title} has no ${name}`, { hints: [byHand] });
  }
  const file = join(cacheFolder(system), 'pulumi', name);
  const onBytes = (done: number, total: number | undefined) => progress(done, total, 'bytes');
  await download(system, { url: `${release}/${name}`, sha256, title }, file, { signal, onBytes });
  await unpack(system, file, dirname(command));
}

/** All of it beside each other: the engine looks for the host of Node.js programs there. */
async function unpack(system: System, file: string, folder: string): Promise<void> {
  const draft = `${folder}.${system.pid}`;
  await mkdir(draft, { recursive: true });
  const { code, stderr } = await system.processes.run(['tar', '-xzf', file, '-C', draft, '--strip-components=1']);
  if (code !== 0) {
    await rm(draft, { recursive: true, force: true });
    throw new UserError('archive-broken', `${basename(file)} cannot be unpacked: ${stderr.trim()}`);
  }
  await chmod(join(draft, 'pulumi'), 0o755);
  await rm(folder, { recursive: true, force: true });
  await rename(draft, folder);
  await rm(file, { force: true });
}

interface Plugin {
  readonly name: string;
  readonly kind: string;
  readonly version?: string;
}

function pluginStep(command: string, provider: string, { packageRoot, settings }: ProgramsOptions): Step {
  const name = provider.replace('@pulumi/', '');
  return step({
    id: `preflight:plugin:${name}`,
    title: `the plugin ${name} is here`,
    kind: 'change',
    needs: ['preflight:pulumi'],
    async run({ system, signal, note }) {
      const { processes } = system;
      const onPath = processes.which(`pulumi-resource-${name}`);
      if (onPath !== undefined) {
        note(`${onPath}, as PATH has it`);
        return 'unchanged';
      }
      const version = await versionOf(packageRoot, provider);
      const env = { ...system.env, PULUMI_SKIP_UPDATE_CHECK: 'true' };
      const listed = await processes.run([command, 'plugin', 'ls', '--json'], { env, signal, timeoutMs: 30_000 });
      const known = listed.code === 0 ? (JSON.parse(listed.stdout || '[]') as readonly Plugin[]) : [];
      if (known.some((one) => one.name === name && one.kind === 'resource' && one.version === version)) {
        note(version);
        return 'unchanged';
      }
      const byHand = `Run: pulumi plugin install resource ${name} ${version}`;
      demandNetwork(`Pulumi's plugin ${name} ${version}`, settings, byHand);
      note(`fetching ${name} ${version}, about ${sizes[name] ?? 50} MB`);
      const argv = [command, 'plugin', 'install', 'resource', name, version];
      const onLine = (line: string) => line.trim() !== '' && note(line.trim());
      const { code, stderr } = await processes.run(argv, { env, signal, onLine });
      if (code === 0) return undefined;
      throw new UserError('plugin-missing', `Pulumi's plugin ${name} ${version} could not be fetched`, {
        hints: [byHand, 'Behind a proxy: HTTPS_PROXY; from a mirror: `--server` of that command.'],
        detail: stderr.trim().split('\n').slice(-5),
      });
    },
  });
}
