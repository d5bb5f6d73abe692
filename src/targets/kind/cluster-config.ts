/** kind/cluster.yaml for one project: name, image, ports, workers and mounts set in the parsed text. Pure. */
import { parse, stringify } from 'yaml';
import type { ClusterPorts, KindFolder } from './folder.ts';
import { volumesInNode } from './storage.ts';

interface PortMapping {
  readonly containerPort: number;
  readonly hostPort: number;
}

interface Node {
  readonly role: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly extraPortMappings?: readonly PortMapping[];
}

interface ClusterFile {
  readonly kubeadmConfigPatches: readonly string[];
  readonly nodes: readonly Node[];
}

export interface ClusterWish {
  readonly folder: KindFolder;
  readonly nodeImage: string;
  readonly ports: ClusterPorts;
  readonly workers: number;
  /** The kubelet would refuse the control groups of this machine. */
  readonly allowCgroupV1: boolean;
}

/** Node ports that lead to the spare ports of this machine. */
export const spareNodePorts = [31000, 31001, 31002, 31003] as const;

const takesCgroupV1 = {
  kind: 'KubeletConfiguration',
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  failCgroupV1: false,
};

/** `text` is kind/cluster.yaml. */
export function clusterConfig(text: string, { folder, nodeImage, ports, workers, allowCgroupV1 }: ClusterWish): string {
  const file = parse(text) as ClusterFile;
  const hostPorts = new Map<number, number>([
    [80, ports.http],
    [443, ports.https],
    ...spareNodePorts.map((port, at): [number, number] => [port, ports.spare[at] ?? 0]),
  ]);
  const common = {
    image: nodeImage,
    extraMounts: [
      // Where containerd looks for registries, filled before the node starts.
      { hostPath: folder.registries, containerPath: '/etc/containerd/certs.d', readOnly: true },
      // Volumes outlive the cluster; every node sees all of them, so that a pod finds its own wherever it runs.
      { hostPath: folder.volumes, containerPath: volumesInNode },
    ],
  };
  const nodes = file.nodes.map((node) => ({
    ...node,
    ...common,
    ...(node.extraPortMappings && {
      extraPortMappings: node.extraPortMappings.map((mapping) => ({
        ...mapping,
        hostPort: hostPorts.get(mapping.containerPort) ?? mapping.hostPort,
      })),
    }),
  }));
  // Zones as a cloud has them, so that spreading over zones means something.
  const extra = Array.from({ length: workers }, (_, at) => ({
    role: 'worker',
    labels: { 'topology.kubernetes.io/zone': `local-${at + 1}` },
    ...common,
  }));
  const kubeadmConfigPatches = [...file.kubeadmConfigPatches, ...(allowCgroupV1 ? [stringify(takesCgroupV1)] : [])];
  return stringify({ ...file, kubeadmConfigPatches, name: folder.name, nodes: [...nodes, ...extra] });
}
