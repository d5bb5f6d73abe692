/** Secrets of ours in Secrets Manager, encrypted with our key. */
import { Secret } from '@pulumi/aws/secretsmanager/secret.js';
import { SecretVersion } from '@pulumi/aws/secretsmanager/secretVersion.js';
import { type Input, jsonStringify, type Output } from '@pulumi/pulumi';
import { from, options, tagged } from '../context.ts';
import type { AwsContext } from './context.ts';

/** The ARN. No waiting time on deletion: the values are in the configuration of the stack, and names must be free again. */
export function storeSecret(
  context: AwsContext,
  owner: { readonly layer: string; readonly name: string },
  values: Readonly<Record<string, Input<string>>>,
): Output<string> {
  const resource = `secret-${owner.layer}_${owner.name}`;
  const secret = new Secret(
    resource,
    {
      name: `opta/${context.environment}/${owner.layer}/${owner.name}`,
      kmsKeyId: from(context, 'network', 'keyData'),
      recoveryWindowInDays: 0,
      tags: tagged(context, resource),
    },
    options(context, resource),
  );
  const version = `secret-value-${owner.layer}_${owner.name}`;
  new SecretVersion(version, { secretId: secret.id, secretString: jsonStringify(values) }, options(context, version));
  return secret.arn;
}
