/** `pulumi preview` in a plain project, by the built-in engine and by a real one over the same simulated cloud. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { root } from './cli.ts';

/** Our processes around Pulumi, from sources. */
const processes = [process.execPath, '--disable-warning=ExperimentalWarning', join(root, 'src', 'cloud-process.ts')];

export interface PlainProject {
  /** With Pulumi.yaml. */
  readonly folder: string;
  readonly stack: string;
  readonly cloudFolder: string;
  readonly passphraseFile: string;
}

/** What it said when it saw a change, and nothing when it saw none. */
async function preview(argv: readonly string[], project: PlainProject, path: string): Promise<string> {
  const [program = '', ...args] = argv;
  const env = {
    ...process.env,
    PATH: path,
    OPTA_CLOUD_FOLDER: project.cloudFolder,
    PULUMI_CONFIG_PASSPHRASE_FILE: project.passphraseFile,
    PULUMI_SKIP_UPDATE_CHECK: 'true',
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: '1',
  };
  const words = ['preview', '--stack', project.stack, '--expect-no-changes', '--non-interactive'];
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...args, ...words], { cwd: project.folder, env });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (said += text));
    child.on('error', reject).on('close', (code) => resolve(code === 0 ? '' : `${code}: ${said}`));
  });
}

export function previewBuiltIn(project: PlainProject): Promise<string> {
  return preview([...processes, 'pulumi'], project, process.env['PATH'] ?? '');
}

/** The real `pulumi` of PATH, with its language host for Node beside it; undefined where none is. */
export function realPulumi(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return folders
    .map((folder) => join(folder, 'pulumi'))
    .find((file) => spawnSync(file, ['version'], { encoding: 'utf8' }).status === 0);
}

/** Plugins of the same name as the real ones, over the simulated cloud. */
export function previewReal(pulumi: string, project: PlainProject, plugins: string): Promise<string> {
  mkdirSync(plugins, { recursive: true });
  for (const name of ['aws', 'gcp', 'mongodbatlas']) {
    const file = join(plugins, `pulumi-resource-${name}`);
    writeFileSync(file, `#!/bin/sh\nexec ${processes.map((one) => `'${one}'`).join(' ')} plugin "$@"\n`);
    chmodSync(file, 0o755);
  }
  const path = [plugins, dirname(pulumi), dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter);
  return preview([pulumi], project, path);
}
