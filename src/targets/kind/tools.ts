/** kind and helm: a fitting one on PATH, else the pinned one. */

import coerce from 'semver/functions/coerce.js';
import major from 'semver/functions/major.js';
import minor from 'semver/functions/minor.js';
import type { System } from '../../system/system.ts';

export interface Tool {
  /** Full path. */
  readonly program: string;
  readonly version: string;
}

type ToolName = 'kind' | 'helm';

const asked: Readonly<Record<ToolName, readonly string[]>> = {
  kind: ['version', '-q'],
  helm: ['version', '--template', '{{.Version}}'],
};

/**
 * The tool on PATH, when it fits the pin: kind in its minor version, because node images belong to it; helm in its
 * major version, because charts are only rendered.
 */
export async function toolOnPath(system: System, name: ToolName, pinned: string): Promise<Tool | undefined> {
  const program = system.processes.which(name);
  if (program === undefined) return undefined;
  const ended = await system.processes
    .run([program, ...asked[name]], { timeoutMs: 10_000 })
    .catch(() => ({ code: 1, stdout: '' }));
  const version = coerce(ended.stdout)?.version;
  if (ended.code !== 0 || version === undefined) return undefined;
  const fits = major(version) === major(pinned) && (name === 'helm' || minor(version) === minor(pinned));
  return fits ? { program, version } : undefined;
}
