/** What a promotion says of values and of money: nothing that a person cannot read, and no sum that is a part of one. */
import { expect, test } from 'vitest';
import { resultText, reviewText } from '../../src/ui/promotion.ts';
import { plainTheme } from '../../src/ui/theme.ts';

const release = { hash: '0123456789ab', alias: 'brave-otter' };
const result = {
  ...{ environment: 'staging', cloud: 'aws', region: 'eu-central-1', rehearsal: true, release, stacks: [] },
  ...{ objects: [], cost: { says: 'about $73 a month' }, natAddresses: [], urls: [] },
};

test('nested values of the platform are told one by one', () => {
  const values = { controller: { replicaCount: 2, image: { digest: 'sha256:1' }, zones: ['a', 'b'] }, on: true };
  const text = resultText({ ...result, platform: [{ name: 'ingress-nginx', version: '1.15.1', values }] }, plainTheme);
  expect(text).toContain(
    'ingress-nginx 1.15.1: controller.replicaCount 2, controller.image.digest sha256:1, controller.zones ["a","b"], on true\n',
  );
  expect(text).not.toContain('[object');
});

test('the change of the cost is told as it was reckoned', () => {
  const change = { stack: 'network', type: 'aws:ec2/vpc:Vpc', name: 'network', kind: 'create', risk: 'add' };
  const review = { title: 'a', changes: [{ ...change, diff: [], replaceKeys: [] }], riskTitles: {}, hash: 'f' };
  const cost = 'at least $73 a month; not priced: nlb';
  expect(reviewText({ ...review, cost, delta: 'unknown' }, plainTheme)).toContain(
    '1 change; cost unknown, then at least $73 a month; not priced: nlb; storage and traffic not included\n',
  );
  expect(reviewText({ ...review, changes: [], cost, delta: 'unchanged' }, plainTheme)).toBe(
    'a: nothing changes in the cloud; cost at least $73 a month; not priced: nlb\n',
  );
});
