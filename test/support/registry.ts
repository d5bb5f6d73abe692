/** A registry in this process: manifests and blobs in memory, as the OCI distribution API has them, with faults on demand. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface TestRegistry {
  readonly host: string;
  readonly blobs: Map<string, Buffer>;
  /** By `repository@digest` and `repository:tag`. */
  readonly manifests: Map<string, { readonly type: string; readonly text: string }>;
  /** Uploads and manifests that were written. */
  readonly writes: string[];
  /** Cuts the connection of this many-th upload of a blob from now. */
  cutUpload: number | undefined;
  authorization: string | undefined;
  close(): Promise<void>;
}

export const sum = (data: Buffer | string): string => `sha256:${createHash('sha256').update(data).digest('hex')}`;

export async function startTestRegistry(): Promise<TestRegistry> {
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://registry');
    const [, repository = '', kind = '', reference = ''] =
      /^\/v2\/(.+)\/(manifests|blobs)\/(.+)$/.exec(url.pathname) ?? [];
    const end = (status: number, headers: Record<string, string> = {}, body?: Buffer | string) =>
      response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
    if (registry.authorization !== undefined && request.headers.authorization !== registry.authorization)
      return end(401);
    if (kind === 'manifests') {
      const key = reference.startsWith('sha256:') ? `${repository}@${reference}` : `${repository}:${reference}`;
      if (request.method === 'PUT') {
        const text = (await buffer(request)).toString();
        const type = request.headers['content-type'] ?? '';
        registry.manifests.set(key, { type, text }).set(`${repository}@${sum(text)}`, { type, text });
        registry.writes.push(key);
        return end(201, { 'docker-content-digest': sum(text) });
      }
      const found = registry.manifests.get(key);
      if (found === undefined) return end(404);
      return end(200, { 'content-type': found.type, 'docker-content-digest': sum(found.text) }, found.text);
    }
    if (request.method === 'POST')
      return end(202, { location: `/v2/${repository}/blobs/uploads/${registry.writes.length}` });
    if (request.method === 'PUT') {
      if (registry.cutUpload !== undefined) {
        registry.cutUpload -= 1;
        if (registry.cutUpload <= 0) return request.socket.destroy();
      }
      const data = await buffer(request);
      const digest = url.searchParams.get('digest') ?? '';
      if (sum(data) !== digest) return end(400);
      registry.blobs.set(digest, data);
      registry.writes.push(digest);
      return end(201);
    }
    const data = registry.blobs.get(reference);
    return data === undefined ? end(404) : end(200, { 'content-length': String(data.length) }, data);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const registry: TestRegistry = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    blobs: new Map(),
    manifests: new Map(),
    writes: [],
    cutUpload: undefined,
    authorization: undefined,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return registry;
}
