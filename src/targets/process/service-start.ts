/** How each service of an App starts as a process: its folder, its command, what it needs installed. Reads files only. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { App, Service } from '../../app/app.ts';
import { type Install, installOf } from '../../app/install-command.ts';
import { asArgv } from '../../app/shell-words.ts';
import { detectStartCommand, pythonPath, type StartCommand } from '../../app/start-command.ts';
import { type Diagnostic, UserError } from '../../errors.ts';
import type { System } from '../../system/system.ts';
import { nodeOnPath, ownNodeFolder, ownNodeNotice, readNodeNeed, whyOwnNode } from './node-path.ts';

export interface ServiceStart {
  /** Absolute. */
  readonly directory: string;
  readonly argv: readonly string[];
  /** Folders to put first on PATH. */
  readonly path: readonly string[];
  readonly install: (Install & { readonly stepId: string; readonly stampFile: string }) | undefined;
}

export interface ServiceStarts {
  readonly starts: ReadonlyMap<string, ServiceStart>;
  readonly diagnostics: readonly Diagnostic[];
}

/** Throws UserError `start-command-missing` or `code-folder-missing` at the service's place. */
export async function serviceStarts(system: System, app: App, stateFolder: string): Promise<ServiceStarts> {
  // Asked once, and only when a service runs on Node.
  let version: Promise<string | undefined> | undefined;
  const node = () => {
    version ??= nodeOnPath(system);
    return version;
  };
  const all = await Promise.all(app.services.map((service) => startOf(system, service, stateFolder, node)));
  // Services that share a folder share its packages: the first one's step installs for all.
  const first = new Map<string, ServiceStart['install']>();
  const starts = all.map(({ id, start }): [string, ServiceStart] => {
    if (start.install && !first.has(start.directory)) first.set(start.directory, start.install);
    return [id, { ...start, install: start.install && first.get(start.directory) }];
  });
  return {
    starts: new Map(starts),
    diagnostics: nodeNotices(system, all),
  };
}

async function startOf(system: System, service: Service, stateFolder: string, node: () => Promise<string | undefined>) {
  const directory = await folderOf(service);
  // Cron jobs bring their own commands.
  const cronOnly = service.replicas.min === 0;
  const { argv, path } = cronOnly ? { argv: [], path: [] } : await commandOf(service, directory);
  const need = await readNodeNeed(directory, argv);
  const why = need === undefined ? undefined : whyOwnNode(await node(), need);
  const nodeBins = need === undefined ? [] : [join(directory, 'node_modules', '.bin')];
  const bins = path.length > 0 ? path : [...nodeBins, ...(await pythonPath(directory))];
  const install = await installOf(directory, service.dev.install);
  const key = createHash('sha256').update(directory).digest('hex').slice(0, 12);
  const start: ServiceStart = {
    directory,
    argv,
    path: why === undefined ? bins : [ownNodeFolder(system), ...bins],
    install: install && { ...install, stepId: `install:${service.id}`, stampFile: join(stateFolder, 'installed', key) },
  };
  return { id: service.id, start, why };
}

/** One notice a reason, whatever the number of services it holds for. */
function nodeNotices(system: System, all: readonly { readonly id: string; readonly why: string | undefined }[]) {
  const services = new Map<string, string[]>();
  for (const { id, why } of all) if (why !== undefined) services.set(why, [...(services.get(why) ?? []), id]);
  return [...services].map(([why, ids]): Diagnostic => ownNodeNotice(ids, why, system));
}

async function folderOf(service: Service): Promise<string> {
  const { dev, image, id, place } = service;
  const directory = dev.directory ?? (image.kind === 'build' ? image.build.context : undefined);
  if (directory === undefined) {
    const reference = image.kind === 'reference' ? image.reference : 'AUTO';
    throw new UserError(
      'start-command-missing',
      `${id} has only an image (${reference}), and images do not run as processes`,
      {
        place,
        hints: [
          'Say where its code is and how it starts: `dev: {directory: ../code, command: npm start}`.',
          'Or run it in a cluster: `opta dev up --on kind`.',
        ],
      },
    );
  }
  const found = await stat(directory).catch((error: NodeJS.ErrnoException) => error);
  if ('isDirectory' in found && found.isDirectory()) return directory;
  const why = 'isDirectory' in found ? 'is not a folder' : found.code === 'EACCES' ? 'may not be read' : 'is not there';
  throw new UserError('code-folder-missing', `the code of ${id} should be in ${directory}, which ${why}`, {
    place,
    hints: [`Make the folder ${basename(directory)}, or correct \`dev.directory\` or \`build.context\`.`],
  });
}

async function commandOf(service: Service, directory: string): Promise<Pick<StartCommand, 'argv' | 'path'>> {
  const { dev, command, args, id, place } = service;
  if (typeof dev.command === 'string') return { argv: asArgv(dev.command) ?? ['sh', '-c', dev.command], path: [] };
  if (dev.command !== undefined && dev.command.length > 0) return { argv: dev.command, path: [] };
  if (command !== undefined && command.length > 0) return { argv: [...command, ...(args ?? [])], path: [] };
  const found = await detectStartCommand(directory);
  if (found) return found;
  // Nothing of it runs but its schedules: their first command tells which Node is needed.
  const [first] = service.cronJobs;
  if (service.replicas.min === 0) return { argv: [...(first?.command ?? []), ...(first?.args ?? [])], path: [] };
  throw new UserError('start-command-missing', `nothing in ${directory} says how ${id} starts`, {
    place,
    hints: [
      'Add it to the module: `dev: {command: node src/main.ts}`.',
      'A start script in package.json or a Procfile does as well.',
    ],
  });
}
