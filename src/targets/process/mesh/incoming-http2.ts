/** A request that came over HTTP/2. */
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import { releaseWhenClosed } from './closed-streams.ts';
import { clientTls, type Incoming, type ReplyHead } from './incoming.ts';
import { fromHttp2, fromParsedHttp2, headerValue, type RawHeaders, toHttp2 } from './raw-headers.ts';

/** `raw` is the flat list that the 'stream' event gives. */
export function incomingHttp2(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: RawHeaders): Incoming {
  const fields = fromHttp2(raw);
  const authority = headers[':authority'] ?? headers.host ?? '';
  if (headerValue(fields, 'host') === undefined) fields.unshift('host', authority);
  let trailers: RawHeaders = [];
  let answerTrailers: RawHeaders = [];
  let finished = false;
  stream.on('error', () => {});
  releaseWhenClosed(stream);
  stream.on('trailers', (fields: IncomingHttpHeaders) => {
    trailers = fromParsedHttp2(fields);
  });
  return {
    version: 2,
    method: headers[':method'] ?? 'GET',
    authority,
    path: headers[':path'] ?? '/',
    absolute: false,
    headers: fields,
    body: stream.endAfterHeaders ? undefined : stream,
    remoteAddress: stream.session?.socket?.remoteAddress ?? '127.0.0.1',
    expectsContinue: headers.expect?.toLowerCase() === '100-continue',
    get responded() {
      return stream.headersSent;
    },
    tls: () => clientTls(stream.session?.socket, 'h2'),
    trailers: () => trailers,
    inform(status, fields) {
      if (stream.headersSent || stream.destroyed || stream.closed) return;
      stream.additionalHeaders({ ...toHttp2(fields), ':status': status });
    },
    respond(head: ReplyHead, bodyless: boolean) {
      finished ||= bodyless;
      if (stream.destroyed || stream.closed) return stream;
      const waitForTrailers = head.trailers && !bodyless;
      stream.once('wantTrailers', () => stream.sendTrailers(toHttp2(answerTrailers)));
      stream.respond({ ...toHttp2(head.headers), ':status': head.status }, { endStream: bodyless, waitForTrailers });
      return stream;
    },
    flush: () => {},
    finish(fields) {
      finished = true;
      answerTrailers = fields;
      stream.end();
    },
    reset: (code) => stream.close(code),
    onGone(act) {
      stream.once('close', () => {
        if (!finished || stream.rstCode !== 0) act(stream.rstCode || 8);
      });
    },
  };
}
