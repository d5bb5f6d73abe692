/** What a link allows in words of Google's IAM: one role on that one resource. */

import { SubscriptionIAMMember } from '@pulumi/gcp/pubsub/subscriptionIAMMember.js';
import { TopicIAMMember } from '@pulumi/gcp/pubsub/topicIAMMember.js';
import { BucketIAMMember } from '@pulumi/gcp/storage/bucketIAMMember.js';
import type { Input } from '@pulumi/pulumi';
import type { Id, Resource } from '../../src/app/app.ts';
import { from, options } from '../context.ts';
import type { GcpContext } from './context.ts';

export interface Grant {
  readonly to: Id;
  readonly access: readonly string[];
}

/** Kinds of resources whose access is an identity's; databases have users of their own. */
const granted = new Set(['bucket', 'queue', 'topic']);

export function needsIdentity(context: GcpContext, links: readonly Grant[]): boolean {
  return links.some(({ to }) => granted.has(resourceOf(context, to)?.type ?? ''));
}

function resourceOf({ input }: GcpContext, id: Id): Resource | undefined {
  return input.app.resources.find((resource) => resource.id === id);
}

/** `owner` is part of the names: two identities may have the same link. */
export function grant(context: GcpContext, owner: string, member: Input<string>, links: readonly Grant[]): void {
  for (const { to, access } of links) {
    const resource = resourceOf(context, to);
    if (resource === undefined) continue;
    const name = `grant-${owner}-${resource.layer}_${resource.name}`;
    const value = (output: string) => from(context, 'data', `resources.${to}.${output}`);
    if (resource.type === 'bucket') grantBucket(context, name, member, value('bucket_name'), access);
    if (resource.type === 'queue') grantQueue(context, name, member, value, access);
    if (resource.type === 'topic') {
      const topic = value('topic_arn');
      new TopicIAMMember(name, { topic, role: 'roles/pubsub.publisher', member }, options(context, name));
    }
  }
}

function grantBucket(
  context: GcpContext,
  name: string,
  member: Input<string>,
  bucket: string,
  access: readonly string[],
): void {
  const role = access.includes('write') ? 'roles/storage.objectUser' : 'roles/storage.objectViewer';
  new BucketIAMMember(name, { bucket, role, member }, options(context, name));
}

function grantQueue(
  context: GcpContext,
  name: string,
  member: Input<string>,
  value: (output: string) => string,
  access: readonly string[],
): void {
  if (access.includes('publish')) {
    const publish = `${name}-publish`;
    const topic = value('queue_arn');
    new TopicIAMMember(publish, { topic, role: 'roles/pubsub.publisher', member }, options(context, publish));
  }
  if (access.includes('subscribe')) {
    const subscribe = `${name}-subscribe`;
    const subscription = value('queue_name');
    const role = 'roles/pubsub.subscriber';
    new SubscriptionIAMMember(subscribe, { subscription, role, member }, options(context, subscribe));
  }
}
