/** Groups of nodes of an environment: what the definition says, with a name that changes when a group must be a new one. */
import { findModuleType } from '../resources/index.ts';
import type { App, OtherModule } from './app.ts';
import { hashOf, shortened } from './names.ts';

export type Architecture = 'amd64' | 'arm64';

/** One group of nodes, as plain JSON. */
export interface NodeGroupPlan {
  /** At most 40 characters, with a hash of everything that cannot change in place. */
  readonly name: string;
  readonly instanceType: string;
  readonly architecture: Architecture;
  readonly gpu: boolean;
  /** Machines that may be taken away at any time. */
  readonly spot: boolean;
  /** GB. */
  readonly diskSize: number;
  readonly min: number;
  readonly max: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly { readonly key: string; readonly value: string; readonly effect: TaintEffect }[];
  /** As written, on AWS. */
  readonly imageType?: string;
  readonly userData?: string;
}

type TaintEffect = 'NO_SCHEDULE' | 'NO_EXECUTE' | 'PREFER_NO_SCHEDULE';

/** The cluster's own group first, then those of aws-nodegroup and gcp-nodepool. */
export function nodeGroupsOf(app: App): NodeGroupPlan[] {
  const cluster = app.modules.find((module) => typeOf(module) === 'k8s-cluster');
  const more = app.provider === 'google' ? 'gcp-nodepool' : 'aws-nodegroup';
  const others = app.modules.filter((module) => typeOf(module) === more);
  const first = planOf(app, 'main', cluster?.settings ?? {});
  return [first, ...others.map(({ name, settings }) => planOf(app, name, settings))];
}

const typeOf = ({ type }: OtherModule): string | undefined => findModuleType(type)?.name;

/** The architecture that images are built for: that of the cluster's own nodes. */
export function nodeArchitecture(app: App): Architecture {
  return nodeGroupsOf(app)[0]?.architecture ?? 'amd64';
}

/** Graviton has a `g` after the generation (m7g, c6gn, t4g) or is a1; Google's are t2a, c4a and n4a. */
export function architectureOf(instanceType: string): Architecture {
  return /^([a-z]+\d+g[a-z]*\.|a1\.)|^(t2a|c4a|n4a)-/.test(instanceType) ? 'arm64' : 'amd64';
}

function planOf(app: App, group: string, settings: Readonly<Record<string, unknown>>): NodeGroupPlan {
  const google = app.provider === 'google';
  const instanceType = String(settings.node_instance_type ?? (google ? 'n2-highcpu-4' : 't3.medium'));
  const imageType = google ? undefined : currentImage(settings.ami_type);
  const userData = (settings.node_launch_template as { readonly user_data?: string } | undefined)?.user_data;
  const min = Number(settings.min_nodes ?? 1);
  const fixed = {
    instanceType,
    architecture: architectureOf(instanceType),
    gpu: settings.use_gpu === true || /^(p\d|g\d)/.test(instanceType),
    spot: settings.spot_instances === true || settings.preemptible === true,
    diskSize: Number(settings.node_disk_size ?? 20),
    ...(imageType === undefined ? {} : { imageType }),
  };
  return {
    name: shortened(`${group}-${hashOf(JSON.stringify(fixed))}`, 40),
    ...fixed,
    min,
    max: Math.max(min, Number(settings.max_nodes ?? 5), 1),
    labels: (settings.labels as Readonly<Record<string, string>> | undefined) ?? {},
    taints: taintsOf(settings.taints),
    ...(userData === undefined ? {} : { userData }),
  };
}

/** Amazon Linux 2 has no images for the versions of Kubernetes that are still offered. */
function currentImage(written: unknown): string | undefined {
  if (typeof written !== 'string') return undefined;
  const renamed: Readonly<Record<string, string>> = {
    AL2_x86_64: 'AL2023_x86_64_STANDARD',
    AL2_x86_64_GPU: 'AL2023_x86_64_NVIDIA',
    AL2_ARM_64: 'AL2023_ARM_64_STANDARD',
  };
  return renamed[written] ?? written;
}

const effects: Readonly<Record<string, TaintEffect>> = {
  NoSchedule: 'NO_SCHEDULE',
  NoExecute: 'NO_EXECUTE',
  PreferNoSchedule: 'PREFER_NO_SCHEDULE',
};

function taintsOf(written: unknown): NodeGroupPlan['taints'] {
  const list = Array.isArray(written) ? (written as readonly Readonly<Record<string, string>>[]) : [];
  return list.map(({ key = '', value = '', effect = 'NO_SCHEDULE' }) => {
    return { key, value, effect: effects[effect] ?? (effect as TaintEffect) };
  });
}
