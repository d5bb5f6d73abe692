/** A tar archive of a few files, made in memory: what goes into containers by way of their node. */

export interface TarEntry {
  /** Without a slash at its begin. */
  readonly name: string;
  readonly content: Buffer;
  /** Permission bits. */
  readonly mode: number;
}

const block = 512;
/** Bytes that the header has for a name; longer ones go before it, as GNU tar does it. */
const nameBytes = 100;

function header(name: Buffer, size: number, mode: number, type: '0' | 'L'): Buffer {
  const head = Buffer.alloc(block);
  const octal = (value: number, at: number, length: number) =>
    head.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
  name.copy(head, 0, 0, nameBytes);
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  // The checksum is taken with blanks in its own place.
  head.write('        ', 148, 'latin1');
  head.write(type, 156, 'latin1');
  head.write('ustar\0' + '00', 257, 'latin1');
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return head;
}

function padded(content: Buffer): Buffer[] {
  const rest = content.length % block;
  return rest === 0 ? [content] : [content, Buffer.alloc(block - rest)];
}

export function tarOf(entries: readonly TarEntry[]): Buffer {
  const parts = entries.flatMap(({ name, content, mode }) => {
    const bytes = Buffer.from(name);
    const long =
      bytes.length <= nameBytes
        ? []
        : [
            header(Buffer.from('././@LongLink'), bytes.length + 1, 0o644, 'L'),
            ...padded(Buffer.concat([bytes, Buffer.alloc(1)])),
          ];
    return [...long, header(bytes, content.length, mode, '0'), ...padded(content)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}
