/** What stands in the simulated clouds before a stack does: of an earlier destroy, of AWS itself, of another environment. */
import { CloudStore } from '../../src/targets/cloud/engine/simulated/store.ts';
import type { CloudPlace } from './cloud-stack.ts';

const role = 'arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling';
const zone = 'projects/acme/managedZones/small';

/** How AWS describes the role that it made. */
export const roleDescription = 'Default Service-Linked Role enables access to AWS Services';

/** Puts a role of AWS and a zone with labels there; ids by name, with those addresses that stand. */
export function keptThings({ cloudFolder, things }: CloudPlace): Readonly<Record<string, string>> {
  const store = new CloudStore(cloudFolder);
  const awsServiceName = 'autoscaling.amazonaws.com';
  store.put({
    ...{ account: '111122223333', id: role, type: 'aws:iam/serviceLinkedRole:ServiceLinkedRole', urn: 'of AWS' },
    ...{ inputs: { awsServiceName }, outputs: { awsServiceName, arn: role, description: roleDescription } },
  });
  const inputs = { name: 'small', dnsName: 'small.test.', description: 'Managed by Pulumi' };
  const labels = { 'opta-resource': 'zone' };
  const effectiveLabels = { ...labels, of: 'small' };
  store.put({
    ...{ account: 'acme', id: zone, type: 'gcp:dns/managedZone:ManagedZone', urn: 'of an earlier run' },
    ...{ inputs: { ...inputs, labels }, outputs: { ...inputs, labels, effectiveLabels, managedZoneId: '1' } },
  });
  store.close();
  const nat = things().find(({ type }) => type.endsWith(':Eip'))?.id;
  return { role, zone, ...(nat !== undefined && { nat }) };
}

/** What somebody deletes by hand. */
export function forget({ cloudFolder }: CloudPlace, id: string): void {
  const store = new CloudStore(cloudFolder);
  for (const one of store.everything()) if (one.id === id) store.delete(one.account, one.type, id);
  store.close();
}
