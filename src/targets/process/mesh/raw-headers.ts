/** Header fields as they came: a flat list of name, value, name, value, with their case, order and duplicates. */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http2';

export type RawHeaders = readonly string[];

/** Fields that belong to one connection (RFC 9110, 7.6.1) and never pass a proxy. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]);

/** Fields of which HTTP/2 in Node takes one value only. */
const single = new Set(
  (
    'access-control-allow-credentials access-control-max-age access-control-request-method age authorization ' +
    'content-encoding content-language content-length content-location content-md5 content-range content-type date dnt ' +
    'etag expires from host if-match if-modified-since if-none-match if-range if-unmodified-since last-modified location ' +
    'max-forwards proxy-authorization range referer retry-after tk upgrade-insecure-requests user-agent ' +
    'x-content-type-options'
  ).split(' '),
);

/** The first value of a field, by its lower-case name. */
export function headerValue(raw: RawHeaders, name: string): string | undefined {
  for (let i = 0; i < raw.length; i += 2) {
    const field = raw[i] as string;
    if (field.length === name.length && field.toLowerCase() === name) return raw[i + 1];
  }
  return undefined;
}

/** All values of a field, by its lower-case name. */
export function headerValues(raw: RawHeaders, name: string): string[] {
  const values: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    if ((raw[i] as string).toLowerCase() === name) values.push(raw[i + 1] as string);
  }
  return values;
}

/** Without the fields of this connection, those that `Connection` names included, and without `more` (lower case). */
export function endToEnd(raw: RawHeaders, more?: ReadonlySet<string>): string[] {
  let named: Set<string> | undefined;
  for (const value of headerValues(raw, 'connection')) {
    for (const option of value.split(',')) {
      named ??= new Set();
      named.add(option.trim().toLowerCase());
    }
  }
  const kept: string[] = [];
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase();
    if (hopByHop.has(name) || named?.has(name) || more?.has(name)) continue;
    kept.push(raw[i] as string, raw[i + 1] as string);
  }
  return kept;
}

/** Without the fields of these names (lower case), and with those of this connection. */
export function without(raw: RawHeaders, names: ReadonlySet<string> = new Set()): RawHeaders {
  return raw.filter((_, at) => !names.has((raw[at - (at % 2)] as string).toLowerCase()));
}

/** For HTTP/2: lower-case names, duplicates as lists, nothing that HTTP/2 forbids. */
export function toHttp2(raw: RawHeaders): OutgoingHttpHeaders {
  const headers: Record<string, string | string[]> = {};
  for (let i = 0; i < raw.length; i += 2) {
    const name = (raw[i] as string).toLowerCase();
    const value = raw[i + 1] as string;
    const before = headers[name];
    if (before === undefined) headers[name] = value;
    else if (single.has(name)) continue;
    else if (typeof before === 'string') headers[name] = [before, value];
    else before.push(value);
  }
  return headers;
}

/** From the raw list of an HTTP/2 message: no pseudo fields, cookies joined into one field as HTTP/1 has them. */
export function fromHttp2(raw: RawHeaders): string[] {
  const kept: string[] = [];
  let cookieAt = -1;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] as string;
    if (name.startsWith(':')) continue;
    if (name === 'cookie' && cookieAt >= 0) kept[cookieAt] += `; ${raw[i + 1]}`;
    else {
      if (name === 'cookie') cookieAt = kept.length + 1;
      kept.push(name, raw[i + 1] as string);
    }
  }
  return kept;
}

/** The parsed fields of an HTTP/2 message as a raw list, for the events that give no raw one. */
export function fromParsedHttp2(headers: IncomingHttpHeaders): string[] {
  const raw: string[] = [];
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(':') || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) raw.push(name, String(one));
  }
  return raw;
}

/** As pairs, which `addTrailers` takes. */
export function pairs(raw: RawHeaders): [string, string][] {
  const list: [string, string][] = [];
  for (let i = 0; i < raw.length; i += 2) list.push([raw[i] as string, raw[i + 1] as string]);
  return list;
}

/** Start line and fields as bytes. */
export function headBytes(start: string, headers: RawHeaders): Buffer {
  let text = `${start}\r\n`;
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return Buffer.from(`${text}\r\n`, 'latin1');
}
