/** How long a version of Kubernetes is supported is told in time. */
import { expect, test } from 'vitest';
import { eksSupportText, eksVersion } from '../../../src/resources/kubernetes-support.ts';
import { oldestKubernetes } from '../../../src/resources/modules/k8s-cluster.ts';

const day = (text: string): number => Date.parse(`${text}T12:00:00Z`);

test.each([
  ['1.35', '2026-11-23', '2027-03-27; Amazon then upgrades the cluster by itself'],
  [
    '1.34',
    '2026-11-23',
    '2026-12-02, in 9 days: write a newer `k8s_version`; Amazon then upgrades the cluster by itself',
  ],
  [
    '1.34',
    '2026-12-01',
    '2026-12-02, in 1 day: write a newer `k8s_version`; Amazon then upgrades the cluster by itself',
  ],
  ['1.33', '2026-11-23', 'ended 2026-07-29; write a newer `k8s_version`: Amazon upgrades the cluster by itself'],
  ['1.99', '2026-11-23', 'not in the list here; https://endoflife.date/amazon-eks has it'],
])('%s on %s', (version, on, said) => {
  expect(eksSupportText(version, day(on))).toBe(said);
});

test.each([eksVersion, oldestKubernetes])('the list has %s, which environments get', (version) => {
  expect(eksSupportText(version, day('2026-11-23'))).not.toContain('not in the list');
});
