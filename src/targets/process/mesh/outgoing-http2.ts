/** An attempt over HTTP/2 without TLS (prior knowledge), as gRPC servers speak it. */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2';
import { releaseWhenClosed } from './closed-streams.ts';
import { type Attempt, AttemptFailure, type FailureStage, type OutgoingRequest, type Reply } from './outgoing.ts';
import { fromParsedHttp2, type RawHeaders, toHttp2 } from './raw-headers.ts';

type ReplyHeaders = IncomingHttpHeaders & IncomingHttpStatusHeader;

function watch(
  session: ClientHttp2Session,
  stream: ClientHttp2Stream,
  request: OutgoingRequest,
  stageOf: () => FailureStage,
): Promise<Reply> {
  let trailers: RawHeaders = [];
  let timedOut = false;
  stream.on('trailers', (headers: IncomingHttpHeaders) => {
    trailers = fromParsedHttp2(headers);
  });
  stream.on('headers', (headers: ReplyHeaders) =>
    request.onInterim(headers[':status'] ?? 100, fromParsedHttp2(headers)),
  );
  stream.setTimeout(request.idleMs, () => {
    timedOut = true;
    stream.close(constants.NGHTTP2_CANCEL);
  });
  return new Promise<Reply>((resolve, reject) => {
    let failure: Error | undefined;
    let answered = false;
    stream.on('error', (error) => {
      failure = error;
    });
    stream.on('close', () => {
      if (answered) return;
      const message = timedOut
        ? 'no answer in time'
        : (failure?.message ?? `stream closed with code ${stream.rstCode}`);
      reject(new AttemptFailure(stageOf(), timedOut, message));
    });
    stream.on('response', (headers: ReplyHeaders, flags: number) => {
      answered = true;
      resolve({
        status: headers[':status'] ?? 502,
        headers: fromParsedHttp2(headers),
        trailers: true,
        body: stream,
        ended: (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0,
        trailersSent: () => trailers,
        lost: () => session.destroyed,
        brokenBy: () => stream.rstCode || (failure === undefined ? 0 : constants.NGHTTP2_INTERNAL_ERROR),
      });
    });
  });
}

/** `te` is kept, since gRPC servers ask for it. */
export function sendHttp2(session: ClientHttp2Session, te: string | undefined, request: OutgoingRequest): Attempt {
  const headers = toHttp2(request.headers);
  delete headers.host;
  delete headers.expect;
  if (te?.toLowerCase().includes('trailers')) headers.te = 'trailers';
  const stream = session.request(
    {
      ...headers,
      ':method': request.method,
      ':path': request.path,
      ':scheme': 'http',
      ':authority': request.authority,
    },
    { endStream: !request.hasBody, waitForTrailers: request.hasBody },
  );
  releaseWhenClosed(stream);
  let trailers: RawHeaders = [];
  stream.on('wantTrailers', () => stream.sendTrailers(toHttp2(trailers)));
  const stageOf = (): FailureStage => {
    // A stream without an id never left; 7 is REFUSED_STREAM.
    if (stream.id === undefined || session.connecting) return 'connect';
    return stream.rstCode === constants.NGHTTP2_REFUSED_STREAM ? 'refused' : 'sent';
  };
  return {
    reply: watch(session, stream, request, stageOf),
    sink: stream,
    finish(fields) {
      trailers = fields;
      stream.end();
    },
    abort: (code) => stream.close(code || constants.NGHTTP2_CANCEL),
  };
}
