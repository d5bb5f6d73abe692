/** Settles which versions are used: pins, what replaces them, and whether the set can work together. Pure. */
import satisfies from 'semver/functions/satisfies.js';
import { type Diagnostic, UserError } from '../errors.ts';
import { applyOverrides, type Overrides, type Replaced } from './overrides.ts';
import type { CompatibilityRule, PartName, Pins, Versions } from './versions.ts';

export type { Overrides, Replaced } from './overrides.ts';

export interface ResolvedPins {
  readonly pins: Pins;
  /** Only those that differ from the pin. */
  readonly replaced: readonly Replaced[];
  /** One `pins-untested` for each combination outside its tested range. */
  readonly notices: readonly Diagnostic[];
}

/** `undefined` for parts that have no version of their own: opta itself. */
function versionsOf({ images, charts, manifests, binaries }: Pins): { readonly [K in PartName]: string | undefined } {
  return {
    opta: undefined,
    kind: binaries.kind.version,
    helm: binaries.helm.version,
    kubernetes: images.node.version,
    linkerd: charts['linkerd-control-plane'].app,
    'linkerd-proxy': images['linkerd-proxy'].version,
    'gateway-api': manifests['gateway-api'].version,
    'ingress-nginx': images['ingress-nginx'].version,
    traefik: images.traefik.version,
    'metrics-server': images['metrics-server'].version,
  };
}

/** The pin behind a part, for messages. */
const pinOf: { readonly [K in PartName]: string } = {
  opta: 'opta',
  kind: 'binaries.kind',
  helm: 'binaries.helm',
  kubernetes: 'images.node',
  linkerd: 'charts.linkerd-control-plane',
  'linkerd-proxy': 'images.linkerd-proxy',
  'gateway-api': 'manifests.gateway-api',
  'ingress-nginx': 'images.ingress-nginx',
  traefik: 'images.traefik',
  'metrics-server': 'images.metrics-server',
};

interface Judged {
  readonly rule: CompatibilityRule;
  /** Such as `linkerd 26.6.3`. */
  readonly left: string;
  readonly right: string;
  readonly broken?: CompatibilityRule['broken'][number];
  readonly tested: boolean;
}

function judge(rule: CompatibilityRule, pins: Pins): Judged {
  const versions = versionsOf(pins);
  const own = versions[rule.part];
  const other = versions[rule.with] ?? '0.0.0';
  const broken = rule.broken.find(({ range }) => satisfies(other, range));
  const isKnown = own === undefined || rule.of === undefined || satisfies(own, rule.of);
  return {
    rule,
    left: own === undefined ? rule.part : `${rule.part} ${own}`,
    right: `${rule.with} ${other}`,
    ...(broken !== undefined && { broken }),
    tested: isKnown && satisfies(other, rule.tested),
  };
}

function refused(all: readonly Judged[], replaced: readonly Replaced[]): UserError {
  const [first] = all;
  const change = first?.broken?.change ?? '';
  const to = replaced.find(({ pin }) => pin === change);
  const where = to === undefined ? '' : ` It was replaced by ${to.to}.`;
  return new UserError(
    'pins-broken',
    `${first?.left} does not work with ${first?.right}: ${first?.broken?.why}.${where}`,
    {
      hints: [`Change the pin ${change}.`],
      detail: all.map(({ left, right, broken }) => `${left} with ${right}: ${broken?.why} (change ${broken?.change})`),
    },
  );
}

/**
 * The pins after `overrides`. A set that is tested is silent, an untested combination gives a notice, and one known to be
 * broken throws UserError `pins-broken` with the pin to change. `parts` limits the check to what a run uses.
 */
export function resolvePins(versions: Versions, overrides?: Overrides, parts?: readonly PartName[]): ResolvedPins {
  const replaced: Replaced[] = [];
  const pins = applyOverrides(versions.pins, overrides, replaced);
  const used = (part: PartName) => part === 'opta' || parts === undefined || parts.includes(part);
  const judged = versions.compatibility
    .filter((rule) => used(rule.part) && used(rule.with))
    .map((rule) => judge(rule, pins));
  const broken = judged.filter((one) => one.broken !== undefined);
  if (broken.length > 0) throw refused(broken, replaced);
  const notices = judged
    .filter(({ tested }) => !tested)
    .map(({ rule, left, right }): Diagnostic => {
      const of = rule.of === undefined ? rule.part : `${rule.part} ${rule.of}`;
      const message = `${left} was not tested with ${right} (tested: ${of} with ${rule.with} ${rule.tested}).`;
      return { severity: 'notice', code: 'pins-untested', message, hints: [`The pin is ${pinOf[rule.with]}.`] };
    });
  return { pins, replaced, notices };
}
