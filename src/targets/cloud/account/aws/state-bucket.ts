/** The bucket of an environment's state on AWS, and the key that it is encrypted with. Every call may be made again. */
import { createHash } from 'node:crypto';
import type { AccountOptions, StateBucket } from '../account.ts';
import { environmentTags, readyKey, readyText, takenBucket } from '../bucket-parts.ts';
import { isRefused } from '../request.ts';
import { type AwsCaller, endpointOf, partitionOf } from './call.ts';
import { s3Objects, s3Path } from './objects.ts';

/** `alias/opta-production-state`: also what the engine's secrets are encrypted with. */
const aliasOf = ({ name }: AccountOptions['environment']): string => `alias/opta-${name}-state`;

const xml = (body: string): string => `<?xml version="1.0" encoding="UTF-8"?>${body}`;

export function awsStateBucket(options: AccountOptions, aws: AwsCaller): StateBucket {
  const { environment, bucketName: name } = options;
  const objects = s3Objects(aws, name, environment.account);
  return {
    name,
    objects,
    async isReady() {
      try {
        return (await objects.get(readyKey)) !== undefined;
      } catch (error) {
        if (isRefused(error, 'AccessDenied', 'PermanentRedirect', 'status 301')) throw takenBucket(name, error);
        throw error;
      }
    },
    async make(note) {
      note(`key ${aliasOf(environment)}`);
      const key = await stateKey(options, aws);
      note(`bucket ${name}`);
      await createBucket(options, aws);
      for (const [action, query, body] of bucketSettings(options, key)) {
        const digest = createHash('md5').update(body).digest('base64');
        const headers = { 'x-amz-expected-bucket-owner': environment.account, 'content-md5': digest };
        await aws.call({
          ...{ service: 's3', action, method: 'PUT' },
          ...{ path: `${s3Path(name)}?${query}`, headers, body },
        });
      }
      await objects.put(readyKey, readyText(environment), undefined);
    },
  };
}

interface Described {
  readonly KeyMetadata: { readonly Arn: string; readonly KeyId: string };
}

/** The ARN of the key behind the alias; made when there is none. */
async function stateKey({ environment }: AccountOptions, aws: AwsCaller): Promise<string> {
  const alias = aliasOf(environment);
  try {
    return (await aws.json<Described>('kms', 'TrentService.DescribeKey', { KeyId: alias })).KeyMetadata.Arn;
  } catch (error) {
    if (!isRefused(error, 'NotFoundException')) throw error;
  }
  const { KeyMetadata: made } = await aws.json<Described>('kms', 'TrentService.CreateKey', {
    Description: `opta: state of ${environment.name}`,
    Tags: Object.entries(environmentTags(environment)).map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
  });
  await aws.json('kms', 'TrentService.EnableKeyRotation', { KeyId: made.KeyId });
  await aws.json('kms', 'TrentService.CreateAlias', { AliasName: alias, TargetKeyId: made.KeyId });
  return made.Arn;
}

async function createBucket({ environment, bucketName }: AccountOptions, aws: AwsCaller): Promise<void> {
  const { region } = environment;
  // us-east-1 is the one region that must not be named.
  const where =
    region === 'us-east-1'
      ? {}
      : {
          body: xml(
            `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`,
          ),
        };
  const headers = { 'x-amz-object-ownership': 'BucketOwnerEnforced' };
  try {
    await aws.call({
      ...{ service: 's3', action: 'CreateBucket', method: 'PUT', path: s3Path(bucketName).replace(/\/$/, '') },
      ...{ headers, ...where },
    });
  } catch (error) {
    if (isRefused(error, 'BucketAlreadyOwnedByYou')) return;
    if (isRefused(error, 'BucketAlreadyExists')) throw takenBucket(bucketName, error);
    throw error;
  }
}

type Setting = readonly [action: string, query: string, body: string];

/** Query and body of each setting. The policy that asks for TLS is left out where a stand-in for S3 has none. */
export function bucketSettings(
  { environment, bucketName, env }: Pick<AccountOptions, 'environment' | 'bucketName' | 'env'>,
  key: string,
): readonly Setting[] {
  const plain = endpointOf('s3', environment.region, env).startsWith('http:');
  const space = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
  const tags = Object.entries(environmentTags(environment)).map(
    ([name, value]) => `<Tag><Key>${name}</Key><Value>${value}</Value></Tag>`,
  );
  const blocked = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'];
  return [
    [
      'PutPublicAccessBlock',
      'publicAccessBlock=',
      xml(
        `<PublicAccessBlockConfiguration ${space}>${blocked.map((one) => `<${one}>true</${one}>`).join('')}</PublicAccessBlockConfiguration>`,
      ),
    ],
    [
      'PutBucketVersioning',
      'versioning=',
      xml(`<VersioningConfiguration ${space}><Status>Enabled</Status></VersioningConfiguration>`),
    ],
    [
      'PutBucketEncryption',
      'encryption=',
      xml(
        `<ServerSideEncryptionConfiguration ${space}><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>${key}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault><BucketKeyEnabled>true</BucketKeyEnabled></Rule></ServerSideEncryptionConfiguration>`,
      ),
    ],
    ...(plain ? [] : [['PutBucketPolicy', 'policy=', tlsOnly(bucketName, environment.region)] as const]),
    ['PutBucketTagging', 'tagging=', xml(`<Tagging ${space}><TagSet>${tags.join('')}</TagSet></Tagging>`)],
  ];
}

function tlsOnly(bucket: string, region: string): string {
  const arn = `arn:${partitionOf(region)}:s3:::${bucket}`;
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'OnlyTls',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  });
}
