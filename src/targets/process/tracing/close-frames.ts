/** Finds the close frame in one direction of a WebSocket (RFC 6455, 5.2), whatever the pieces its bytes come in. */

export interface CloseFrame {
  /** Absent when the frame has none. */
  readonly code?: number;
  readonly reason?: string;
}

const closeOpcode = 8;
/** Two bytes, eight of length, four of mask. */
const longestHead = 14;

export class CloseFrames {
  found: CloseFrame | undefined;
  /** Of the frame that begins, up to its payload; and the payload too when it is a close frame. */
  #kept = Buffer.alloc(0);
  /** Bytes of payload that nobody reads. */
  #skip = 0;

  read(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && this.found === undefined) {
      if (this.#skip > 0) {
        const passed = Math.min(this.#skip, chunk.length - at);
        this.#skip -= passed;
        at += passed;
        continue;
      }
      // A close frame is 139 bytes at most, so what is kept stays small.
      const before = this.#kept.length;
      const head = Buffer.concat([this.#kept, chunk.subarray(at, at + longestHead + 125)]);
      const frame = frameIn(head);
      if (frame === undefined) {
        this.#kept = head;
        return;
      }
      this.#kept = Buffer.alloc(0);
      if (frame.close !== undefined) this.found = frame.close;
      at += frame.size - before;
      this.#skip = frame.skip;
    }
  }
}

/** Undefined when more bytes are needed. `size` bytes are used up, `skip` follow that are of no interest. */
function frameIn(bytes: Buffer): { size: number; skip: number; close?: CloseFrame } | undefined {
  if (bytes.length < 2) return undefined;
  const [first = 0, second = 0] = bytes;
  const masked = (second & 0x80) !== 0;
  const short = second & 0x7f;
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const size = 2 + lengthBytes + (masked ? 4 : 0);
  if (bytes.length < size) return undefined;
  const length =
    lengthBytes === 2 ? bytes.readUInt16BE(2) : lengthBytes === 8 ? Number(bytes.readBigUInt64BE(2)) : short;
  if ((first & 0x0f) !== closeOpcode || length > 125) return { size, skip: length };
  if (bytes.length < size + length) return undefined;
  const mask = masked ? bytes.subarray(size - 4, size) : Buffer.alloc(4);
  const payload = bytes.subarray(size, size + length).map((byte, i) => byte ^ (mask[i % 4] ?? 0));
  const reason = Buffer.from(payload.subarray(2)).toString();
  const close = length < 2 ? {} : { code: Buffer.from(payload).readUInt16BE(0), ...(reason !== '' && { reason }) };
  return { size: size + length, skip: 0, close };
}
