/** Objects of a bucket of Cloud Storage, with conditional writes. */
import type { ObjectDoor } from '../objects.ts';
import { CloudRefused } from '../request.ts';
import { type GoogleCaller, isAbsent } from './call.ts';

interface Page {
  readonly items?: readonly { readonly name: string }[];
  readonly nextPageToken?: string;
}

const named = encodeURIComponent;

export function gcsObjects(google: GoogleCaller, bucket: string): ObjectDoor {
  const at = (key: string) => `/storage/v1/b/${named(bucket)}/o/${named(key)}`;
  return {
    async get(key) {
      try {
        const { generation } = await google.json<{ generation: string }>({ service: 'storage', path: at(key) });
        // That very generation: text and version must belong together.
        const path = `${at(key)}?alt=media&generation=${generation}`;
        const { text } = await google.call({ service: 'storage', path });
        return { text, version: generation };
      } catch (error) {
        if (isAbsent(error)) return undefined;
        throw error;
      }
    },
    async put(key, text, expected) {
      const query = new URLSearchParams({ uploadType: 'media', name: key, ifGenerationMatch: expected ?? '0' });
      const path = `/upload/storage/v1/b/${named(bucket)}/o?${query}`;
      try {
        const made = await google.json<{ generation: string }>({
          service: 'storage',
          method: 'POST',
          path,
          body: text,
        });
        return made.generation;
      } catch (error) {
        if (error instanceof CloudRefused && error.status === 412) return undefined;
        throw error;
      }
    },
    async list(prefix) {
      const keys: string[] = [];
      let more: string | undefined;
      do {
        const query = new URLSearchParams({
          prefix,
          fields: 'items(name),nextPageToken',
          ...(more && { pageToken: more }),
        });
        const path = `/storage/v1/b/${named(bucket)}/o?${query}`;
        const page = await google.json<Page>({ service: 'storage', path }).catch((error: unknown): Page => {
          if (isAbsent(error)) return {};
          throw error;
        });
        keys.push(...(page.items ?? []).map(({ name }) => name));
        more = page.nextPageToken;
      } while (more !== undefined);
      return keys.sort();
    },
    async remove(key) {
      await google.call({ service: 'storage', method: 'DELETE', path: at(key) });
    },
  };
}
