/** Fetches one file into the cache: resumed where it broke off, checked by its sha256, counted in bytes. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { type IncomingMessage, Agent as PlainAgent, get as plainGet } from 'node:http';
import { Agent, get as tlsGet } from 'node:https';
import { dirname } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../../errors.ts';
import type { System } from '../../system/system.ts';

export interface Wanted {
  readonly url: string;
  readonly sha256: string | undefined;
  /** For messages, such as `kind 0.33.0`. */
  readonly title: string;
  /** For the host of `url` only. */
  readonly authorization?: string;
}

export interface DownloadOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((done: number, total: number | undefined) => void) | undefined;
}

/** Tries after a connection that broke; each goes on where the one before ended. */
const tries = 4;
/** Milliseconds without a byte until a connection counts as broken. */
const silence = 30_000;

export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

function failed({ title, url }: Wanted, why: string, cause?: unknown): UserError {
  return new UserError('download-failed', `${title} cannot be fetched from ${url}: ${why}`, {
    hints: [
      'Run it again: it goes on where it broke off.',
      'Without that network set `mirror` to a folder made by `opta mirror sync`.',
    ],
    cause,
  });
}

/** Throws UserError `checksum-wrong` when `file` is not what was pinned. */
export async function verify(wanted: Wanted, file: string): Promise<void> {
  if (wanted.sha256 === undefined) return;
  const found = await sha256Of(file);
  if (found === wanted.sha256) return;
  throw new UserError('checksum-wrong', `${wanted.title} from ${wanted.url} is not the file that was pinned`, {
    hints: ['Something on the way, or the mirror, gives another file: do not use it.'],
    detail: [`expected sha256 ${wanted.sha256}`, `found    sha256 ${found}`],
  });
}

/** Follows redirects. Proxies are those of the environment (HTTPS_PROXY, NO_PROXY). */
function ask(
  system: System,
  { url, authorization }: Pick<Wanted, 'url' | 'authorization'>,
  from: number,
  signal: AbortSignal | undefined,
  hops = 5,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const secure = url.startsWith('https:');
    const agent = secure ? new Agent({ proxyEnv: system.env }) : new PlainAgent({ proxyEnv: system.env });
    const headers = {
      'user-agent': 'opta',
      ...(from > 0 && { range: `bytes=${from}-` }),
      ...(authorization !== undefined && { authorization }),
    };
    const asked = (secure ? tlsGet : plainGet)(url, { agent: agent as Agent, headers, ...(signal && { signal }) });
    asked.setTimeout(silence, () => asked.destroy(new Error(`no byte for ${silence / 1000} s`)));
    asked.once('error', reject).once('response', (answer) => {
      const { statusCode = 0, headers: said } = answer;
      if (statusCode < 300 || statusCode >= 400 || said.location === undefined) return resolve(answer);
      answer.resume();
      if (hops === 0) return reject(new Error('it redirects too often'));
      const next = new URL(said.location, url);
      const same = next.host === new URL(url).host && authorization !== undefined;
      resolve(ask(system, { url: next.href, ...(same && { authorization }) }, from, signal, hops - 1));
    });
  });
}

/** The text of a small file. Throws UserError `download-failed`. */
export async function readAddress(system: System, wanted: Wanted, signal?: AbortSignal): Promise<string> {
  try {
    const answer = await ask(system, wanted, 0, signal);
    if (answer.statusCode !== 200) throw new Error(`HTTP ${answer.statusCode}`);
    const { text } = await import('node:stream/consumers');
    return await text(answer);
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw failed(wanted, (error as Error).message, error);
  }
}

/** One connection. True when the file is whole. */
async function part(system: System, wanted: Wanted, file: string, options: DownloadOptions): Promise<boolean> {
  const have = await sizeOf(file);
  const answer = await ask(system, wanted, have, options.signal);
  const { statusCode = 0, headers } = answer;
  if (statusCode === 416 && have > 0) {
    answer.resume();
    // All of it is there, or the file behind the address became shorter: the sum tells.
    return true;
  }
  if (statusCode !== 200 && statusCode !== 206) {
    answer.resume();
    throw failed(wanted, `HTTP ${statusCode}`);
  }
  let done = statusCode === 206 ? have : 0;
  const length = Number(headers['content-length']);
  const total = Number.isFinite(length) ? done + length : undefined;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, next) {
      done += chunk.length;
      options.onBytes?.(done, total);
      next(undefined, chunk);
    },
  });
  const into = createWriteStream(file, { flags: statusCode === 206 ? 'a' : 'w' });
  await pipeline(answer, counted, into, options.signal ? { signal: options.signal } : {});
  return total === undefined || done >= total;
}

/** Fetches `wanted` to `file`. Throws UserError `download-failed` or `checksum-wrong`. */
export async function download(system: System, wanted: Wanted, file: string, options: DownloadOptions): Promise<void> {
  const draft = `${file}.part`;
  await mkdir(dirname(file), { recursive: true });
  for (let tried = 1; ; tried += 1) {
    try {
      if (await part(system, wanted, draft, options)) break;
    } catch (error) {
      if (options.signal?.aborted) throw options.signal.reason;
      const { syscall, code } = error as NodeJS.ErrnoException;
      // A full disk is no fault of the network.
      if (error instanceof UserError || code === 'ENOSPC' || syscall === 'write') throw error;
      if (tried >= tries) throw failed(wanted, (error as Error).message, error);
      await system.clock.sleep(250 * 2 ** tried, options.signal);
    }
  }
  try {
    await verify(wanted, draft);
  } catch (error) {
    // What was resumed may be of another file: the next try begins anew.
    await rm(draft, { force: true });
    throw error;
  }
  await rename(draft, file);
}
