import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import { afterAll, expect, test } from 'vitest';
import { kindFolder } from '../../../../src/targets/kind/folder.ts';
import { makeVolumeFolders, storageClass, volumesFor } from '../../../../src/targets/kind/storage.ts';

const project = mkdtempSync(join(tmpdir(), 'opta-volumes-'));
afterAll(() => rmSync(project, { recursive: true }));

const database = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'db', namespace: 'shop' },
  spec: {
    replicas: 2,
    volumeClaimTemplates: [{ metadata: { name: 'data' }, spec: { resources: { requests: { storage: '5Gi' } } } }],
  },
} as KubernetesObject;

test('each claim of a StatefulSet has a volume that waits for it, in the folder of its name', () => {
  const volumes = volumesFor([database, { apiVersion: 'v1', kind: 'Service' }]) as readonly object[];
  expect(volumes).toHaveLength(2);
  expect(volumes[1]).toMatchObject({
    kind: 'PersistentVolume',
    metadata: { name: 'opta-shop-data-db-1' },
    spec: {
      capacity: { storage: '5Gi' },
      storageClassName: storageClass.metadata?.name,
      claimRef: { namespace: 'shop', name: 'data-db-1' },
      hostPath: { path: '/var/local-path-provisioner/shop/data-db-1' },
    },
  });
});

test('its folder is writable for whatever account a server has, and left as it is later', async () => {
  const folder = kindFolder(project);
  const modeOf = () => statSync(join(folder.volumes, 'shop', 'data-db-0')).mode & 0o777;
  await makeVolumeFolders(folder, [database]);
  expect(modeOf()).toBe(0o777);
  await makeVolumeFolders(folder, [database]);
  expect(modeOf()).toBe(0o777);
});
