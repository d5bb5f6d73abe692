/** Consistent hash: the same key goes to the same replica, and few keys move when replicas come or go. Pure. */
import { headerValue, type RawHeaders } from '../mesh/raw-headers.ts';
import { hostOf, splitTarget } from './route-table.ts';

export interface HashedRequest {
  readonly authority: string;
  /** Path and query as the client sent them. */
  readonly target: string;
  readonly method: string;
  readonly remoteAddress: string;
  readonly headers: RawHeaders;
}

/** The value of an nginx variable, without its `$`; unknown ones are empty. */
function variable(name: string, request: HashedRequest): string {
  const { path, query } = splitTarget(request.target);
  switch (name) {
    case 'request_uri':
      return request.target;
    case 'uri':
    case 'document_uri':
      return path;
    case 'args':
    case 'query_string':
      return query.slice(1);
    case 'host':
    case 'http_host':
      return hostOf(request.authority);
    case 'remote_addr':
    case 'binary_remote_addr':
      return request.remoteAddress;
    case 'request_method':
      return request.method;
    case 'scheme':
      return 'https';
  }
  if (name.startsWith('http_')) return headerValue(request.headers, name.slice(5).replaceAll('_', '-')) ?? '';
  if (name.startsWith('arg_')) return new URLSearchParams(query).get(name.slice(4)) ?? '';
  if (name.startsWith('cookie_')) return cookie(request.headers, name.slice(7));
  return '';
}

function cookie(headers: RawHeaders, name: string): string {
  for (const part of (headerValue(headers, 'cookie') ?? '').split(';')) {
    const [key, ...value] = part.trim().split('=');
    if (key === name) return value.join('=');
  }
  return '';
}

/** The key of a request: nginx variables in a text, or the name of a header. Empty when the request says nothing. */
export function hashKey(written: string, request: HashedRequest): string {
  if (!written.includes('$')) return headerValue(request.headers, written.toLowerCase()) ?? '';
  return written.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_all, braced, plain) => variable(braced ?? plain, request));
}

/** 32-bit FNV-1a with the final mix of MurmurHash3, which spreads near keys. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/** Highest random weight (rendezvous): a key moves only when its own replica goes. */
export function rendezvous<T extends { readonly replica: number }>(
  key: string,
  candidates: readonly T[],
): T | undefined {
  let best: T | undefined;
  let bestWeight = -1;
  for (const candidate of candidates) {
    const weight = hash(`${candidate.replica}\n${key}`);
    if (weight > bestWeight) {
      best = candidate;
      bestWeight = weight;
    }
  }
  return best;
}
