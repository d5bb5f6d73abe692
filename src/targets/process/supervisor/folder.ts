/** The project's `.opta` folder: where the supervisor keeps its ledger, lock, control socket and logs. */
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { asFileError } from '../../../errors.ts';
import type { System } from '../../../system/system.ts';

/** A unix socket path holds 104 bytes on macOS and 108 on Linux, its end included. */
const longestSocketPath = 100;

export interface StateFolder {
  readonly project: string;
  readonly path: string;
  readonly ledger: string;
  readonly lock: string;
  /** The control socket. */
  readonly control: string;
  readonly logs: string;
  /** Standard error of the supervisor. */
  readonly ownLog: string;
  /** Value of OPTA_PROJECT in the environment of everything started for this project. */
  readonly mark: string;
}

function realPath(path: string): string {
  return existsSync(path) ? realpathSync(path) : path;
}

function controlPath(system: System, folder: string, mark: string): string {
  const near = join(folder, 'control.sock');
  if (system.platform === 'win32') return `\\\\.\\pipe\\opta-${mark}`;
  if (Buffer.byteLength(near) <= longestSocketPath) return near;
  const runtime = system.env['XDG_RUNTIME_DIR'];
  const base =
    runtime && Buffer.byteLength(runtime) < 60 ? join(runtime, 'opta') : join(tmpdir(), `opta-${system.uid ?? 0}`);
  return join(base, `${mark}.sock`);
}

/** Names of the state files of a project; touches nothing. */
export function stateFolder(system: System, projectFolder: string): StateFolder {
  const project = realPath(resolve(projectFolder));
  const path = join(project, '.opta');
  const mark = createHash('sha256').update(project).digest('hex').slice(0, 20);
  return {
    project,
    path,
    ledger: join(path, 'run.json'),
    lock: join(path, 'run.lock'),
    control: controlPath(system, path, mark),
    logs: join(path, 'logs'),
    ownLog: join(path, 'supervisor.log'),
    mark,
  };
}

/**
 * Makes `.opta` (mode 0700, git-ignored), its logs folder, and the folder of the control socket.
 * Throws UserError `folder-not-writable` or `disk-full`.
 */
export function prepareStateFolder(folder: StateFolder): void {
  try {
    mkdirSync(folder.logs, { recursive: true, mode: 0o700 });
    chmodSync(folder.path, 0o700);
    const ignore = join(folder.path, '.gitignore');
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
    const probe = join(folder.path, '.writable');
    writeFileSync(probe, '');
    rmSync(probe);
    const sockets = dirname(folder.control);
    if (sockets !== folder.path && !folder.control.startsWith('\\\\')) {
      mkdirSync(sockets, { recursive: true, mode: 0o700 });
      chmodSync(sockets, 0o700);
    }
  } catch (error) {
    throw asFileError(error);
  }
}
