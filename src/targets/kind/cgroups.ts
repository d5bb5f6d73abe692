/** Control groups of version 1, which newer kubelets refuse unless they are told to take them. */
import type { System } from '../../system/system.ts';
import { callEngine, type Engine } from './engine.ts';

/** Minor version of Kubernetes; the kubelet of the next one refuses version 1 unless `failCgroupV1` is false. */
const lastForV1 = 34;

/** `kubernetes` as in `1.35.8`. */
export const refusesV1 = (kubernetes: string): boolean => Number(kubernetes.split('.')[1]) > lastForV1;

/** True where nodes have version 1. An engine that does not say is taken to have version 2, as all systems have since years. */
export async function hasV1(system: System, engine: Engine): Promise<boolean> {
  const field = engine.name === 'podman' ? '{{.Host.CgroupsVersion}}' : '{{.CgroupVersion}}';
  const { code, stdout } = await callEngine(system, engine, ['info', '--format', field]);
  return code === 0 && stdout.trim().replace(/^v/, '') === '1';
}
