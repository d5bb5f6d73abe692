/** Which types are looked for in a real account; those of Google Cloud against a small server that knows things by their paths. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { nodeSystem } from '../../../../../src/system/node.ts';
import type { AwsCaller } from '../../../../../src/targets/cloud/account/aws/call.ts';
import { awsFinder } from '../../../../../src/targets/cloud/account/aws/find.ts';
import type { Finder } from '../../../../../src/targets/cloud/account/find.ts';
import { googleCaller } from '../../../../../src/targets/cloud/account/gcp/call.ts';
import { gcpFinder } from '../../../../../src/targets/cloud/account/gcp/find.ts';
import { unknownText } from '../../../../../src/targets/cloud/engine/values.ts';
import { root } from '../../../../support/cli.ts';
import { type Served, serveHttp } from '../../../../support/servers.ts';

const labels = { 'opta-environment': 'staging', 'opta-organisation': 'acme', 'opta-stack': 'network' };
const own = (name: string) => ({ ...labels, 'opta-resource': `network_${name}` });
const place = { project: 'acme-shop-1', region: 'us-central1' };
const at = 'projects/acme-shop-1';

let served: Served | undefined;
afterEach(async () => {
  await served?.close();
  served = undefined;
});

interface Standing {
  readonly [path: string]: object | undefined;
}

/** Things by path; `refused` is how the API answers for what is not there. */
async function inProject(
  standing: Standing,
  { refused = 404, reason = 'NOT_FOUND' }: { readonly refused?: number; readonly reason?: string } = {},
): Promise<Finder> {
  served = await serveHttp((request, response) => {
    const found = standing[decodeURIComponent(request.url ?? '')];
    const body = found ?? { error: { status: reason, message: 'of the test', errors: [{ reason }] } };
    response.writeHead(found === undefined ? refused : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  });
  const url = `http://127.0.0.1:${served.port}`;
  const services = ['COMPUTE', 'CLOUDKMS', 'DNS', 'CONTAINER', 'SQLADMIN', 'STORAGE', 'IAM', 'PUBSUB', 'SECRETMANAGER'];
  const options = {
    environment: {
      ...{ name: 'staging', organisation: 'acme', cloud: 'gcp' as const, region: place.region, account: place.project },
      ...{ production: false, domain: undefined, delegated: false },
    },
    env: Object.fromEntries(services.map((service) => [`GOOGLE_${service}_CUSTOM_ENDPOINT`, url])),
    ...{ bucketName: 'unused', now: () => 0, hide: () => {} },
    sleep: (ms: number) => nodeSystem().clock.sleep(Math.min(ms, 1)),
    signal: new AbortController().signal,
  };
  return gcpFinder(googleCaller(options, { headers: async () => ({}) }), labels, place);
}

/** Types that programs of stacks make, as the packages of Pulumi call them. */
function madeTypes(cloud: 'aws' | 'gcp'): readonly string[] {
  const folders = [join(root, 'stacks', cloud), join(root, 'stacks')];
  const sources = folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(folder, name), 'utf8')),
  );
  const modules = sources.flatMap((text) => [...text.matchAll(/from '(@pulumi\/(?:aws|gcp|mongodbatlas)\/[^']+)'/g)]);
  const paths = new Set(modules.map(([, path = '']) => path).filter((path) => !path.endsWith('/provider.js')));
  return [...paths].map((path) => {
    const text = readFileSync(join(root, 'node_modules', ...path.split('/')), 'utf8');
    return /__pulumiType = '([^']+)'/.exec(text)?.[1] ?? `no type in ${path}`;
  });
}

describe('every type that stacks make', () => {
  const blind = (finder: Finder, cloud: 'aws' | 'gcp') =>
    madeTypes(cloud).filter((type) => finder.byHand(type) !== undefined && !type.startsWith('mongodbatlas:'));

  test('on AWS can be looked for, or is the same when it is made again', () => {
    const finder = awsFinder({} as AwsCaller, {}, { account: '123456789012', region: 'eu-west-1' });
    expect(madeTypes('aws').length).toBeGreaterThan(60);
    expect(blind(finder, 'aws')).toEqual([]);
  });

  test('on Google Cloud can be looked for, or is the same when it is made again', async () => {
    const finder = await inProject({});
    expect(madeTypes('gcp').length).toBeGreaterThan(40);
    expect(blind(finder, 'gcp')).toEqual([]);
    expect(finder.byHand('mongodbatlas:index/databaseUser:DatabaseUser')).toContain('cloud.mongodb.com');
    expect(finder.byHand('gcp:new/thing:Thing')).toContain('opta-environment=staging');
  });
});

describe('what stands in a project of Google', () => {
  test('is asked for by its name, and called as an import calls it', async () => {
    const ring = `${at}/locations/us-central1/keyRings/opta-staging-keys`;
    const finder = await inProject({
      [`/compute/v1/${at}/global/networks/opta-staging`]: { name: 'opta-staging' },
      [`/v1/${ring}/cryptoKeys/data`]: { labels: own('key-data') },
      [`/v1/${at}/locations/us-central1/clusters/opta-staging/nodePools/default`]: { status: 'RUNNING' },
      [`/v1/${at}/serviceAccounts/opta-nodes@acme-shop-1.iam.gserviceaccount.com`]: {},
      [`/dns/v1/${at}/managedZones/opta-staging-zone/rrsets/shop.example.com./A`]: {},
      '/storage/v1/b/acme-files': { labels: own('bucket-shop_files') },
    });
    expect(await finder.find('gcp:compute/network:Network', { name: 'opta-staging' })).toEqual([
      `${at}/global/networks/opta-staging`,
    ]);
    const key = { keyRing: ring, name: 'data', labels: own('key-data') };
    expect(await finder.find('gcp:kms/cryptoKey:CryptoKey', key)).toEqual([`${ring}/cryptoKeys/data`]);
    const pool = { name: 'default', cluster: `${at}/locations/us-central1/clusters/opta-staging` };
    expect(await finder.find('gcp:container/nodePool:NodePool', pool)).toEqual([
      `${at}/locations/us-central1/clusters/opta-staging/nodePools/default`,
    ]);
    expect(await finder.find('gcp:serviceaccount/account:Account', { accountId: 'opta-nodes' })).toHaveLength(1);
    const record = { managedZone: 'opta-staging-zone', name: 'shop.example.com.', type: 'A' };
    expect(await finder.find('gcp:dns/recordSet:RecordSet', record)).toEqual([
      `${at}/managedZones/opta-staging-zone/rrsets/shop.example.com./A`,
    ]);
    const bucket = { name: 'acme-files', labels: own('bucket-shop_files') };
    expect(await finder.find('gcp:storage/bucket:Bucket', bucket)).toEqual(['acme-files']);
  });

  test('is not ours when its labels say so, nor when it is going away', async () => {
    const path = (name: string) => `/v1/${at}/topics/${name}`;
    const finder = await inProject({
      [path('ours')]: { labels: own('topic-a') },
      [path('theirs')]: { labels: { ...own('topic-a'), 'opta-environment': 'production' } },
      [path('renamed')]: { labels: own('topic-b') },
      [`/v1/${at}/locations/us-central1/clusters/opta-staging`]: { status: 'STOPPING' },
    });
    const topic = (name: string) => finder.find('gcp:pubsub/topic:Topic', { name, labels: own('topic-a') });
    expect(await Promise.all(['ours', 'theirs', 'renamed', 'none'].map(topic))).toEqual([
      [`${at}/topics/ours`],
      [],
      [],
      [],
    ]);
    expect(await finder.find('gcp:container/cluster:Cluster', { name: 'opta-staging' })).toEqual([]);
  });

  test('is a NAT only when its router has it', async () => {
    const path = `/compute/v1/${at}/regions/us-central1/routers/opta-staging-router`;
    const finder = await inProject({ [path]: { nats: [{ name: 'opta-staging-nat' }] } });
    const nat = (name: string) =>
      finder.find('gcp:compute/routerNat:RouterNat', { name, router: 'opta-staging-router', region: place.region });
    expect(await nat('opta-staging-nat')).toEqual([
      `${at}/regions/us-central1/routers/opta-staging-router/opta-staging-nat`,
    ]);
    expect(await nat('another')).toEqual([]);
  });

  test('is nothing while the name is not known, and while the API is off', async () => {
    const finder = await inProject({}, { refused: 403, reason: 'SERVICE_DISABLED' });
    const type = 'gcp:sql/databaseInstance:DatabaseInstance';
    expect(await finder.find(type, { name: unknownText })).toEqual([]);
    expect(await finder.find(type, { name: 'staging-shop-db-<network.uniqueId>' })).toEqual([]);
    expect(await finder.find('gcp:compute/network:Network', { name: 'opta-staging' })).toEqual([]);
  });

  test('is not taken as absent by who may not look', async () => {
    const finder = await inProject({}, { refused: 403, reason: 'PERMISSION_DENIED' });
    await expect(finder.find('gcp:compute/network:Network', { name: 'opta-staging' })).rejects.toMatchObject({
      code: 'cloud-refused',
    });
  });
});
