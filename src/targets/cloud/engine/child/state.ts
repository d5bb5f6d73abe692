/** The state of a stack as the engine keeps it: what was begun and never ended, and how that is forgotten. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Backend } from '../../operation.ts';
import type { Workspace } from './workspace.ts';

interface PendingOperation {
  readonly type: 'creating' | 'updating' | 'deleting' | 'reading' | 'importing';
  readonly resource: { readonly urn: string };
}

interface Deployment {
  readonly resources?: readonly { readonly urn: string }[];
  readonly pending_operations?: readonly PendingOperation[];
}

interface Exported {
  readonly version: number;
  readonly deployment?: Deployment;
}

export interface State {
  readonly urns: ReadonlySet<string>;
  readonly pending: readonly { readonly urn: string; readonly type: PendingOperation['type'] }[];
}

const stateIn = (deployment: Deployment | undefined): State => ({
  urns: new Set(deployment?.resources?.map(({ urn }) => urn)),
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

/** Forgets what was begun. Secrets are not shown on the way: they go out and come in as they are kept. */
export async function forgetPending({ pulumi }: Workspace): Promise<void> {
  const exported = JSON.parse(await pulumi(['stack', 'export'])) as Exported;
  const { pending_operations: _, ...deployment } = exported.deployment ?? {};
  const folder = mkdtempSync(join(tmpdir(), 'opta-state-'));
  try {
    const file = join(folder, 'state.json');
    writeFileSync(file, JSON.stringify({ ...exported, deployment }), { mode: 0o600 });
    await pulumi(['stack', 'import', '--file', file]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
