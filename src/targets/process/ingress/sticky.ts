/** Sticky sessions: a cookie that names the replica, by its index, so that it outlives a roll. Pure. */
import { createHash } from 'node:crypto';
import { headerValues, type RawHeaders } from '../mesh/raw-headers.ts';

export const cookieName = 'OPTA_AFFINITY';

/** Tells the cookies of nested paths apart: a browser sends all of them under one name. */
function mark(upstream: string): string {
  return createHash('sha256').update(upstream).digest('hex').slice(0, 8);
}

/** The replica that a request asks for. */
export function stickyReplica(headers: RawHeaders, upstream: string): number | undefined {
  const wanted = new RegExp(`^${cookieName}=(\\d{1,6})\\.${mark(upstream)}$`);
  for (const field of headerValues(headers, 'cookie')) {
    for (const cookie of field.split(';')) {
      const match = wanted.exec(cookie.trim());
      if (match !== null) return Number(match[1]);
    }
  }
  return undefined;
}

export function stickyCookie(upstream: string, replica: number, path: string, maxAgeSeconds: number): string {
  return `${cookieName}=${replica}.${mark(upstream)}; Max-Age=${maxAgeSeconds}; Path=${path}; Secure; HttpOnly; SameSite=Lax`;
}
