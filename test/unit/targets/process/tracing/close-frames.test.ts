import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CloseFrames } from '../../../../../src/targets/process/tracing/close-frames.ts';

function frame(opcode: number, payload: Buffer, mask?: Buffer): Buffer {
  const { length } = payload;
  const head = [0x80 | opcode, (mask ? 0x80 : 0) | (length < 126 ? length : length < 65_536 ? 126 : 127)];
  const extended = Buffer.alloc(length < 126 ? 0 : length < 65_536 ? 2 : 8);
  if (extended.length === 2) extended.writeUInt16BE(length);
  if (extended.length === 8) extended.writeBigUInt64BE(BigInt(length));
  const body = mask ? Buffer.from(payload.map((byte, i) => byte ^ (mask[i % 4] ?? 0))) : payload;
  return Buffer.concat([Buffer.from(head), extended, ...(mask ? [mask] : []), body]);
}

function closing(code: number, reason: string): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(code);
  return Buffer.concat([bytes, Buffer.from(reason)]);
}

const mask = fc.option(fc.uint8Array({ minLength: 4, maxLength: 4 }).map(Buffer.from), { nil: undefined });
const size = fc.oneof(fc.nat(130), fc.nat(70_000));

test('the close frame is found after any frames, masked or not, in any pieces', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(0, 1, 2, 9, 10), size, mask), { maxLength: 6 }),
      mask,
      fc.string({ maxLength: 40 }),
      fc.array(fc.integer({ min: 1, max: 4000 }), { maxLength: 80 }),
      (frames, key, reason, pieces) => {
        const before = frames.map(([opcode, length, one]) => frame(opcode, Buffer.alloc(length, 0x88), one));
        const bytes = Buffer.concat([...before, frame(8, closing(4001, reason), key), Buffer.from('after')]);
        const found = new CloseFrames();
        let at = 0;
        for (const piece of [...pieces, bytes.length]) {
          found.read(bytes.subarray(at, at + piece));
          at += piece;
        }
        expect(found.found).toEqual({ code: 4001, ...(reason !== '' && { reason }) });
      },
    ),
    { numRuns: 300 },
  );
});

test('byte by byte; a close frame without a code; and none', () => {
  const found = new CloseFrames();
  for (const byte of Buffer.concat([frame(1, Buffer.from('hello')), frame(8, Buffer.alloc(0))]))
    found.read(Buffer.of(byte));
  expect(found.found).toEqual({});
  const none = new CloseFrames();
  none.read(frame(1, Buffer.alloc(200, 0x88)));
  expect(none.found).toBeUndefined();
});
