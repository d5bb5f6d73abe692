/** The state of a stack as the engine keeps it: what was begun and never ended, and how that is forgotten. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Backend } from '../../operation.ts';
import { type StateResource, withDependencies } from './dependencies.ts';
import type { Workspace } from './workspace.ts';

interface PendingOperation {
  readonly type: 'creating' | 'updating' | 'deleting' | 'reading' | 'importing';
  readonly resource: { readonly urn: string };
}

interface Deployment {
  readonly resources?: readonly StateResource[];
  readonly pending_operations?: readonly PendingOperation[];
}

interface Exported {
  readonly version: number;
  readonly deployment?: Deployment;
}

export interface State {
  /** How many resources it has, of all kinds. */
  readonly size: number;
  /** But for what only waits to be deleted. */
  readonly urns: ReadonlySet<string>;
  /** `<type> <id>` of everything in it. */
  readonly ids: ReadonlySet<string>;
  readonly pending: readonly { readonly urn: string; readonly type: PendingOperation['type'] }[];
}

const stateIn = (deployment: Deployment | undefined): State => ({
  size: deployment?.resources?.length ?? 0,
  urns: new Set(deployment?.resources?.filter((one) => one.delete !== true).map(({ urn }) => urn)),
  ids: new Set(deployment?.resources?.map(({ type, id }) => `${type} ${id}`)),
  pending: (deployment?.pending_operations ?? []).map(({ type, resource }) => ({ urn: resource.urn, type })),
});

/** Asks the engine; a state in files is read itself, which costs no start of the engine. */
export async function stateOf({ pulumi }: Pick<Workspace, 'pulumi'>, { url, project, stack }: Backend): Promise<State> {
  if (!url.startsWith('file://'))
    return stateIn((JSON.parse(await pulumi(['stack', 'export'])) as Exported).deployment);
  const file = join(fileURLToPath(url), '.pulumi', 'stacks', project, `${stack}.json`);
  if (!existsSync(file)) return stateIn(undefined);
  const written = JSON.parse(readFileSync(file, 'utf8')) as { readonly checkpoint: { readonly latest?: Deployment } };
  return stateIn(written.checkpoint.latest);
}

/** Writes the state anew. Secrets are not shown on the way: they go out and come in as they are kept. */
async function rewrite({ pulumi }: Workspace, edit: (deployment: Deployment) => Deployment): Promise<void> {
  const exported = JSON.parse(await pulumi(['stack', 'export'])) as Exported;
  const folder = mkdtempSync(join(tmpdir(), 'opta-state-'));
  try {
    const file = join(folder, 'state.json');
    const deployment = edit(exported.deployment ?? {});
    writeFileSync(file, JSON.stringify({ ...exported, deployment }), { mode: 0o600 });
    await pulumi(['stack', 'import', '--file', file]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Forgets what was begun. */
export const forgetPending = (workspace: Workspace): Promise<void> =>
  rewrite(workspace, ({ pending_operations: _, ...deployment }) => deployment);

/** Writes down what those that were taken in depend on. */
export const noteDependencies = (workspace: Workspace, adopted: readonly string[]): Promise<void> =>
  rewrite(workspace, (deployment) => ({
    ...deployment,
    resources: withDependencies(deployment.resources ?? [], adopted),
  }));
