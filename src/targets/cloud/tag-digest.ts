/** What a tag of an image means now, asked of its registry: a release holds digests, since a tag moves. */
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { UserError } from '../../errors.ts';
import { type Door, openRepository, refused } from '../../platform/registry/exchange.ts';
import { manifestTypes } from '../../platform/registry/manifest-types.ts';
import { placeOf, referenceIn } from '../../platform/registry/reference.ts';
import type { ReleaseImage } from '../../releases/release.ts';
import type { System } from '../../system/system.ts';

/** Where docker.io answers the registries' API. */
const apiHost = 'registry-1.docker.io';

export interface TagOptions {
  readonly signal: AbortSignal;
  /** Header for registries of the account itself. */
  readonly authorization?: () => Promise<string>;
}

/** Throws UserError `registry-refused`, `image-missing`. */
export async function digestOfTag(system: System, reference: string, options: TagOptions): Promise<ReleaseImage> {
  const { repository: written, tag: named } = referenceIn(reference);
  const { host, path } = placeOf(written);
  const [repository, tag] = [`${host === 'docker.io' ? apiHost : host}/${path}`, named || 'latest'];
  const { signal, authorization } = options;
  const door = openRepository(system, { name: repository, ...(authorization && { authorization }) }, signal);
  try {
    const first = await headOf(door, tag);
    const answer = first.statusCode === 401 ? await headOf(door, tag, await tokenFor(door, first)) : first;
    if (answer.statusCode === 404) throw noSuchImage(reference);
    const digest = answer.headers['docker-content-digest'];
    if (answer.statusCode !== 200 || typeof digest !== 'string') {
      throw refused(repository, `manifest ${tag}: HTTP ${answer.statusCode}`);
    }
    return { digest, origin: 'reference', repository: written };
  } finally {
    door.close();
  }
}

async function headOf(door: Door, tag: string, token?: string): Promise<IncomingMessage> {
  const headers = { accept: manifestTypes.join(', '), ...(token !== undefined && { authorization: token }) };
  const answer = await door.ask(`manifests/${tag}`, { method: 'HEAD', headers });
  answer.resume();
  return answer;
}

/** A registry that is open to all still wants a token, which its `www-authenticate` says where to get. */
async function tokenFor(door: Door, { headers }: IncomingMessage): Promise<string> {
  const said = headers['www-authenticate'] ?? '';
  const field = (name: string): string | undefined => new RegExp(`\\b${name}="([^"]*)"`).exec(said)?.[1];
  const realm = field('realm');
  if (!/^bearer /i.test(said) || realm === undefined) throw refused(door.name, 'it wants to know who asks');
  const url = new URL(realm);
  for (const name of ['service', 'scope']) {
    const value = field(name);
    if (value !== undefined) url.searchParams.set(name, value);
  }
  const answer = await door.ask(url.href);
  const body = await text(answer);
  if (answer.statusCode !== 200) throw refused(door.name, `its token: HTTP ${answer.statusCode}`);
  const { token, access_token } = JSON.parse(body) as { readonly token?: string; readonly access_token?: string };
  return `Bearer ${token ?? access_token ?? ''}`;
}

const noSuchImage = (reference: string): UserError =>
  new UserError('image-missing', `its registry has no image ${reference}`, {
    hints: ['Correct the name or the tag in the definition.'],
  });
