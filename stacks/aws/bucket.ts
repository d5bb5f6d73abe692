/** bucket: S3, encrypted with our key, versioned, TLS only, closed to the public. */
import { Bucket } from '@pulumi/aws/s3/bucket.js';
import { BucketCorsConfiguration } from '@pulumi/aws/s3/bucketCorsConfiguration.js';
import { BucketLogging } from '@pulumi/aws/s3/bucketLogging.js';
import { BucketOwnershipControls } from '@pulumi/aws/s3/bucketOwnershipControls.js';
import { BucketPolicy } from '@pulumi/aws/s3/bucketPolicy.js';
import { BucketPublicAccessBlock } from '@pulumi/aws/s3/bucketPublicAccessBlock.js';
import { BucketServerSideEncryptionConfiguration } from '@pulumi/aws/s3/bucketServerSideEncryptionConfiguration.js';
import { BucketVersioning } from '@pulumi/aws/s3/bucketVersioning.js';
import { type Input, interpolate } from '@pulumi/pulumi';
import type { Resource } from '../../src/app/app.ts';
import { from, options, part, tagged } from '../context.ts';
import type { Made } from '../made.ts';
import { texts } from '../settings.ts';
import type { AwsContext } from './context.ts';
import { policyDocument, type Statement } from './policy-document.ts';

export function makeBuckets(context: AwsContext): Made {
  const buckets = context.input.app.resources.filter(({ type }) => type === 'bucket');
  if (buckets.length === 0) return {};
  return part(context, 'data:Buckets', 'buckets', (inside) =>
    Object.fromEntries(buckets.map((bucket) => [bucket.id, ofDefinition(inside, bucket)])),
  );
}

function ofDefinition(context: AwsContext, { layer, name, settings }: Resource) {
  const resource = `bucket-${layer}_${name}`;
  const bucket = makeBucket(context, resource, {
    name: String(settings.bucket_name),
    key: from(context, 'network', 'keyData'),
    open: settings.block_public === false,
    statements: writtenStatements(settings.bucket_policy),
    logs: from(context, 'network', 'logBucket'),
  });
  corsOf(context, resource, bucket.id, settings.cors_rule);
  return {
    // Its id is its name, which is known before it exists: a plan made early must hash the same afterwards.
    bucket_id: bucket.bucket,
    bucket_name: bucket.bucket,
    bucket_arn: bucket.arn,
    region: context.region,
  };
}

export interface BucketPlan {
  readonly name: string;
  /** ARN of our key; absent for logs that S3 delivers, which it only does with keys of its own. */
  readonly key?: Input<string>;
  readonly open?: boolean;
  readonly statements?: readonly Statement[];
  /** Bucket that gets the log of accesses. */
  readonly logs?: Input<string>;
}

export function makeBucket(context: AwsContext, resource: string, plan: BucketPlan): Bucket {
  const bucket = new Bucket(
    resource,
    {
      bucket: plan.name,
      forceDestroy: !context.production,
      tags: tagged(context, resource, plan.open === true ? { 'opta:public': 'true' } : {}),
    },
    // What people stored outlives the environment that they stored it in.
    options(context, resource, { keep: context.production }),
  );
  const block = plan.open !== true;
  const closed = new BucketPublicAccessBlock(
    `${resource}-public-access`,
    {
      bucket: bucket.id,
      blockPublicAcls: true,
      ignorePublicAcls: true,
      blockPublicPolicy: block,
      restrictPublicBuckets: block,
    },
    options(context, `${resource}-public-access`),
  );
  new BucketOwnershipControls(
    `${resource}-ownership`,
    { bucket: bucket.id, rule: { objectOwnership: 'BucketOwnerEnforced' } },
    options(context, `${resource}-ownership`),
  );
  new BucketVersioning(
    `${resource}-versions`,
    { bucket: bucket.id, versioningConfiguration: { status: 'Enabled' } },
    options(context, `${resource}-versions`),
  );
  encryption(context, resource, bucket.id, plan.key);
  new BucketPolicy(
    `${resource}-policy`,
    { bucket: bucket.id, policy: policyDocument(tlsOnly(bucket.arn), ...withResource(plan.statements ?? [], bucket)) },
    { ...options(context, `${resource}-policy`), dependsOn: [closed] },
  );
  if (plan.logs !== undefined) {
    new BucketLogging(
      `${resource}-logging`,
      { bucket: bucket.id, targetBucket: plan.logs, targetPrefix: `${plan.name}/` },
      options(context, `${resource}-logging`),
    );
  }
  return bucket;
}

function encryption(context: AwsContext, resource: string, bucket: Input<string>, key: Input<string> | undefined) {
  const byDefault = key === undefined ? { sseAlgorithm: 'AES256' } : { sseAlgorithm: 'aws:kms', kmsMasterKeyId: key };
  new BucketServerSideEncryptionConfiguration(
    `${resource}-encryption`,
    {
      bucket,
      rules: [{ applyServerSideEncryptionByDefault: byDefault, bucketKeyEnabled: key !== undefined }],
    },
    options(context, `${resource}-encryption`),
  );
}

function tlsOnly(bucketArn: Input<string>): Statement {
  return {
    Sid: 'TlsOnly',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [bucketArn, interpolate`${bucketArn}/*`],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

/** Statements without a resource are about the bucket and what is in it. */
function withResource(statements: readonly Statement[], bucket: Bucket): Statement[] {
  return statements.map((statement) => ({
    ...statement,
    Resource: statement.Resource ?? [bucket.arn, interpolate`${bucket.arn}/*`],
  }));
}

/** The statements of a policy that the file brings. */
function writtenStatements(policy: unknown): Statement[] {
  const document = typeof policy === 'string' ? (JSON.parse(policy) as unknown) : policy;
  const statements = (document as { readonly Statement?: Statement | Statement[] } | undefined)?.Statement;
  if (statements === undefined) return [];
  return Array.isArray(statements) ? statements : [statements];
}

function corsOf(context: AwsContext, resource: string, bucket: Input<string>, rule: unknown): void {
  if (typeof rule !== 'object' || rule === null) return;
  const values = rule as Readonly<Record<string, unknown>>;
  const list = (key: string) => texts(values, key);
  const age = values.max_age_seconds;
  new BucketCorsConfiguration(
    `${resource}-cors`,
    {
      bucket,
      corsRules: [
        {
          allowedOrigins: list('allowed_origins') ?? [],
          allowedMethods: list('allowed_methods') ?? ['GET'],
          ...(list('allowed_headers') === undefined ? {} : { allowedHeaders: list('allowed_headers') ?? [] }),
          ...(list('expose_headers') === undefined ? {} : { exposeHeaders: list('expose_headers') ?? [] }),
          ...(typeof age === 'number' ? { maxAgeSeconds: age } : {}),
        },
      ],
    },
    options(context, `${resource}-cors`),
  );
}
