/** Which changes of a plan a person must name before they happen. */
import { expect, test } from 'vitest';
import type { Change } from '../../../../src/targets/cloud/operation.ts';
import { demandWaivers, staying } from '../../../../src/targets/cloud/risk.ts';

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

test('what is kept stays beside what takes its place, but for a table, whose name would be taken', () => {
  const kept = { retainOnDelete: true, before: { name: 'a' }, inputs: { name: 'a' } };
  const zone = change({ ...kept, type: 'aws:route53/zone:Zone', name: 'zone' });
  const table = change({ ...kept, type: 'aws:dynamodb/table:Table', name: 'table' });
  expect(staying([zone, table, change({})])).toEqual([zone]);
});
