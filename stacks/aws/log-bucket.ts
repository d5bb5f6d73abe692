/** The bucket that logs of accesses go to; ninety days, then they are gone. */
import { BucketLifecycleConfiguration } from '@pulumi/aws/s3/bucketLifecycleConfiguration.js';
import type { Output } from '@pulumi/pulumi';
import { bucketName } from '../../src/app/names.ts';
import { options, part } from '../context.ts';
import { makeBucket } from './bucket.ts';
import type { AwsContext } from './context.ts';

export function makeLogBucket(context: AwsContext): Output<string> {
  return part(context, 'logs:Bucket', 'logs', (inside) => {
    const { organisation = 'opta' } = inside.input.app;
    const bucket = makeBucket(inside, 'log-bucket', {
      name: bucketName(organisation, inside.environment, 'logs', inside.account),
      statements: [
        {
          Sid: 'AccessLogs',
          Principal: { Service: 'logging.s3.amazonaws.com' },
          Action: 's3:PutObject',
          Condition: { StringEquals: { 'aws:SourceAccount': inside.account } },
        },
      ],
    });
    new BucketLifecycleConfiguration(
      'log-bucket-lifecycle',
      {
        bucket: bucket.id,
        rules: [
          {
            id: 'old',
            status: 'Enabled',
            filter: {},
            expiration: { days: 90 },
            // With versions on, what expires is hidden only, and goes on costing.
            noncurrentVersionExpiration: { noncurrentDays: 1 },
          },
        ],
      },
      options(inside, 'log-bucket-lifecycle'),
    );
    return bucket.bucket;
  });
}
