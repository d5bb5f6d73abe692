import { describe, expect, test } from 'vitest';
import { resourceTypes } from '../../../../../src/resources/index.ts';
import { type ResourceName, resourceNames } from '../../../../../src/resources/names.ts';
import type { Facts } from '../../../../../src/targets/process/resources/facts.ts';
import { planResource, resourceOutputs } from '../../../../../src/targets/process/resources/index.ts';
import type { Wanted } from '../../../../../src/targets/process/resources/realisation.ts';
import { resourceOf, wantedOf } from '../../../../support/resources.ts';

const server = { version: '8.4.2', tls: true } as const;
const facts: Facts = {
  isRoot: false,
  packageSystem: 'apt',
  account: { kind: 'own' },
  postgres: { source: '/pg/native', home: '/pg/native', major: '17' },
  redis: { ...server, path: '/bin/valkey-server', flavour: 'valkey' },
  mysql: { ...server, path: '/bin/mysqld', flavour: 'mysql' },
  mongodb: { ...server, path: '/bin/mongod', flavour: 'mongodb' },
  moto: { ...server, path: '/bin/moto_server', flavour: 'moto' },
  env: { PATH: '/bin', HOME: '/home/ann' },
};

const bare: Facts = { isRoot: false, packageSystem: 'apt', account: { kind: 'own' }, env: {} };

/** Planning touches neither files nor secrets. */
function pure(type: ResourceName, settings: Readonly<Record<string, unknown>> = {}, own: Facts = facts): Wanted {
  const secrets = {
    get: () => Promise.reject(new Error('planning asked for a secret')),
    values: () => Promise.reject(new Error('planning asked for secrets')),
  };
  return { ...wantedOf(resourceOf(type, settings), '/nowhere/at/all', own), secrets };
}

function known(type: ResourceName, settings: Readonly<Record<string, unknown>> = {}): Wanted {
  return { ...pure(type, settings), secrets: { get: async () => 's3cret', values: async () => ['s3cret'] } };
}

async function plainOutputs(wanted: Wanted): Promise<Record<string, string>> {
  return Object.fromEntries(Object.entries(await resourceOutputs(wanted)).map(([key, { value }]) => [key, value]));
}

describe('every resource', () => {
  test.each(resourceNames)('%s plans without asking anything, and the same twice', (type) => {
    const plan = planResource(pure(type));
    expect(JSON.stringify(planResource(pure(type)))).toBe(JSON.stringify(plan));
    expect(plan.programs).toHaveLength(1);
    expect(plan.programs[0]).toMatchObject({ kind: 'resource', exclusive: true, replicas: 1 });
    const ids = [...plan.prepare, ...plan.after].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const step of plan.prepare) for (const need of step.needs) expect(ids).toContain(need);
  });

  test.each(resourceNames)('%s says at its place what is missing on a bare machine', (type) => {
    expect(() => planResource(pure(type, {}, bare))).toThrow(
      expect.objectContaining({
        code: 'server-not-found',
        place: expect.objectContaining({ line: 7 }),
        hints: expect.arrayContaining([expect.stringMatching(/npm install|sudo apt-get|https:|pipx/)]),
      }),
    );
  });

  test.each(resourceNames)('%s marks as secret just what bears its password', async (type) => {
    for (const [name, { value, secret }] of Object.entries(await resourceOutputs(known(type)))) {
      expect({ name, secret }).toEqual({ name, secret: value.includes('s3cret') });
    }
  });
});

test.each(resourceNames)('%s has every output that its module type promises', async (type) => {
  const promised = Object.keys(resourceTypes[type].outputs);
  expect(Object.keys(await resourceOutputs(known(type)))).toEqual(expect.arrayContaining(promised));
});

describe('outputs by the names of the language', () => {
  test('postgres', async () => {
    expect(await plainOutputs(known('postgres', { database_name: 'shop' }))).toEqual({
      db_user: 'app',
      db_name: 'shop',
      db_password: 's3cret',
      db_host: '127.0.0.1',
      db_port: '5432',
      db_url:
        'postgres://app:s3cret@127.0.0.1:5432/shop?sslmode=verify-full&sslrootcert=%2Fnowhere%2Fat%2Fall%2Fca.pem',
      db_ca_file: '/nowhere/at/all/ca.pem',
      global_database_id: '',
    });
  });

  test.each<[ResourceName, string[]]>([
    ['mysql', ['db_user', 'db_name', 'db_password', 'db_host', 'db_port', 'db_url', 'db_ca_file']],
    ['mongodb', ['db_user', 'db_name', 'db_password', 'db_host', 'db_port', 'db_url', 'db_ca_file']],
    ['documentdb', ['db_user', 'db_host', 'db_password']],
    ['mongodb-atlas', ['db_user', 'db_password', 'mongodb_atlas_connection_string']],
    ['redis', ['cache_host', 'cache_auth_token', 'cache_port', 'cache_url']],
    ['bucket', ['bucket_name', 'bucket_id', 'bucket_arn', 'region', 'endpoint']],
    ['queue', ['queue_url', 'queue_id', 'queue_name', 'queue_arn', 'region', 'endpoint']],
    ['topic', ['topic_arn', 'region', 'endpoint']],
    ['dynamodb', ['table_name', 'table_id', 'table_arn', 'region', 'endpoint']],
  ])('%s', async (type, names) => {
    expect(Object.keys(await plainOutputs(known(type)))).toEqual(expect.arrayContaining(names));
  });

  test('the redis scheme says whether there is TLS', async () => {
    const redis = { ...server, path: '/bin/redis-server', flavour: 'redis', tls: false } as const;
    const wanted = { ...known('redis'), facts: { ...facts, redis } };
    expect(await plainOutputs(wanted)).toMatchObject({ cache_url: 'redis://default:s3cret@127.0.0.1:5432' });
    expect(planResource(wanted).diagnostics).toMatchObject([{ code: 'server-without-tls' }]);
  });
});

describe('postgres', () => {
  test('listens on the loopback with TLS, and stops by the fast shutdown', () => {
    const [program] = planResource(pure('postgres')).programs;
    expect(program?.argv).toEqual(expect.arrayContaining(['listen_addresses=127.0.0.1', 'ssl=on', 'port=5432']));
    expect(program).toMatchObject({ stop: { signal: 'SIGINT' }, readiness: { kind: 'postgres' } });
  });

  test('as root it starts in a user namespace, with its data where it was', () => {
    const account = { kind: 'namespace', prefix: ['unshare', '--user', '--'] } as const;
    const [program] = planResource(pure('postgres', {}, { ...facts, account })).programs;
    expect(program?.argv.slice(0, 4)).toEqual(['unshare', '--user', '--', '/pg/native/bin/postgres']);
    expect(program?.directory).toBe('/nowhere/at/all/db');
  });

  test('as nobody its data and programs are where nobody reaches them, and down --volumes knows', () => {
    const account = { kind: 'nobody', prefix: ['setpriv'], uid: 65534, gid: 65534, root: '/var/lib/opta' } as const;
    const plan = planResource(pure('postgres', {}, { ...facts, account }));
    expect(plan.programs[0]?.argv[1]).toMatch(/^\/var\/lib\/opta\/postgres-/);
    expect(plan.folders).toEqual([expect.stringMatching(/^\/var\/lib\/opta\/[0-9a-f]{16}$/)]);
  });

  test('as root without either it is refused', () => {
    const account = { kind: 'none', why: 'user namespaces are blocked' } as const;
    expect(() => planResource(pure('postgres', {}, { ...facts, account }))).toThrow(
      expect.objectContaining({ code: 'postgres-needs-user', message: expect.stringContaining('blocked') }),
    );
  });

  test.each([
    ['16.4', ['postgres-version-differs']],
    ['17.2', []],
    [17, []],
  ])('engine_version %s', (version, codes) => {
    const { diagnostics } = planResource(pure('postgres', { engine_version: version }));
    expect(diagnostics.map(({ code }) => code)).toEqual(codes);
  });
});

test('what several resources share is the same in each plan: PostgreSQL programs, the AWS stand-in', () => {
  const of = (type: ResourceName, name: string) =>
    planResource({ ...pure(type), resource: resourceOf(type, {}, name) });
  const [a, b, c, d] = [of('postgres', 'a'), of('postgres', 'b'), of('queue', 'c'), of('topic', 'd')];
  const ids = (plan: typeof a) => [...plan.prepare, ...plan.after].map(({ id }) => id);
  expect(ids(a).filter((id) => ids(b).includes(id))).toEqual(['postgres:programs']);
  expect(a.programs[0]?.id).not.toBe(b.programs[0]?.id);
  expect(c.programs).toEqual(d.programs);
  expect(ids(c).filter((id) => ids(d).includes(id))).toEqual(['aws:folder']);
});
