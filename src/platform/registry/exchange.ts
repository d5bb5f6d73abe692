/** A repository of a registry: the few requests of the OCI distribution API that copying takes. */
import {
  type IncomingMessage,
  type OutgoingHttpHeaders,
  Agent as PlainAgent,
  request as plainRequest,
} from 'node:http';
import { Agent, request as tlsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { UserError } from '../../errors.ts';
import type { System } from '../../system/system.ts';

export interface Repository {
  /** `host/path`; one of this machine speaks plain HTTP. */
  readonly name: string;
  /** Header that lets us in; none where none is asked for. */
  readonly authorization?: () => Promise<string>;
}

interface Sent {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Readable;
}

export interface Door {
  readonly name: string;
  /** `manifests/…` or `blobs/…` below the repository, or an address that the registry gave. */
  ask(path: string, sent?: Sent): Promise<IncomingMessage>;
  /** As `ask`; throws UserError `registry-refused` for other answers than those, and reads the body. */
  must(
    path: string,
    sent: Sent,
    fine: readonly number[],
  ): Promise<{ readonly headers: IncomingMessage['headers']; readonly body: string }>;
  close(): void;
}

export function openRepository(system: System, { name, authorization }: Repository, signal: AbortSignal): Door {
  const [host = '', ...path] = name.split('/');
  const secure = !/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(host);
  const base = `${secure ? 'https' : 'http'}://${host}`;
  const settings = { keepAlive: true, proxyEnv: system.env };
  const agent = secure ? new Agent(settings) : new PlainAgent(settings);
  const once = async (url: URL, { method = 'GET', headers = {}, body }: Sent): Promise<IncomingMessage> => {
    // Where a registry keeps blobs elsewhere, that address carries its own signature.
    const own = url.origin === base ? await authorization?.() : undefined;
    return new Promise((resolve, reject) => {
      const all = { ...(own !== undefined && { authorization: own }), ...headers };
      const from = url.origin === base ? { agent: agent as Agent } : {};
      const asked = (url.protocol === 'https:' ? tlsRequest : plainRequest)(url, {
        method,
        headers: all,
        signal,
        ...from,
      });
      asked.once('response', resolve).once('error', reject);
      if (body === undefined || typeof body === 'string') asked.end(body);
      else pipeline(body, asked).catch(reject);
    });
  };
  const ask: Door['ask'] = async (place, sent = {}) => {
    let url = new URL(/^https?:|^\//.test(place) ? place : `/v2/${path.join('/')}/${place}`, base);
    for (let hops = 0; ; hops += 1) {
      const answer = await once(url, sent).catch((error: Error) => {
        signal.throwIfAborted();
        throw refused(name, `${host} does not answer: ${error.message}`, error);
      });
      const { location } = answer.headers;
      const moved = [301, 302, 303, 307, 308].includes(answer.statusCode ?? 0);
      if (!moved || location === undefined || hops === 5 || typeof sent.body === 'object') return answer;
      answer.resume();
      url = new URL(location, url);
    }
  };
  return {
    name,
    ask,
    async must(place, sent, fine) {
      const answer = await ask(place, sent);
      const body = await text(answer);
      if (fine.includes(answer.statusCode ?? 0)) return { headers: answer.headers, body };
      throw refused(
        name,
        `${sent.method ?? 'GET'} ${place.split('?')[0]}: HTTP ${answer.statusCode} ${body.slice(0, 300)}`,
      );
    },
    close: () => agent.destroy(),
  };
}

export function refused(name: string, why: string, cause?: Error): UserError {
  return new UserError('registry-refused', `the registry of ${name} did not do what it was asked: ${why}`, {
    hints: ['Run the same command again: what was copied stays, and the rest follows.'],
    ...(cause !== undefined && { cause }),
  });
}
