/** Service accounts: the identity of a service in the mesh and in its cloud. */
import type { V1ServiceAccount } from '@kubernetes/client-node';
import { metadata, type Owner, type Strings } from './metadata.ts';

/** Without a token of the API server: the mesh and the clouds project their own. */
export function serviceAccount(owner: Owner, annotations: Strings = {}): V1ServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: metadata(owner, owner.name, annotations),
    automountServiceAccountToken: false,
  };
}
