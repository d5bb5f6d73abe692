/** Secrets of ours in Secret Manager, in the region, encrypted with our key. */
import { Secret } from '@pulumi/gcp/secretmanager/secret.js';
import { SecretVersion } from '@pulumi/gcp/secretmanager/secretVersion.js';
import { type Input, jsonStringify, type Output, secret as sealed } from '@pulumi/pulumi';
import { resourceName } from '../../src/app/names.ts';
import { from, options, tagged } from '../context.ts';
import type { GcpContext } from './context.ts';

/** The id of the secret, `projects/…/secrets/…`. */
export function storeSecret(
  context: GcpContext,
  owner: { readonly layer: string; readonly name: string },
  values: Readonly<Record<string, Input<string>>>,
): Output<string> {
  const resource = `secret-${owner.layer}_${owner.name}`;
  const kmsKeyName = from(context, 'network', 'keyData');
  const secret = new Secret(
    resource,
    {
      secretId: `opta-${resourceName(context.environment, owner.layer, owner.name)}`,
      replication: {
        userManaged: { replicas: [{ location: context.region, customerManagedEncryption: { kmsKeyName } }] },
      },
      labels: tagged(context, resource),
    },
    options(context, resource),
  );
  const version = `secret-value-${owner.layer}_${owner.name}`;
  new SecretVersion(
    version,
    { secret: secret.id, secretData: sealed(jsonStringify(values)) },
    options(context, version),
  );
  return secret.id;
}
