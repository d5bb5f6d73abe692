/** Copies an image from one registry to another with its digest: blobs first, what names them after; what is there stays. */
import { createHash } from 'node:crypto';
import { UserError } from '../../errors.ts';
import type { System } from '../../system/system.ts';
import { type Door, openRepository, type Repository, refused } from './exchange.ts';
import { manifestTypes } from './manifest-types.ts';

export interface CopyOptions {
  readonly from: Repository;
  readonly to: Repository;
  /** `sha256:…` of a manifest, or of an index of several. */
  readonly digest: string;
  /** Given to it there, since registries clean up what has none. */
  readonly tag: string;
  /** Of the machines that it is to run on, as images name it: `amd64`. */
  readonly architecture?: string;
  readonly signal: AbortSignal;
  readonly onBytes?: (done: number, total: number) => void;
}

export interface Copied {
  /** Sent now; 0 when all of it was there. */
  readonly bytes: number;
}

interface Descriptor {
  readonly mediaType?: string;
  readonly digest: string;
  readonly size: number;
  readonly urls?: readonly string[];
  readonly platform?: { readonly architecture?: string };
}

interface Manifest {
  readonly mediaType?: string;
  readonly manifests?: readonly Descriptor[];
  readonly config?: Descriptor;
  readonly layers?: readonly Descriptor[];
}

interface Found {
  readonly digest: string;
  readonly type: string;
  readonly text: string;
  readonly read: Manifest;
}

/** Blobs under way at once. */
const parallel = 4;

const digestOf = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** Throws UserError `registry-refused`, `image-architecture`. */
export async function copyImage(system: System, options: CopyOptions): Promise<Copied> {
  const ending = new AbortController();
  const signal = AbortSignal.any([options.signal, ending.signal]);
  const [from, to] = [openRepository(system, options.from, signal), openRepository(system, options.to, signal)];
  try {
    const there = await Promise.all([options.digest, options.tag].map((one) => digestAt(to, one)));
    if (there.every((one) => one === options.digest)) return { bytes: 0 };
    const manifests = await manifestsOf(from, options.digest);
    await demandArchitecture(from, manifests, options);
    const bytes = await copyBlobs(from, to, manifests, options);
    // Those that others name come first; the last one bears the tag.
    for (const one of manifests.toReversed()) await putManifest(to, one, one.digest);
    const [root] = manifests;
    if (root !== undefined) await putManifest(to, root, options.tag);
    return { bytes };
  } finally {
    ending.abort(new Error('the copy has ended'));
    from.close();
    to.close();
  }
}

async function digestAt(door: Door, reference: string): Promise<string | undefined> {
  const answer = await door.ask(`manifests/${reference}`, {
    method: 'HEAD',
    headers: { accept: manifestTypes.join(', ') },
  });
  answer.resume();
  if (answer.statusCode === 404) return undefined;
  if (answer.statusCode !== 200) throw refused(door.name, `manifest ${reference}: HTTP ${answer.statusCode}`);
  return String(answer.headers['docker-content-digest'] ?? '');
}

/** The image first, then all that it names. Texts are held to their digests. */
async function manifestsOf(from: Door, digest: string): Promise<readonly Found[]> {
  const headers = { accept: manifestTypes.join(', ') };
  const { body, headers: said } = await from.must(`manifests/${digest}`, { headers }, [200]);
  if (digestOf(body) !== digest) throw refused(from.name, `what it has as ${digest} is something else`);
  const read = JSON.parse(body) as Manifest;
  const type = read.mediaType ?? said['content-type'] ?? manifestTypes[1] ?? '';
  const inner = await Promise.all((read.manifests ?? []).map((one) => manifestsOf(from, one.digest)));
  return [{ digest, type, text: body, read }, ...inner.flat()];
}

async function demandArchitecture(
  from: Door,
  manifests: readonly Found[],
  { architecture }: CopyOptions,
): Promise<void> {
  if (architecture === undefined) return;
  const listed = manifests.flatMap(({ read }) => read.manifests ?? []).map(({ platform }) => platform?.architecture);
  const single = manifests.length === 1 ? manifests[0]?.read.config : undefined;
  const found = single === undefined ? listed : [await architectureIn(from, single)];
  const known = found.filter((one) => one !== undefined && one !== 'unknown');
  if (known.length === 0 || known.includes(architecture)) return;
  throw new UserError(
    'image-architecture',
    `${from.name} is built for ${known.join(', ')}, and nodes are ${architecture}`,
    {
      hints: [
        `Build it for both: \`build.platforms: [linux/${architecture}]\` of its service, then \`opta dev up\` and promote again.`,
        'Or choose nodes of that architecture in k8s-cluster.',
      ],
    },
  );
}

async function architectureIn(from: Door, { digest }: Descriptor): Promise<string | undefined> {
  const { body } = await from.must(`blobs/${digest}`, {}, [200]);
  return (JSON.parse(body) as { architecture?: string }).architecture;
}

async function copyBlobs(from: Door, to: Door, manifests: readonly Found[], { onBytes }: CopyOptions): Promise<number> {
  const named = manifests.flatMap(({ read }) => [...(read.config ? [read.config] : []), ...(read.layers ?? [])]);
  // What has addresses of its own is not kept by registries.
  const blobs = [...new Map(named.map((one) => [one.digest, one])).values()].filter(
    ({ urls = [] }) => urls.length === 0,
  );
  const total = blobs.reduce((sum, { size }) => sum + size, 0);
  let [done, sent] = [0, 0];
  const waiting = [...blobs];
  const worker = async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
      const before = done;
      const isNew = await copyBlob(from, to, one, (bytes) => onBytes?.(Math.min(done + bytes, total), total));
      done = Math.max(done, before) + one.size;
      if (isNew) sent += one.size;
      onBytes?.(Math.min(done, total), total);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, blobs.length) }, worker));
  return sent;
}

/** False when it was there: of an earlier run, or of another image. */
async function copyBlob(
  from: Door,
  to: Door,
  { digest, size }: Descriptor,
  onBytes: (bytes: number) => void,
): Promise<boolean> {
  const there = await to.ask(`blobs/${digest}`, { method: 'HEAD' });
  there.resume();
  if (there.statusCode === 200) return false;
  const begun = await to.must('blobs/uploads/', { method: 'POST', headers: { 'content-length': 0 } }, [202]);
  const body = await from.ask(`blobs/${digest}`);
  if (body.statusCode !== 200) {
    body.resume();
    throw refused(from.name, `blob ${digest}: HTTP ${body.statusCode}`);
  }
  let passed = 0;
  body.on('data', (chunk: Buffer) => {
    passed += chunk.length;
    onBytes(passed);
  });
  const place = new URL(begun.headers.location ?? '', 'http://registry.invalid');
  place.searchParams.set('digest', digest);
  const target = /^https?:/.test(begun.headers.location ?? '') ? place.href : `${place.pathname}${place.search}`;
  const headers = { 'content-type': 'application/octet-stream', 'content-length': size };
  await to.must(target, { method: 'PUT', headers, body }, [201]);
  return true;
}

async function putManifest(to: Door, { digest, type, text }: Found, reference: string): Promise<void> {
  const sent = {
    method: 'PUT',
    headers: { 'content-type': type, 'content-length': Buffer.byteLength(text) },
    body: text,
  };
  const { headers } = await to.must(`manifests/${reference}`, sent, [201]);
  const said = headers['docker-content-digest'];
  if (said !== undefined && said !== digest) throw refused(to.name, `it took ${digest} for ${said}`);
}
