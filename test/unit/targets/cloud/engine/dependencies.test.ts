import { expect, test } from 'vitest';
import { withDependencies } from '../../../../../src/targets/cloud/engine/child/dependencies.ts';

const urn = (name: string): string => `urn:pulumi:staging::shop::aws:any:Thing::${name}`;
const thing = (name: string, inputs = {}, outputs = {}) => ({
  ...{ urn: urn(name), id: `${name}-1`, custom: true, inputs, outputs },
});

test('what is taken in depends on what its inputs name: by id or by name, in lists too', () => {
  const group = thing('group', { cluster: 'opta-staging', subnets: ['net-1', 'elsewhere'], size: 3 });
  const given = [group, thing('net'), thing('cluster', {}, { name: 'opta-staging' }), thing('other')];
  const written = withDependencies(given, [urn('group')]);
  expect(written.map((one) => one.urn)).toEqual(['net', 'cluster', 'other', 'group'].map(urn));
  expect(written.at(-1)).toMatchObject({
    dependencies: [urn('cluster'), urn('net')],
    propertyDependencies: { cluster: [urn('cluster')], subnets: [urn('net')] },
  });
  expect(written.slice(0, 3)).toEqual(given.slice(1));
});

test('of two that name one another, the one that the program makes later depends on the other', () => {
  const repository = thing('repository', { name: 'api' }, { name: 'api' });
  const policy = { ...thing('policy', { repository: 'api' }), id: 'api' };
  const written = withDependencies([policy, repository], [repository.urn, policy.urn]);
  expect(written).toMatchObject([
    { urn: repository.urn, dependencies: [] },
    { urn: policy.urn, dependencies: [repository.urn] },
  ]);
});

test('one that waits to be deleted stays, though another was taken in under its name', () => {
  const old = { ...thing('net'), id: 'net-0', delete: true };
  const written = withDependencies([thing('net'), old], [urn('net')]);
  expect(written.map(({ id }) => id)).toEqual(['net-0', 'net-1']);
});
