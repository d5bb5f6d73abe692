/** What is left after a destroy is named with what it costs a month, where that is known. */
import { expect, test } from 'vitest';
import { leftText } from '../../../../src/targets/cloud/inside/left.ts';

const arn = (service: string, name: string): string => `arn:aws:${service}:us-east-1:123456789012:${name}`;
const balancer = arn('elasticloadbalancing', 'loadbalancer/net/k8s-a/1');
const address = arn('ec2', 'elastic-ip/eipalloc-1');
const group = arn('ec2', 'security-group/sg-1');
const volume = arn('ec2', 'volume/vol-1');
const virginia = { cloud: 'aws', region: 'us-east-1' } as const;

test('each with its price, and the sum', () => {
  expect(leftText(virginia, [balancer, address, group])).toBe(
    `${balancer} (about $16 a month), ${address} (about $4 a month), ${group} (free); about $20 a month goes on until you delete it`,
  );
});

test('what has no price makes the sum a part', () => {
  expect(leftText(virginia, [address, volume, arn('fsx', 'file-system/fs-1')])).toContain(
    'vol-1 (paid by its size), arn:aws:fsx:us-east-1:123456789012:file-system/fs-1 (cost unknown); at least $4 a month',
  );
  expect(leftText({ cloud: 'aws', region: 'eu-south-2' }, [balancer])).toContain('; an unknown sum a month goes on');
});

test('disks and groups of Google', () => {
  const project = 'https://www.googleapis.com/compute/v1/projects/acme/zones/us-central1-a';
  expect(
    leftText({ cloud: 'gcp', region: 'us-central1' }, [`${project}/disks/a`, `${project}/networkEndpointGroups/b`]),
  ).toBe(
    `${project}/disks/a (paid by its size), ${project}/networkEndpointGroups/b (free); an unknown sum a month goes on until you delete it`,
  );
});
