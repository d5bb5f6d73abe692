/** A mirror in a container registry (`oci://host/path`): its files are blobs by digest, listed by one manifest. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  Agent as PlainAgent,
  request as plainRequest,
} from 'node:http';
import { Agent, request as tlsRequest } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../../errors.ts';
import type { System } from '../../system/system.ts';

export const isRegistry = (mirror: string): boolean => mirror.startsWith('oci://');

/** The tag of the manifest that lists a mirror's files. */
const indexTag = 'opta-mirror';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const titleKey = 'org.opencontainers.image.title';
const emptyConfig = '{}';

export interface Registry {
  /** `host/path`, as images in it begin. */
  readonly prefix: string;
  /** Address of a blob. */
  blob(sha256: string): string;
  /** To send with every request; a token or a password. */
  readonly authorization: string | undefined;
  /** undefined when there is no mirror yet. */
  readIndex(): Promise<string | undefined>;
  /** Sends a file unless its blob is there; false when it was. */
  putFile(file: string, sha256: string): Promise<boolean>;
  /** Writes the index and lists the files that it names, so that the registry keeps them. */
  putIndex(index: string, files: readonly ListedFile[]): Promise<void>;
}

export interface ListedFile {
  readonly file: string;
  readonly sha256: string;
}

interface Sent {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | { readonly file: string };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** One request; the answer's body is small. */
function exchange(system: System, url: string, { method = 'GET', headers = {}, body }: Sent, signal?: AbortSignal) {
  return new Promise<Answer>((resolve, reject) => {
    const secure = url.startsWith('https:');
    const agent = secure ? new Agent({ proxyEnv: system.env }) : new PlainAgent({ proxyEnv: system.env });
    const options = { method, headers, agent: agent as Agent, ...(signal && { signal }) };
    const asked = (secure ? tlsRequest : plainRequest)(url, options, async (answer) => {
      try {
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) });
      } catch (error) {
        reject(error);
      }
    });
    asked.once('error', reject);
    if (body === undefined || typeof body === 'string') asked.end(body);
    else pipeline(createReadStream(body.file), asked).catch(reject);
  });
}

const sumOf = (body: string): string => createHash('sha256').update(body).digest('hex');

/** Opens `oci://host/path`. Throws UserError `mirror-unreadable` when it does not answer, or refuses `access`. */
export async function openRegistry(
  system: System,
  mirror: string,
  access: 'pull' | 'pull,push',
  signal?: AbortSignal,
): Promise<Registry> {
  const prefix = mirror.replace('oci://', '').replace(/\/+$/, '');
  const [host = '', ...path] = prefix.split('/');
  if (path.length === 0) throw unusable(mirror, 'it has no path: write `oci://HOST/PATH`');
  const secure = !/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host);
  const base = `${secure ? 'https' : 'http'}://${host}`;
  const repository = `${base}/v2/${path.join('/')}`;
  const authorization = await authorize(system, { mirror, host, base, path: path.join('/'), access }, signal);
  const own = authorization === undefined ? {} : { authorization };
  const ask = async (url: string, sent: Sent = {}) => {
    const answer = await exchange(system, url, { ...sent, headers: { ...own, ...sent.headers } }, signal).catch(
      (error: Error) => {
        if (signal?.aborted) throw signal.reason;
        throw unusable(mirror, error.message);
      },
    );
    if ([401, 403].includes(answer.status)) throw unusable(mirror, `it refuses access (HTTP ${answer.status})`);
    return answer;
  };
  const must = async (what: string, url: string, sent: Sent, fine: readonly number[]) => {
    const answer = await ask(url, sent);
    if (!fine.includes(answer.status)) {
      throw unusable(mirror, `${what}: HTTP ${answer.status} ${answer.body.slice(0, 200)}`);
    }
    return answer;
  };
  const putBlob = async (sha256: string, length: number, body: NonNullable<Sent['body']>) => {
    const there = await ask(`${repository}/blobs/sha256:${sha256}`, { method: 'HEAD' });
    if (there.status === 200) return false;
    const begun = await must('an upload cannot begin', `${repository}/blobs/uploads/`, { method: 'POST' }, [202]);
    const place = new URL(begun.headers.location ?? '', base);
    place.searchParams.set('digest', `sha256:${sha256}`);
    const headers = { 'content-type': 'application/octet-stream', 'content-length': length };
    await must('an upload failed', place.href, { method: 'PUT', headers, body }, [201]);
    return true;
  };
  return {
    prefix,
    authorization,
    blob: (sha256) => `${repository}/blobs/sha256:${sha256}`,
    async readIndex() {
      const listed = await ask(`${repository}/manifests/${indexTag}`, { headers: { accept: manifestType } });
      if (listed.status === 404) return undefined;
      if (listed.status !== 200) throw unusable(mirror, `its index: HTTP ${listed.status}`);
      const { layers } = JSON.parse(listed.body) as { layers: readonly { digest: string }[] };
      // The first layer is the index itself.
      const place = `${repository}/blobs/${layers[0]?.digest}`;
      let index = await must('its index', place, {}, [200, 302, 307]);
      const { location } = index.headers;
      // Where a registry keeps its blobs elsewhere, that address carries its own signature.
      if (location !== undefined) index = await exchange(system, new URL(location, place).href, {}, signal);
      return index.body;
    },
    async putFile(file, sha256) {
      return putBlob(sha256, (await stat(file)).size, { file });
    },
    async putIndex(index, files) {
      await putBlob(sumOf(emptyConfig), emptyConfig.length, emptyConfig);
      await putBlob(sumOf(index), Buffer.byteLength(index), index);
      const sizes = await Promise.all(
        files.map(async ({ sha256 }) => {
          const { headers } = await ask(`${repository}/blobs/sha256:${sha256}`, { method: 'HEAD' });
          return Number(headers['content-length'] ?? 0);
        }),
      );
      const layer = (title: string, sha256: string, size: number) => ({
        mediaType: 'application/octet-stream',
        ...{ digest: `sha256:${sha256}`, size },
        annotations: { [titleKey]: title },
      });
      const manifest = JSON.stringify({
        schemaVersion: 2,
        mediaType: manifestType,
        artifactType: 'application/vnd.opta.mirror',
        config: {
          mediaType: 'application/vnd.oci.empty.v1+json',
          ...{ digest: `sha256:${sumOf(emptyConfig)}`, size: emptyConfig.length },
        },
        layers: [
          layer('index.yaml', sumOf(index), Buffer.byteLength(index)),
          ...files.map(({ file, sha256 }, at) => layer(file, sha256, sizes[at] ?? 0)),
        ],
      });
      const sent = { method: 'PUT', headers: { 'content-type': manifestType }, body: manifest };
      await must('the index cannot be written', `${repository}/manifests/${indexTag}`, sent, [201]);
    },
  };
}

interface Asked {
  readonly mirror: string;
  readonly host: string;
  readonly base: string;
  readonly path: string;
  readonly access: string;
}

/** What a registry wants to hear: nothing, the password of the engine's login, or a token for it. */
async function authorize(system: System, { mirror, host, base, path, access }: Asked, signal?: AbortSignal) {
  const login = await loginFor(system, host);
  const said = await exchange(system, `${base}/v2/`, {}, signal).catch((error: Error) => {
    if (signal?.aborted) throw signal.reason;
    throw unusable(mirror, error.message);
  });
  if (said.status !== 401) return login;
  const challenge = said.headers['www-authenticate'] ?? '';
  if (!/^bearer /i.test(challenge)) return login;
  const value = (name: string) => new RegExp(`${name}="([^"]*)"`, 'i').exec(challenge)?.[1];
  const realm = new URL(value('realm') ?? '');
  const service = value('service');
  if (service !== undefined) realm.searchParams.set('service', service);
  realm.searchParams.set('scope', `repository:${path}:${access}`);
  const headers = login === undefined ? {} : { authorization: login };
  const given = await exchange(system, realm.href, { headers }, signal);
  if (given.status !== 200) throw unusable(mirror, `its token service refuses (HTTP ${given.status})`);
  const { token, access_token } = JSON.parse(given.body) as { token?: string; access_token?: string };
  return `Bearer ${token ?? access_token}`;
}

/** The login that `docker login` keeps in a file; one in a keychain stays there. */
async function loginFor(system: System, host: string): Promise<string | undefined> {
  const folder = system.env['DOCKER_CONFIG'] ?? join(system.home, '.docker');
  try {
    const { auths } = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as {
      auths?: Record<string, { auth?: string }>;
    };
    const auth = auths?.[host]?.auth;
    return auth ? `Basic ${auth}` : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function unusable(mirror: string, why: string): UserError {
  return new UserError('mirror-unreadable', `the mirror ${mirror} cannot be used: ${why}`, {
    hints: [
      'See whether this machine reaches the registry, and log in to it: `docker login`.',
      '`opta mirror sync` fills one.',
    ],
  });
}
