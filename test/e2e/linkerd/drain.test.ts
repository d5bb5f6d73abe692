/** A worker of a cluster with three nodes is drained under load. Needs a mirror with Linkerd, as the suite beside this one. */
import type { V1Node, V1NodeList, V1PodList } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type KindProject, makeKindProject } from '../../support/kind-project.ts';
import { noLinkerd } from '../../support/linkerd-mirror.ts';
import { startLoad } from '../../support/load.ts';

const long = 600_000;
const isWorker = ({ metadata }: V1Node) => metadata?.labels?.['node-role.kubernetes.io/control-plane'] === undefined;

describe.skipIf(noLinkerd !== undefined)('the shop on three nodes', () => {
  let shop: KindProject;
  beforeAll(async () => {
    shop = await makeKindProject();
  }, long);
  afterAll(async () => {
    await shop?.remove();
  }, long);

  const nodeOf = (namespace: string, label: string): readonly (string | undefined)[] => {
    const list = shop.kubectl('get', 'pods', '-n', namespace, '-l', label, '-o', 'json');
    return (JSON.parse(list) as V1PodList).items.map(({ spec }) => spec?.nodeName);
  };

  test('comes up, its replicas on different nodes', { timeout: long }, async () => {
    const { code, stderr } = await shop.up(['--workers', '2']);
    expect(code, stderr).toBe(0);
    expect(new Set(nodeOf('shop', 'app.kubernetes.io/name=api')).size).toBe(2);
  });

  test('loses no request when a worker without database and ingress is drained', { timeout: long }, async () => {
    const { items } = JSON.parse(shop.kubectl('get', 'nodes', '-o', 'json')) as V1NodeList;
    const needed = [
      ...nodeOf('shop', 'app.kubernetes.io/name=db'),
      ...nodeOf('ingress-nginx', 'app.kubernetes.io/component=controller'),
    ];
    const free = items
      .filter(isWorker)
      .map(({ metadata }) => metadata?.name ?? '')
      .filter((name) => !needed.includes(name));
    const [node = ''] = free;
    expect(node).not.toBe('');
    const load = startLoad(shop.httpsPort, 'shop.localhost', '/api', 4);
    await expect.poll(load.answered, { timeout: 60_000 }).toBeGreaterThan(20);
    shop.kubectl('drain', node, '--ignore-daemonsets', '--delete-emptydir-data', '--timeout=300s');
    const before = load.answered();
    await expect.poll(load.answered, { timeout: 60_000 }).toBeGreaterThan(before + 100);
    const { answered, failures } = await load.stop();
    expect(failures).toEqual([]);
    expect(nodeOf('shop', 'app.kubernetes.io/component=service')).not.toContain(node);
    process.stderr.write(`drained a worker: ${answered} requests, none lost\n`);
  });
});
