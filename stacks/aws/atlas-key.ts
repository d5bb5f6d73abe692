/** Our key for MongoDB Atlas: it takes a role of ours, by an id that only its project has, and may do no more than use the key. */
import { Role } from '@pulumi/aws/iam/role.js';
import { RolePolicy } from '@pulumi/aws/iam/rolePolicy.js';
import { CloudProviderAccessAuthorization } from '@pulumi/mongodbatlas/cloudProviderAccessAuthorization.js';
import { CloudProviderAccessSetup } from '@pulumi/mongodbatlas/cloudProviderAccessSetup.js';
import { EncryptionAtRest } from '@pulumi/mongodbatlas/encryptionAtRest.js';
import { environmentName } from '../../src/app/names.ts';
import { from, options, tagged } from '../context.ts';
import type { AwsContext } from './context.ts';
import { policyDocument } from './policy-document.ts';

/** Of a project of Atlas, for all of its clusters that ask for it. */
export function atlasKey(context: AwsContext, atlas: AwsContext, projectId: string): EncryptionAtRest {
  const name = `atlas-key-${projectId}`;
  const key = from(context, 'network', 'keyData');
  const setup = new CloudProviderAccessSetup(
    `${name}-access`,
    { projectId, providerName: 'AWS' },
    options(atlas, `${name}-access`),
  );
  const theirs = setup.awsConfigs.apply(([config]) => config);
  const role = new Role(
    `${name}-role`,
    {
      name: environmentName(context.environment, `atlas-${projectId}`, 64),
      assumeRolePolicy: policyDocument({
        Principal: { AWS: theirs.apply((config) => config?.atlasAwsAccountArn ?? '') },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: { 'sts:ExternalId': theirs.apply((config) => config?.atlasAssumedRoleExternalId ?? '') },
        },
      }),
      tags: tagged(context, `${name}-role`),
    },
    options(context, `${name}-role`),
  );
  const policy = new RolePolicy(
    `${name}-policy`,
    {
      name: 'own',
      role: role.name,
      // From Atlas' own page on customer keys with AWS KMS.
      policy: policyDocument({ Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:DescribeKey'], Resource: key }),
    },
    options(context, `${name}-policy`),
  );
  const access = new CloudProviderAccessAuthorization(
    `${name}-authorization`,
    { projectId, roleId: setup.roleId, aws: { iamAssumedRoleArn: role.arn } },
    { ...options(atlas, `${name}-authorization`), dependsOn: [policy] },
  );
  const region = context.region.toUpperCase().replaceAll('-', '_');
  return new EncryptionAtRest(
    name,
    { projectId, awsKmsConfig: { enabled: true, customerMasterKeyId: key, region, roleId: access.roleId } },
    options(atlas, name),
  );
}
