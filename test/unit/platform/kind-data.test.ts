import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { localPlacement } from '../../../src/platform/components/ingress-placement.ts';
import { ingressHomes } from '../../../src/platform/manifests.ts';

const folder = join(import.meta.dirname, '../../../kind');
const read = async (name: string) => parse(await readFile(join(folder, name), 'utf8'));

describe('kind/cluster.yaml', () => {
  test('listens on 127.0.0.1 only', async () => {
    const { networking, nodes } = await read('cluster.yaml');
    expect(networking.apiServerAddress).toBe('127.0.0.1');
    for (const { listenAddress } of nodes[0].extraPortMappings) expect(listenAddress).toBe('127.0.0.1');
  });

  test('maps http, https and spare ports, which cannot be added later', async () => {
    const { nodes } = await read('cluster.yaml');
    const ports = nodes[0].extraPortMappings.map(({ containerPort }: { containerPort: number }) => containerPort);
    expect(ports).toEqual(expect.arrayContaining([80, 443]));
    expect(ports.length).toBeGreaterThan(4);
  });

  test('patches kubeadm without a version: one of the wrong version silently does nothing', async () => {
    const { kubeadmConfigPatches, nodes } = await read('cluster.yaml');
    for (const patch of kubeadmConfigPatches) expect(parse(patch)).not.toHaveProperty('apiVersion');
    expect(nodes[0].kubeadmConfigPatches).toBeUndefined();
  });
});

describe('kind/values', () => {
  test('give the ingress controller the node that the ports lead to', async () => {
    const { nodes } = await read('cluster.yaml');
    for (const key of Object.keys(localPlacement(1).nodeSelector ?? {}))
      if (key.startsWith('opta.dev/')) expect(nodes[0].labels[key]).toBe('true');
    const { controller } = await read('values/ingress-nginx-local.yaml');
    expect(controller.hostPort.ports).toEqual({ http: 80, https: 443 });
  });

  test('let no snippet in, and make no certificate by a Job', async () => {
    const { controller } = await read('values/ingress-nginx.yaml');
    expect(controller.allowSnippetAnnotations).toBe(false);
    expect(controller.admissionWebhooks.patch.enabled).toBe(false);
    expect(controller.extraArgs['default-ssl-certificate']).toMatch(new RegExp(`^${ingressHomes.nginx.namespace}/`));
    expect(controller.podAnnotations).toMatchObject({ 'linkerd.io/inject': 'enabled' });
    expect(controller.podAnnotations['config.linkerd.io/skip-inbound-ports'].split(',')).toContain('8443');
  });

  test('keep Linkerd from phoning home and from installing the CRDs that are ours', async () => {
    expect(await read('values/linkerd-control-plane.yaml')).toMatchObject({
      disableHeartBeat: true,
      proxy: { nativeSidecar: true },
    });
    expect(await read('values/linkerd-crds.yaml')).toEqual({ installGatewayAPI: false });
  });

  test('measure each 15 seconds', async () => {
    expect((await read('values/metrics-server.yaml')).defaultArgs).toContain('--metric-resolution=10s');
  });
});
