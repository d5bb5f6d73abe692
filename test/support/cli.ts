/** The real bin as a child process, in a temporary folder of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const bin = join(root, 'src', 'opta.cjs');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly node?: string;
  readonly bin?: string;
}

export interface Project {
  /** Absolute, without symbolic links. */
  readonly folder: string;
  /** Writes files below the folder. */
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Runs opta in the folder (or in one below it) to its end. */
  opta(args: readonly string[], options?: RunOptions & { readonly in?: string }): Promise<Ran>;
}

export function runBin(args: readonly string[], cwd: string, options: RunOptions = {}): Promise<Ran> {
  const { env = {}, input = '', node = process.execPath, bin: file = bin } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(node, [file, ...args], { cwd, env: { ...process.env, OPTA_ON: 'process', ...env } });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
    child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr }));
    child.stdin.on('error', () => {}).end(input);
  });
}

/** Runs `act` in a new folder, which is gone afterwards. */
export async function inProject<T>(
  files: Readonly<Record<string, string>>,
  act: (project: Project) => Promise<T>,
): Promise<T> {
  const folder = realpathSync(await mkdtemp(join(tmpdir(), 'opta-cli-')));
  const project: Project = {
    folder,
    async write(more) {
      for (const [name, text] of Object.entries(more)) {
        await mkdir(dirname(join(folder, name)), { recursive: true });
        await writeFile(join(folder, name), text);
      }
    },
    opta: (args, options = {}) => runBin(args, join(folder, options.in ?? '.'), options),
  };
  try {
    await project.write(files);
    return await act(project);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

/** A `node` older than opta needs, from PATH or the usual places. */
export function olderNode(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/local/bin', '/usr/bin'];
  return [...new Set(folders)]
    .map((folder) => join(folder, 'node'))
    .filter((file) => existsSync(file))
    .find((file) => {
      const [major = 0, minor = 0] = spawnSync(file, ['--version'], { encoding: 'utf8' })
        .stdout.replace('v', '')
        .split('.')
        .map(Number);
      return major > 0 && (major < 22 || (major === 22 && minor < 21));
    });
}
