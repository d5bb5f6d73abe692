/** Which changes of a plan a person must name before they happen. */
import { expect, test } from 'vitest';
import type { Change } from '../../../../src/targets/cloud/operation.ts';
import { demandWaivers } from '../../../../src/targets/cloud/risk.ts';

const change = (more: Partial<Change>): Change => ({
  ...{
    stack: 'edge',
    urn: 'urn:balancer',
    type: 'aws:lb/loadBalancer:LoadBalancer',
    name: 'balancer',
    kind: 'replace',
  },
  ...{ diff: [], replaceKeys: ['subnets'], inputs: {}, protect: true, retainOnDelete: false },
  ...more,
});

test.each([
  ['what is protected', {}],
  ['what is protected and goes', { kind: 'delete' }],
  ['what holds data, protected or not', { type: 'aws:rds/instance:Instance', protect: false }],
] as const)('%s is refused with its name and the flag, and let through when it is waived', (_, more) => {
  const changes = [change(more)];
  const refused = expect.objectContaining({
    code: 'needs-waiver',
    message: expect.stringContaining('balancer'),
    hints: expect.arrayContaining([expect.stringContaining('--waive balancer')]),
  });
  expect(() => demandWaivers(changes, [])).toThrow(refused);
  expect(() => demandWaivers(changes, ['balancer'])).not.toThrow();
});

test.each([
  ['an update of what is protected', { kind: 'update' }],
  ['a replacement of what nobody protects', { protect: false }],
] as const)('%s needs none', (_, more) => {
  expect(() => demandWaivers([change(more)], [])).not.toThrow();
});
