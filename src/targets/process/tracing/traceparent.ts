/** The W3C field `traceparent`: read, written, and put into the fields of a request or before a raw connection. */
import type { Duplex } from 'node:stream';
import type { RawHeaders } from '../mesh/raw-headers.ts';

export interface Context {
  /** 32 hex digits. */
  readonly trace: string;
  /** The span that the request was sent in; absent when it starts here. */
  readonly parent?: string;
  /** Two hex digits; the last bit says that spans are wanted. */
  readonly flags: string;
}

export const traceparentField = 'traceparent';

const shape = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** undefined for what is none: then a new trace starts (W3C Trace Context, 3.2.2). */
export function parseTraceparent(value: string | undefined): Context | undefined {
  const match = value === undefined ? null : shape.exec(value);
  if (match === null || (match[1] === '00' && match[5] !== undefined)) return undefined;
  return { trace: match[2] as string, parent: match[3] as string, flags: match[4] as string };
}

export const isSampled = ({ flags }: Context): boolean => (Number.parseInt(flags, 16) & 1) === 1;

export const traceparentOf = ({ trace, flags }: Context, span: string): string => `00-${trace}-${span}-${flags}`;

/** The fields with one value at the place of the old one, or at the end. */
export function withTraceparent(headers: RawHeaders, value: string): string[] {
  const list = [...headers];
  for (let i = 0; i < list.length; i += 2) {
    if ((list[i] as string).toLowerCase() !== traceparentField) continue;
    list[i + 1] = value;
    return list;
  }
  list.push(traceparentField, value);
  return list;
}

/** Characters of the field in version 00. */
const fieldLength = 55;

/** Takes the field off the front of a connection. Not called when the connection ends before. */
export function readTraceparent(socket: Duplex, act: (value: string) => void): void {
  const take = (): void => {
    const bytes = socket.read(fieldLength) as Buffer | null;
    if (bytes === null) return;
    socket.off('readable', take).off('end', end);
    act(bytes.toString('latin1'));
  };
  // What is left of a shorter one is no connection to anywhere.
  const end = (): void => void socket.destroy();
  socket.on('readable', take).once('end', end);
}
