/** Tells from a connection's first bytes what is spoken on it. */
import type { Duplex } from 'node:stream';

export type Spoken = 'http1' | 'http2' | 'other';

const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
/** The longest method that we take for HTTP, and its space. */
const methodLimit = 24;

/** undefined: more bytes are needed. */
export function spokenIn(bytes: Buffer): Spoken | undefined {
  const shared = Math.min(bytes.length, preface.length);
  if (shared > 0 && bytes.subarray(0, shared).equals(preface.subarray(0, shared))) {
    // "P" alone may still become POST.
    return shared >= 4 ? 'http2' : undefined;
  }
  for (let i = 0; i < Math.min(bytes.length, methodLimit); i += 1) {
    const byte = bytes[i] as number;
    if (byte === 0x20) return i > 0 ? 'http1' : 'other';
    const letter = (byte >= 0x41 && byte <= 0x5a) || byte === 0x2d || byte === 0x5f;
    if (!letter) return 'other';
  }
  return bytes.length >= methodLimit ? 'other' : undefined;
}

/** Waits for enough bytes, puts them back, and says what they are. Not called when the connection closes before. */
export function sniff(socket: Duplex, act: (spoken: Spoken) => void): void {
  let seen: Buffer = Buffer.alloc(0);
  const decide = (spoken: Spoken): void => {
    socket.off('readable', onReadable);
    socket.off('end', onEnd);
    if (seen.length > 0) socket.unshift(seen);
    act(spoken);
  };
  const onReadable = (): void => {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) return;
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const spoken = spokenIn(seen);
    if (spoken !== undefined) decide(spoken);
  };
  const onEnd = (): void => {
    socket.off('readable', onReadable);
    socket.destroy();
  };
  socket.on('readable', onReadable);
  socket.once('end', onEnd);
}
