/** Which hosts of services a promotion warns of. */
import { expect, test } from 'vitest';
import { uncoveredHosts } from '../../../../src/targets/cloud/hosts.ts';
import { appOf } from '../../../support/definitions.ts';

const hosts = ['/a', 'dev.example.com/b', 'www.dev.example.com', 'a.b.dev.example.com', 'other.org/c', 'other.org/d'];

async function warned(provider: string, modules: string): Promise<readonly string[]> {
  const files = {
    'opta.yaml': `name: shop\nenvironments: [{name: dev, path: dev.yaml}]\nmodules:\n  - {name: web, type: k8s-service, image: nginx, port: {http: 80}, public_uri: ${JSON.stringify(hosts)}}\n`,
    'dev.yaml': `name: dev\norg_name: acme\nproviders: {${provider}}\nmodules:\n  - {type: base}\n${modules}`,
  };
  const target = provider.startsWith('aws') ? 'aws' : 'gcp';
  const app = await appOf(files, { env: 'dev', target });
  return uncoveredHosts(app).map(({ message, place }) => `${place?.line} ${message.split(',')[0]}`);
}

const aws = 'aws: {region: us-east-1, account_id: "123456789012"}';
const google = 'google: {region: us-central1, project: acme-shop}';

test('those outside of the domain, and those deeper than its wildcard', async () => {
  const dns = '  - {type: dns, domain: dev.example.com}\n';
  expect(await warned(aws, dns)).toEqual(['4 a.b.dev.example.com', '4 other.org']);
  const more = '  - {type: dns, domain: dev.example.com, subdomains: [a.b]}\n';
  expect(await warned(google, more)).toEqual(['4 other.org']);
});

test('none without a domain, or with a certificate of the user', async () => {
  expect(await warned(aws, '')).toEqual([]);
  const own = '  - {type: dns, domain: dev.example.com}\n  - {type: k8s-base, cert_arn: "arn:aws:acm:x"}\n';
  expect(await warned(aws, own)).toEqual([]);
});
