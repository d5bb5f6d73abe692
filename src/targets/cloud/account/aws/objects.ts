/** Objects of a bucket of S3, with conditional writes. */
import type { ObjectDoor } from '../objects.ts';
import { isRefused } from '../request.ts';
import { type AwsCall, type AwsCaller, xmlText, xmlTexts } from './call.ts';

export const s3Path = (bucket: string, key = ''): string =>
  `/${bucket}/${key.split('/').map(encodeURIComponent).join('/')}`;

/** `owner`: the account that the bucket must belong to; somebody else's is refused by S3 itself. */
export function s3Objects(aws: AwsCaller, bucket: string, owner: string): ObjectDoor {
  const call = (action: string, more: Omit<AwsCall, 'service' | 'action'>) =>
    aws.call({
      service: 's3',
      action,
      ...more,
      headers: { 'x-amz-expected-bucket-owner': owner, ...more.headers },
    });
  return {
    async get(key) {
      try {
        const { text, headers } = await call('GetObject', { method: 'GET', path: s3Path(bucket, key) });
        return { text, version: headers.get('etag') ?? '' };
      } catch (error) {
        if (isRefused(error, 'NoSuchKey', 'NoSuchBucket')) return undefined;
        throw error;
      }
    },
    async put(key, body, expected) {
      const condition: Record<string, string> =
        expected === undefined ? { 'if-none-match': '*' } : { 'if-match': expected };
      const headers = { 'content-type': 'application/json', ...condition };
      try {
        const answer = await call('PutObject', { method: 'PUT', path: s3Path(bucket, key), headers, body });
        return answer.headers.get('etag') ?? '';
      } catch (error) {
        if (isRefused(error, 'PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey')) return undefined;
        throw error;
      }
    },
    async list(prefix) {
      const keys: string[] = [];
      let more: string | undefined;
      do {
        const query = new URLSearchParams({ 'list-type': '2', prefix, ...(more && { 'continuation-token': more }) });
        const path = `${s3Path(bucket)}?${query}`;
        const { text } = await call('ListObjectsV2', { method: 'GET', path }).catch((error: unknown) => {
          if (isRefused(error, 'NoSuchBucket')) return { text: '' };
          throw error;
        });
        keys.push(...xmlTexts(text, 'Key'));
        more = xmlText(text, 'NextContinuationToken');
      } while (more !== undefined && more !== '');
      return keys.sort();
    },
    async remove(key) {
      await call('DeleteObject', { method: 'DELETE', path: s3Path(bucket, key) });
    },
  };
}
