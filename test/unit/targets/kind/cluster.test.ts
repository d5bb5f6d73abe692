import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { clusterConfig, spareNodePorts } from '../../../../src/targets/kind/cluster-config.ts';
import { kindFolder } from '../../../../src/targets/kind/folder.ts';
import { clusterState } from '../../../../src/targets/kind/survey.ts';
import { root } from '../../../support/tree.ts';

const text = readFileSync(join(root, 'kind', 'cluster.yaml'), 'utf8');
const folder = kindFolder('/projects/My Shop');
const ports = { https: 8443, http: 8080, registry: 5001, spare: [40001, 40002, 40003, 40004] };
const wish = { folder, nodeImage: 'kindest/node:v1.35.8', ports, workers: 2, allowCgroupV1: false };

interface Mapping {
  readonly containerPort: number;
  readonly hostPort: number;
  readonly listenAddress: string;
}

interface Node {
  readonly role: string;
  readonly image: string;
  readonly extraPortMappings?: readonly Mapping[];
  readonly extraMounts: readonly { readonly hostPath: string; readonly containerPath: string }[];
  readonly labels?: Readonly<Record<string, string>>;
}

describe('names of a project', () => {
  test('are those of its folder with a part of the hash of its path', () => {
    expect(folder.name).toMatch(/^opta-my-shop-[0-9a-f]{6}$/);
    expect(kindFolder('/elsewhere/My Shop').name).not.toBe(folder.name);
  });

  test('fit a host name with the longest ending, whatever the folder is called', () => {
    const { name } = kindFolder(`/projects/${'x'.repeat(200)}`);
    expect(`${name}-control-plane`.length).toBeLessThanOrEqual(63);
    expect(kindFolder('/projects/___').name).toMatch(/^opta-project-/);
  });
});

describe("the cluster's configuration", () => {
  const { name, nodes } = parse(clusterConfig(text, wish)) as { name: string; nodes: readonly Node[] };
  const mappings = nodes[0]?.extraPortMappings ?? [];

  test('bears the name of the project and the pinned image on every node', () => {
    expect(name).toBe(folder.name);
    expect(nodes.map(({ role }) => role)).toEqual(['control-plane', 'worker', 'worker']);
    for (const { image } of nodes) expect(image).toBe(wish.nodeImage);
  });

  test('opens ports on 127.0.0.1 only, the chosen ones', () => {
    for (const { listenAddress } of mappings) expect(listenAddress).toBe('127.0.0.1');
    const pairs = mappings.map(({ containerPort, hostPort }) => [containerPort, hostPort]);
    expect(pairs).toEqual([[80, 8080], [443, 8443], ...spareNodePorts.map((port, at) => [port, ports.spare[at]])]);
  });

  test('mounts registries and volumes of the project into every node', () => {
    for (const { extraMounts } of nodes)
      expect(extraMounts.map(({ hostPath, containerPath }) => [hostPath, containerPath])).toEqual([
        [folder.registries, '/etc/containerd/certs.d'],
        [folder.volumes, '/var/local-path-provisioner'],
      ]);
  });

  test('lets the kubelet take control groups of version 1 only where the machine has no other', () => {
    expect(clusterConfig(text, wish)).not.toContain('failCgroupV1');
    const { kubeadmConfigPatches } = parse(clusterConfig(text, { ...wish, allowCgroupV1: true })) as {
      kubeadmConfigPatches: readonly string[];
    };
    expect(parse(kubeadmConfigPatches.at(-1) ?? '')).toMatchObject({
      kind: 'KubeletConfiguration',
      failCgroupV1: false,
    });
  });

  test('gives each worker a zone of its own', () => {
    const zones = nodes.slice(1).map(({ labels }) => labels?.['topology.kubernetes.io/zone']);
    expect(new Set(zones).size).toBe(2);
  });
});

describe('what is there', () => {
  const record = { engine: 'docker', state: 'created', ports, nodeImage: wish.nodeImage, workers: 0 } as const;
  const node = (running: boolean, name = 'a') => ({ name, isNode: true, running });
  const wanted = { nodeImage: wish.nodeImage, workers: undefined };

  test.each([
    ['absent', 'no container', record, [], wanted],
    ['absent', 'only a registry', record, [{ name: 'r', isNode: false, running: true }], wanted],
    ['running', 'a node that runs', record, [node(true)], wanted],
    ['stopped', 'a node that stands still', record, [node(false)], wanted],
    ['half', 'containers without a record', undefined, [node(true)], wanted],
    ['half', 'a run that was killed', { ...record, state: 'creating' as const }, [node(true)], wanted],
    ['half', 'another image of the nodes', record, [node(true)], { ...wanted, nodeImage: 'kindest/node:v2' }],
    ['half', 'other workers', record, [node(true)], { ...wanted, workers: 1 }],
    ['half', 'a node too few', { ...record, workers: 1 }, [node(true)], wanted],
  ] as const)('is %s with %s', (state, _, known, containers, wish) => {
    expect(clusterState({ record: known, containers }, wish).state).toBe(state);
  });
});
