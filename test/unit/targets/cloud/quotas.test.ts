import { expect, test } from 'vitest';
import type { Change } from '../../../../src/targets/cloud/operation.ts';
import { quotasNeeded } from '../../../../src/targets/cloud/quotas.ts';

const change = (type: string, kind: Change['kind'], inputs: Change['inputs'] = {}): Change => ({
  stack: 'network',
  urn: '',
  type,
  name: 'x',
  kind,
  diff: [],
  replaceKeys: [],
  inputs,
  protect: false,
  retainOnDelete: false,
});

test('counts what a plan makes anew', () => {
  const eip = 'aws:ec2/eip:Eip';
  const changes = [change(eip, 'create'), change(eip, 'create'), change(eip, 'same'), change(eip, 'import')];
  expect(quotasNeeded(changes)).toEqual([
    { quota: 'Elastic IP addresses', service: 'ec2', code: 'L-0263D0A3', usual: 5, adds: 2 },
  ]);
  expect(quotasNeeded([])).toEqual([]);
});

test('leaves out addresses inside a subnet', () => {
  const address = 'gcp:compute/address:Address';
  const found = quotasNeeded([
    change(address, 'create', { addressType: 'INTERNAL' }),
    change(address, 'create', { addressType: 'EXTERNAL' }),
  ]);
  expect(found.map(({ adds }) => adds)).toEqual([1]);
});
