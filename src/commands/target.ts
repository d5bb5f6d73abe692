/** Which local target a command means: what was asked for, what this project runs on already, or what this machine has. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../targets/kind/engine.ts';
import { type Invocation, projectFolder, text, wrongValue } from './invocation.ts';

export interface Choice {
  readonly target: 'process' | 'kind';
  /** One line. */
  readonly reason: string;
  /** When it was asked. */
  readonly engine?: Engine;
}

/** What was written with `--on` or in OPTA_ON. Throws UserError `bad-value`. */
function written(invocation: Invocation): { readonly value: 'process' | 'kind'; readonly from: string } | undefined {
  const flag = text(invocation, 'on');
  const value = flag ?? invocation.system.env['OPTA_ON'];
  if (value === undefined || value === '') return undefined;
  if (value !== 'process' && value !== 'kind') throw wrongValue('on', value, 'process or kind');
  return { value, from: flag === undefined ? 'OPTA_ON' : `--on ${value}` };
}

/** True when `up` made a cluster for the project, and no `down` took it away. */
function hasCluster(folder: string): boolean {
  try {
    const record = JSON.parse(readFileSync(join(folder, '.opta', 'kind', 'cluster.json'), 'utf8')) as {
      state?: string;
    };
    return record.state === 'created' || record.state === 'creating';
  } catch (error) {
    if (error instanceof SyntaxError || /^ENO(ENT|TDIR)$/.test((error as NodeJS.ErrnoException).code ?? ''))
      return false;
    throw error;
  }
}

const hasProcesses = (folder: string): boolean => existsSync(join(folder, '.opta', 'run.json'));

/** Told before anything is read or written. Throws UserError `no-engine`. */
async function engineFor({ system }: Invocation, { value }: { readonly value: Choice['target'] }) {
  if (value === 'process') return {};
  const { theEngine } = await import('../targets/kind/engine.ts');
  return { engine: await theEngine(system) };
}

/**
 * The target that `dev up` takes: what was asked for, what this project runs on, else a cluster where a container engine
 * answers. `otherwise` stands for that last question where seconds count more than likeness. Throws UserError `no-engine`.
 */
export async function chooseTarget(invocation: Invocation, otherwise?: 'process'): Promise<Choice> {
  const asked = written(invocation);
  if (asked)
    return { target: asked.value, reason: `asked for with ${asked.from}`, ...(await engineFor(invocation, asked)) };
  const folder = projectFolder(invocation);
  const [cluster, processes] = [hasCluster(folder), hasProcesses(folder)];
  if (processes && !cluster) return { target: 'process', reason: 'this project runs as processes already' };
  if (cluster) {
    const kind = await engineFor(invocation, { value: 'kind' });
    return { target: 'kind', reason: 'this project has a cluster; --on process runs without containers', ...kind };
  }
  if (otherwise === 'process') {
    return { target: 'process', reason: 'plain processes; --on kind makes a local Kubernetes' };
  }
  const { detectEngine } = await import('../targets/kind/engine.ts');
  const { engine, why } = await detectEngine(invocation.system);
  if (engine === undefined) return { target: 'process', reason: `${why}, so no local Kubernetes` };
  return { target: 'kind', engine, reason: `${why}; --on process runs without containers` };
}

/** The target that a command about what runs means: the one that this project runs on. */
export function runningTarget(invocation: Invocation): Choice['target'] {
  const asked = written(invocation);
  if (asked) return asked.value;
  const folder = projectFolder(invocation, 'above');
  return hasCluster(folder) && !hasProcesses(folder) ? 'kind' : 'process';
}

/** The targets that `dev down` clears: what runs, and with `volumes` what keeps data. */
export function targetsToClear(invocation: Invocation, volumes: boolean): readonly Choice['target'][] {
  const asked = written(invocation);
  if (asked) return [asked.value];
  const folder = projectFolder(invocation, 'above');
  const cluster = hasCluster(folder) || (volumes && existsSync(join(folder, '.opta', 'kind')));
  if (!cluster) return ['process'];
  return hasProcesses(folder) || volumes ? ['kind', 'process'] : ['kind'];
}
