import { expect, test } from 'vitest';
import { withOwn } from '../../../../../src/targets/cloud/engine/values.ts';

test('an update keeps what the cloud itself put beside what was given, and drops what is given no more', () => {
  const before = { subnetIds: ['a'], publicAccess: true };
  const shown = { ...before, clusterSecurityGroupId: 'sg-1' };
  expect(withOwn({ subnetIds: ['b'] }, before, shown)).toEqual({ subnetIds: ['b'], clusterSecurityGroupId: 'sg-1' });
  const deep = { endpoints: { dns: { open: true } } };
  const told = { endpoints: { dns: { open: true, name: 'gke-1' } } };
  expect(withOwn({ endpoints: { dns: { open: false } } }, deep, told)).toEqual({
    endpoints: { dns: { open: false, name: 'gke-1' } },
  });
  expect(withOwn('text', 'other', 'other')).toBe('text');
  expect(withOwn({ a: 1 }, undefined, { own: 2 })).toEqual({ a: 1 });
});
