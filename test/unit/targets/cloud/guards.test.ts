/** What a cloud refuses to delete, and with which inputs it would let go. */
import { describe, expect, test } from 'vitest';
import { finalSnapshotOf, guardsOf, isGuarded, isInTheWay, unguarded } from '../../../../src/targets/cloud/guards.ts';

const now = Date.UTC(2026, 10, 23, 6, 5, 4);
const rds = 'aws:rds/instance:Instance';
const sql = 'gcp:sql/databaseInstance:DatabaseInstance';

describe('guards', () => {
  test.each([
    [rds, { deletionProtection: true }, ['deletionProtection']],
    [rds, { deletionProtection: false }, []],
    [rds, {}, []],
    ['aws:ecr/repository:Repository', { forceDelete: true }, []],
    ['aws:ecr/repository:Repository', {}, ['forceDelete']],
    ['gcp:container/cluster:Cluster', {}, ['deletionProtection']],
    ['gcp:redis/instance:Instance', { deletionProtection: false }, []],
    [
      sql,
      { deletionProtection: false, settings: { deletionProtectionEnabled: true } },
      ['settings.deletionProtectionEnabled'],
    ],
    ['aws:ec2/vpc:Vpc', { deletionProtection: true }, []],
  ])('of %s with %j: %j', (type, inputs, found) => {
    expect(guardsOf(type, inputs)).toEqual(found);
  });

  test('are lowered, and nothing else', () => {
    const settings = { tier: 'db-f1-micro', deletionProtectionEnabled: true };
    const inputs = { name: 'a', deletionProtection: true, settings };
    const open = unguarded(sql, inputs, now);
    expect(open).toEqual({
      name: 'a',
      deletionProtection: false,
      settings: { ...settings, deletionProtectionEnabled: false },
    });
    expect(isGuarded(sql, open)).toBe(false);
  });
});

test('a kept table goes for another of its name, and for no other', () => {
  const table = 'aws:dynamodb/table:Table';
  expect(isInTheWay(table, { name: 'a', hashKey: 'x' }, { name: 'a', hashKey: 'y' })).toBe(true);
  expect(isInTheWay(table, { name: 'a' }, { name: 'b' })).toBe(false);
  expect(isInTheWay('aws:route53/zone:Zone', { name: 'a' }, { name: 'a' })).toBe(false);
});

describe('the final snapshot', () => {
  const inputs = { deletionProtection: false, skipFinalSnapshot: false, finalSnapshotIdentifier: 'db-final' };

  test('has a name of its own each time', () => {
    const first = unguarded(rds, inputs, now);
    expect(first['finalSnapshotIdentifier']).toBe('db-final-20261123060504');
    expect(unguarded(rds, first, now + 1000)['finalSnapshotIdentifier']).toBe('db-final-20261123060505');
  });

  test('is none where it is skipped, and where there is no database', () => {
    expect(finalSnapshotOf(rds, { ...inputs, skipFinalSnapshot: true })).toBeUndefined();
    expect(finalSnapshotOf('aws:eks/cluster:Cluster', inputs)).toBeUndefined();
  });
});
