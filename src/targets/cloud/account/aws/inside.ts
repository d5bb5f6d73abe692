/** Ways into EKS, ECR and Secrets Manager. */
import { AwsV4Signer } from 'aws4fetch';
import type { AccountOptions } from '../account.ts';
import type { InsideDoor } from '../inside.ts';
import { type AwsCaller, endpointOf } from './call.ts';
import type { AwsCredentials } from './credentials.ts';

/** Seconds that EKS takes a signed question for who we are; it allows 15 minutes at most. */
const tokenSeconds = '60';

interface Options {
  readonly options: AccountOptions;
  readonly aws: AwsCaller;
  readonly credentials: () => Promise<AwsCredentials>;
}

export function awsInside({ options, aws, credentials }: Options): InsideDoor {
  let registry: { readonly header: string; readonly until: number } | undefined;
  return {
    cluster: async (name) => `Bearer ${await clusterToken(options, await credentials(), name)}`,
    async registry() {
      if (registry !== undefined && registry.until > options.now()) return registry.header;
      const { authorizationData = [] } = await aws.json<{ authorizationData?: { authorizationToken: string }[] }>(
        'ecr',
        'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken',
        {},
      );
      const token = authorizationData[0]?.authorizationToken ?? '';
      options.hide(token);
      options.hide(Buffer.from(token, 'base64').toString().replace(/^AWS:/, ''));
      // It holds for twelve hours.
      registry = { header: `Basic ${token}`, until: options.now() + 6 * 3_600_000 };
      return registry.header;
    },
    async secret(SecretId) {
      const { SecretString = '' } = await aws.json<{ SecretString?: string }>(
        'secretsmanager',
        'secretsmanager.GetSecretValue',
        { SecretId },
      );
      options.hide(SecretString);
      return SecretString;
    },
    async leftBehind(cluster) {
      const filters = ['kubernetes.io/cluster/', 'elbv2.k8s.aws/cluster', 'ebs.csi.aws.com/cluster-name'];
      const found = await Promise.all(
        filters.map((key) => {
          const filter = key.endsWith('/') ? { Key: `${key}${cluster}` } : { Key: key, Values: [cluster] };
          return aws.json<{ ResourceTagMappingList?: { ResourceARN: string }[] }>(
            'tagging',
            'ResourceGroupsTaggingAPI_20170126.GetResources',
            { TagFilters: [filter] },
          );
        }),
      );
      const ids = found.flatMap(({ ResourceTagMappingList = [] }) => ResourceTagMappingList);
      return [...new Set(ids.map(({ ResourceARN }) => ResourceARN))].sort();
    },
  };
}

/** A signed question to STS, which the API server asks in our place: who is this? */
export async function clusterToken(
  { environment, env }: Pick<AccountOptions, 'environment' | 'env'>,
  { accessKeyId, secretAccessKey, sessionToken }: AwsCredentials,
  cluster: string,
): Promise<string> {
  const query = `Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Expires=${tokenSeconds}`;
  const signer = new AwsV4Signer({
    method: 'GET',
    url: `${endpointOf('sts', environment.region, env)}/?${query}`,
    headers: { 'x-k8s-aws-id': cluster },
    service: 'sts',
    region: environment.region,
    signQuery: true,
    accessKeyId,
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
  });
  const { url } = await signer.sign();
  return `k8s-aws-v1.${Buffer.from(url.href).toString('base64url')}`;
}
