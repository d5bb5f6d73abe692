/** Our key for MongoDB Atlas: an account that Atlas makes for the project may use it, and may do no more. */
import { CryptoKeyIAMMember } from '@pulumi/gcp/kms/cryptoKeyIAMMember.js';
import { CloudProviderAccessAuthorization } from '@pulumi/mongodbatlas/cloudProviderAccessAuthorization.js';
import { CloudProviderAccessSetup } from '@pulumi/mongodbatlas/cloudProviderAccessSetup.js';
import { EncryptionAtRest } from '@pulumi/mongodbatlas/encryptionAtRest.js';
import { from, options } from '../context.ts';
import type { GcpContext } from './context.ts';

/** What Atlas needs on the key, by the title of its grant (from its own page on customer keys with Google Cloud). */
const roles = { use: 'roles/cloudkms.cryptoKeyEncrypterDecrypter', see: 'roles/cloudkms.viewer' } as const;

/** Of a project of Atlas, for all of its clusters that ask for it. */
export function atlasKey(context: GcpContext, atlas: GcpContext, projectId: string): EncryptionAtRest {
  const name = `atlas-key-${projectId}`;
  const cryptoKeyId = from(context, 'network', 'keyData');
  const setup = new CloudProviderAccessSetup(
    `${name}-access`,
    { projectId, providerName: 'GCP' },
    options(atlas, `${name}-access`),
  );
  const member = setup.gcpConfigs.apply(([config]) => `serviceAccount:${config?.serviceAccountForAtlas ?? ''}`);
  const grants = Object.entries(roles).map(([title, role]) => {
    const grant = `${name}-${title}`;
    return new CryptoKeyIAMMember(grant, { cryptoKeyId, role, member }, options(context, grant));
  });
  const access = new CloudProviderAccessAuthorization(
    `${name}-authorization`,
    { projectId, roleId: setup.roleId },
    options(atlas, `${name}-authorization`),
  );
  return new EncryptionAtRest(
    name,
    {
      projectId,
      googleCloudKmsConfig: {
        enabled: true,
        // Atlas wants a version by its number. The first one stays when the key is rotated, and Atlas goes on with it.
        keyVersionResourceId: `${cryptoKeyId}/cryptoKeyVersions/1`,
        roleId: access.roleId,
      },
    },
    { ...options(atlas, name), dependsOn: grants },
  );
}
