/** Lets go of what hangs on an HTTP/2 stream once it is closed. */
import type { Http2Stream } from 'node:http2';

const ignore = (): void => {};

/**
 * Node's own half of a stream is not collected with the young objects, and keeps the stream alive until the next full
 * collection. Without this the whole exchange stays with it: 50 kB a request, which every young collection copies.
 */
export function releaseWhenClosed(stream: Http2Stream): void {
  stream.once('close', () => {
    stream.removeAllListeners();
    stream.on('error', ignore);
  });
}
