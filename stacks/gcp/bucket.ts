/** bucket: Cloud Storage with our key, versions, uniform access, closed to the public. */
import { Bucket } from '@pulumi/gcp/storage/bucket.js';
import { BucketIAMMember } from '@pulumi/gcp/storage/bucketIAMMember.js';
import type { Resource } from '../../src/app/app.ts';
import { from, options, part, tagged } from '../context.ts';
import type { Made, Values } from '../made.ts';
import type { GcpContext } from './context.ts';

export function makeBuckets(context: GcpContext): Made {
  const buckets = context.input.app.resources.filter(({ type }) => type === 'bucket');
  if (buckets.length === 0) return {};
  return part(context, 'data:Buckets', 'buckets', (inside) =>
    Object.fromEntries(buckets.map((bucket) => [bucket.id, makeBucket(inside, bucket)])),
  );
}

function makeBucket(context: GcpContext, { layer, name, settings }: Resource): Values {
  const resource = `bucket-${layer}_${name}`;
  const open = settings.block_public === false;
  const bucket = new Bucket(
    resource,
    {
      name: String(settings.bucket_name),
      location: context.region.toUpperCase(),
      uniformBucketLevelAccess: true,
      publicAccessPrevention: open ? 'inherited' : 'enforced',
      encryption: { defaultKmsKeyName: from(context, 'network', 'keyData') },
      versioning: { enabled: true },
      forceDestroy: !context.production,
      labels: tagged(context, resource, open ? { 'opta-public': 'true' } : {}),
    },
    // What people stored outlives the environment that they stored it in.
    options(context, resource, { keep: context.production }),
  );
  if (open) {
    new BucketIAMMember(
      `${resource}-public`,
      { bucket: bucket.name, role: 'roles/storage.objectViewer', member: 'allUsers' },
      options(context, `${resource}-public`),
    );
  }
  return { bucket_id: bucket.name, bucket_name: bucket.name, region: context.region };
}
