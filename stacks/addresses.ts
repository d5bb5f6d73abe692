/** The address plan of an environment: which range each subnet gets. Pure; a written range wins over a planned one. */
import { type AddressRange, contains, overlaps, parseRange, rangeText } from '../src/app/addresses.ts';
import { UserError } from '../src/errors.ts';

export interface AwsAddresses {
  readonly total: string;
  /** One a zone: nodes and pods. */
  readonly private: readonly string[];
  /** One a zone: load balancer and NAT. */
  readonly public: readonly string[];
  /** One a zone: databases, with no way out. */
  readonly data: readonly string[];
  /** One a zone: the network cards of the control plane. */
  readonly cluster: readonly string[];
}

export interface WrittenAwsAddresses {
  readonly total?: string | undefined;
  readonly private?: readonly string[] | undefined;
  readonly public?: readonly string[] | undefined;
}

/**
 * Of a /16: /19 ×3, /22 ×3, /24 ×3, /28 ×3, all in the lower half; the upper half stays free. A smaller range is cut in
 * the same proportions, down to the /28 that is AWS's smallest subnet.
 */
export function planAws(range: string, zones: number, written: WrittenAwsAddresses = {}): AwsAddresses {
  const total = parseRange(written.total ?? range);
  if (total.bits < 16 || total.bits > 20) {
    throw new UserError(
      'address-plan',
      `a VPC cannot have the range ${rangeText(total)}: it is between a /16 and a /20`,
      {
        hints: ['Write another `total_ipv4_cidr_block`, or leave it out.'],
      },
    );
  }
  const taken: AddressRange[] = [];
  const given = (name: string, texts: readonly string[] | undefined): string[] | undefined => {
    if (texts === undefined) return undefined;
    for (const text of texts) taken.push(fitting(total, taken, text, name));
    return texts.map((text) => rangeText(parseRange(text)));
  };
  const ownPrivate = given('private_ipv4_cidr_blocks', written.private);
  const ownPublic = given('public_ipv4_cidr_blocks', written.public);
  const plan = (more: number) => allocate(total, taken, Math.min(total.bits + more, 28), zones);
  return {
    total: rangeText(total),
    private: ownPrivate ?? plan(3),
    public: ownPublic ?? plan(6),
    data: plan(8),
    cluster: plan(12),
  };
}

function fitting(total: AddressRange, taken: readonly AddressRange[], text: string, field: string): AddressRange {
  const range = parseRange(text);
  const trouble = !contains(total, range)
    ? `lies outside of ${rangeText(total)}`
    : taken.some((other) => overlaps(other, range))
      ? 'meets another one'
      : undefined;
  if (trouble === undefined) return range;
  throw new UserError('address-plan', `the range ${text} of \`${field}\` ${trouble}`, {
    hints: ['Write ranges that lie in that of the network and do not meet each other, or leave them out.'],
  });
}

/** The first free aligned ranges of a size, in order; `taken` grows by them. */
function allocate(total: AddressRange, taken: AddressRange[], bits: number, count: number): string[] {
  const found: string[] = [];
  const size = 2 ** (32 - bits);
  for (let first = total.first; found.length < count; first += size) {
    const range = { first, bits };
    if (!contains(total, range)) {
      throw new UserError('address-plan', `${rangeText(total)} has no room for ${count} ranges of ${size} addresses`, {
        hints: ['Write a larger `total_ipv4_cidr_block`, or smaller subnets.'],
      });
    }
    if (taken.some((other) => overlaps(other, range))) continue;
    taken.push(range);
    found.push(rangeText(range));
  }
  return found;
}

export interface GcpAddresses {
  readonly nodes: string;
  readonly pods: string;
  readonly services: string;
  readonly controlPlane: string;
  /** A /29 for each cache, in which Memorystore puts its network card. */
  readonly caches: readonly string[];
}

export interface WrittenGcpAddresses {
  readonly nodes?: string | undefined;
  readonly pods?: string | undefined;
  readonly services?: string | undefined;
  readonly controlPlane?: string | undefined;
}

/** Nodes /19, pods /19, services /20, control plane /28, and a /29 a cache: the original's plan in the range given. */
export function planGcp(range: string, caches: number, written: WrittenGcpAddresses = {}): GcpAddresses {
  const total = parseRange(range);
  const taken: AddressRange[] = [];
  for (const [field, text] of Object.entries(written)) {
    if (text === undefined) continue;
    const own = parseRange(text);
    if (taken.some((other) => overlaps(other, own))) {
      throw new UserError('address-plan', `the range ${text} for ${field} meets another one of this network`, {
        hints: ['Write ranges of `base` that do not meet each other, or leave them out.'],
      });
    }
    taken.push(own);
  }
  const one = (text: string | undefined, more: number) =>
    text === undefined ? (allocate(total, taken, total.bits + more, 1)[0] ?? '') : rangeText(parseRange(text));
  return {
    nodes: one(written.nodes, 3),
    pods: one(written.pods, 3),
    services: one(written.services, 4),
    controlPlane: one(written.controlPlane, 12),
    caches: allocate(total, taken, 29, caches),
  };
}
