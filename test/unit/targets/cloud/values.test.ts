import { expect, test } from 'vitest';
import { type CloudValuesInput, cloudValue } from '../../../../src/targets/cloud/values.ts';
import { fullDefinition } from '../../../support/full-definition.ts';

async function input(): Promise<CloudValuesInput> {
  return {
    app: await fullDefinition('aws', 'staging'),
    outputs: {
      network: { vpcId: 'vpc-1', natAddresses: ['203.0.113.1', '203.0.113.2'], zoneId: 'Z1', domain: 'example.com' },
      data: {
        resources: {
          'shop/db': { db_host: 'db.test', db_port: '5432', db_name: 'app', db_user: 'app' },
          'shop/cache': { cache_host: 'cache.test', cache_port: '6379' },
          'shop/work': { queue_url: 'https://sqs.test/work' },
        },
      },
      cluster: { clusterName: 'opta-staging' },
      identities: { modules: { 'shop/robot': { role_arn: 'arn:robot' } } },
      edge: { loadBalancerDns: 'nlb.test' },
    },
    secrets: { shop_db_password: 'p&w', shop_cache_token: 't/k' },
    authorityFile: () => '/etc/ca.pem',
  };
}

test('gives outputs of resources under the names of the language', async () => {
  const given = await input();
  const value = (id: string, output: string) => cloudValue(given, id, output);
  expect(value('shop/db', 'db_host')).toEqual({ value: 'db.test', secret: false });
  expect(value('shop/work', 'queue_url')).toEqual({ value: 'https://sqs.test/work', secret: false });
  expect(value('shop/db', 'db_password')).toEqual({ value: 'p&w', secret: true });
  expect(value('shop/db', 'db_url')).toEqual({
    value: 'postgres://app:p%26w@db.test:5432/app?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem',
    secret: true,
  });
  expect(value('shop/cache', 'cache_url')).toEqual({ value: 'rediss://default:t%2Fk@cache.test:6379', secret: true });
  expect(value('shop/files', 'bucket_arn')).toBeUndefined();
});

test('gives outputs of modules of the environment, lists joined by commas', async () => {
  const given = await input();
  const value = (id: string, output: string) => cloudValue(given, id, output)?.value;
  expect(value('staging/base', 'vpc_id')).toBe('vpc-1');
  expect(value('staging/base', 'public_nat_ips')).toBe('203.0.113.1,203.0.113.2');
  expect(value('staging/dns', 'domain')).toBe('example.com');
  expect(value('shop/robot', 'role_arn')).toBe('arn:robot');
  expect(value('nobody/x', 'y')).toBeUndefined();
});
