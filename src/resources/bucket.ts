/** bucket: object storage. */
import { any, aws, bool, cloud, count, field, object, pattern, text, texts } from './field.ts';
import { moduleType } from './module-type.ts';

const cors = object({
  allowed_origins: field(texts, 'Origins that may ask.'),
  allowed_headers: field(texts, 'Headers that may be sent.'),
  allowed_methods: field(texts, 'Methods that may be used.'),
  expose_headers: field(texts, 'Headers that a page may read.'),
  max_age_seconds: count('Seconds that a browser may remember the answer.'),
});

const bucketName = pattern(
  /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/,
  '3 to 63 lower-case letters, digits, dots and hyphens',
);

export const bucket = moduleType({
  name: 'bucket',
  concrete: { aws: 'aws-s3', google: 'gcp-gcs' },
  also: ['s3', 'gcs'],
  kind: 'resource',
  resource: 'bucket',
  doc: 'Object storage: S3 on AWS, Cloud Storage on Google.',
  fields: {
    bucket_name: field(
      bucketName,
      'Name of the bucket; in a cloud it must be unique in the world, so write {env} into it.',
      {
        required: true,
      },
    ),
    block_public: bool('Nobody outside may read it.', { default: true, on: cloud }),
    same_region_replication: bool('A copy of each object in a second bucket of the region.', {
      default: false,
      on: aws,
    }),
    bucket_policy: any('A policy document of your own.', { on: aws }),
    cors_rule: field(cors, 'What pages of other origins may do.', { on: aws }),
    files: text('Folder whose files are uploaded.', { on: aws }),
  },
  outputs: {
    bucket_id: 'Id of the bucket.',
    bucket_arn: 'ARN of the bucket.',
    bucket_name: 'Name of the bucket.',
    cloudfront_read_path: 'Origin access identity for cloudfront-distribution.',
    region: 'Region of the bucket.',
    endpoint: 'URL of the S3 API on local targets.',
  },
  link: {
    variables: ['bucket_name', 'region'],
    localVariables: ['endpoint'],
    access: ['read', 'write'],
    defaultAccess: ['write'],
  },
  on: {
    process: 'a stand-in that speaks the S3 protocol',
    kind: 'a stand-in that speaks the S3 protocol',
    aws: 'an S3 bucket, encrypted, versioned, TLS only',
    gcp: 'a Cloud Storage bucket, encrypted',
  },
});
