/** The endpoint on loopback that apps send their spans to: OTLP over HTTP, JSON or protobuf. */
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { answer, type Incoming } from '../mesh/incoming.ts';
import { headerValue } from '../mesh/raw-headers.ts';
import { hopsIn, type Sender } from './otlp.ts';
import type { Tracer } from './tracer.ts';

/** Bytes of one batch, unpacked: SDKs send 512 spans at most, a kilobyte each. */
const mostBytes = 4 * 1024 * 1024;
const unzipped = promisify(gunzip);

/** Takes one request. What cannot be read is answered 400 and forgotten: no app breaks by it. */
export async function collect(
  incoming: Incoming,
  { store, exporter }: Pick<Tracer, 'store' | 'exporter'>,
): Promise<void> {
  const [path = ''] = incoming.path.split('?', 1);
  const asked = /^(?:\/([^/]+)\/([^/]+)\/([^/]+))?\/v1\/(traces|metrics|logs)$/.exec(path);
  // A page in a browser is not an app of this project.
  if (headerValue(incoming.headers, 'origin') !== undefined) return answer(incoming, 403, '403 not for browsers');
  if (asked === null || incoming.method !== 'POST') return answer(incoming, 404, '404 POST spans to /v1/traces');
  const type = (headerValue(incoming.headers, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (type !== 'application/json' && type !== 'application/x-protobuf')
    return answer(incoming, 415, '415 OTLP as application/json or application/x-protobuf');
  const [, layer, module, replica = '', signal] = asked;
  const sender: Sender | undefined = layer === undefined ? undefined : { service: `${layer}/${module}`, replica };
  try {
    const bytes = await bodyOf(incoming);
    // Metrics and logs have no place here; an SDK that sends them all the same is not told of errors.
    if (signal === 'traces') {
      for (const [trace, hop] of await hopsIn(bytes, type, sender)) {
        store.add(trace, hop);
        store.reports(hop.service);
      }
      exporter.forward(bytes, type);
    }
  } catch (error) {
    return answer(incoming, 400, `400 ${(error as Error).message}`);
  }
  const body = type === 'application/json' ? '{}' : '';
  const headers = ['content-type', type, 'content-length', `${body.length}`];
  const sink = incoming.respond({ status: 200, headers, trailers: false }, body === '');
  if (body === '') return;
  sink.write(body);
  incoming.finish([]);
}

async function bodyOf({ body, headers }: Incoming): Promise<Buffer> {
  const bytes = body === undefined ? Buffer.alloc(0) : await read(body);
  const coding = headerValue(headers, 'content-encoding');
  return coding === 'gzip' ? unzipped(bytes, { maxOutputLength: mostBytes }) : bytes;
}

async function read(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > mostBytes) throw new Error(`a batch is ${mostBytes} bytes at most`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
