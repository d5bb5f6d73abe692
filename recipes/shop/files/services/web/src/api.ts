/** The client of the service `api`. */
import { get } from 'node:http';
import type { Life } from '../public/life.js';
import { HttpError } from './http.ts';
import type { Span, Tracing } from './span.ts';

const timeoutMs = 6_000;

/** The bodies here are small, and node:http costs a cold start less than `fetch` does. */
const read = (url: URL, headers: Record<string, string>): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const request = get(url, { headers, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    request.on('error', reject);
  });

export interface Api {
  /** Throws HttpError 502 with what `api` said. */
  life(parent: Span): Promise<Life>;
}

export const openApi = (base: string, tracing: Tracing): Api => ({
  life: async (parent) => {
    const span = tracing.start('GET api', 'client', parent.traceparent);
    try {
      const { status, text } = await read(new URL('/', base), {
        traceparent: span.traceparent,
        accept: 'application/json',
      });
      if (status !== 200) throw new HttpError(502, `api answered ${status}: ${text.slice(0, 200)}`);
      span.end();
      return JSON.parse(text) as Life;
    } catch (error) {
      span.end(error);
      if (error instanceof HttpError) throw error;
      throw new HttpError(502, 'api did not answer.', { cause: error });
    }
  },
});
