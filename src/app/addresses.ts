/** Ranges of IPv4 addresses: reading, overlap, and the /16 that an environment gets when its file writes none. */
import { findModuleType } from '../resources/index.ts';
import type { App } from './app.ts';

/** `first` is the first address as a number, `bits` the length of the prefix. */
export interface AddressRange {
  readonly first: number;
  readonly bits: number;
}

/** The range that the original took when a file wrote parts of it, but not the whole. */
const originalRange = '10.0.0.0/16';

/** Ranges that kind gives to pods and services, so that a machine can reach both at once. */
const kindRanges = ['10.244.0.0/16', '10.96.0.0/16'];

/** Reads `10.4.0.0/16`; bits below the prefix are cleared. Throws on text that is no range: fields are checked before. */
export function parseRange(text: string): AddressRange {
  const match = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\/(\d+)$/.exec(text);
  if (match === null) throw new Error(`no address range: ${text}`);
  const [a = 0, b = 0, c = 0, d = 0, bits = 0] = match.slice(1).map(Number);
  const size = 2 ** (32 - bits);
  const first = ((a * 256 + b) * 256 + c) * 256 + d;
  return { first: first - (first % size), bits };
}

export function rangeText({ first, bits }: AddressRange): string {
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${octets.join('.')}/${bits}`;
}

/** Number of addresses. */
export function sizeOf({ bits }: AddressRange): number {
  return 2 ** (32 - bits);
}

export function overlaps(one: AddressRange, other: AddressRange): boolean {
  return one.first < other.first + sizeOf(other) && other.first < one.first + sizeOf(one);
}

export function contains(outer: AddressRange, inner: AddressRange): boolean {
  return inner.first >= outer.first && inner.first + sizeOf(inner) <= outer.first + sizeOf(outer);
}

/** The first free /16 of 10.0.0.0/8 that meets neither `taken` nor what kind uses; undefined when all are taken. */
export function chooseRange(taken: readonly string[]): string | undefined {
  const others = [...taken, ...kindRanges].map(parseRange);
  for (let second = 0; second < 256; second += 1) {
    const range = parseRange(`10.${second}.0.0/16`);
    if (!others.some((other) => overlaps(range, other))) return rangeText(range);
  }
  return undefined;
}

/**
 * What a file writes of the addresses of its environment: the whole range on AWS (the original's, when only parts are
 * written), the written ranges on Google. Empty when it leaves the choice to us.
 */
export function writtenRanges(app: App): string[] {
  const base = app.modules.find(({ type }) => findModuleType(type)?.name === 'base')?.settings ?? {};
  if (app.provider === 'google') {
    const keys = ['private', 'cluster', 'services', 'k8s_master'].map((part) => `${part}_ipv4_cidr_block`);
    return keys.flatMap((key) => (typeof base[key] === 'string' ? [base[key]] : []));
  }
  if (typeof base.total_ipv4_cidr_block === 'string') return [base.total_ipv4_cidr_block];
  const parts = base.private_ipv4_cidr_blocks ?? base.public_ipv4_cidr_blocks;
  return parts === undefined ? [] : [originalRange];
}
