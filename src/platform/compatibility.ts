/** Settles which versions are used: pins, what replaces them, and whether the set can work together. Pure. */
import coerce from 'semver/functions/coerce.js';
import satisfies from 'semver/functions/satisfies.js';
import { type Diagnostic, UserError } from '../errors.ts';
import type {
  BinaryName,
  BinaryPin,
  ChartName,
  ChartPin,
  CompatibilityRule,
  ImageName,
  ImagePin,
  ManifestName,
  ManifestPin,
  PartName,
  Pins,
  Versions,
} from './versions.ts';

/** What takes the place of pins, as the index of a mirror says it. */
export interface Overrides {
  /** For messages, such as `mirror /srv/opta`. */
  readonly origin: string;
  /** An image reference each; its version is that of the tag when it is not given. */
  readonly images?: { readonly [K in ImageName]?: { readonly ref: string; readonly version?: string } };
  readonly charts?: { readonly [K in ChartName]?: Partial<ChartPin> };
  readonly manifests?: { readonly [K in ManifestName]?: Partial<ManifestPin> };
  readonly binaries?: { readonly [K in BinaryName]?: Partial<BinaryPin> };
}

export interface Replaced {
  /** Such as `images.node`. */
  readonly pin: string;
  readonly from: string;
  readonly to: string;
}

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

function plainVersion(text: string): string | undefined {
  return coerce(text)?.version;
}

/** `registry/name:v1.34.4@sha256:..` is 1.34.4. */
function tagVersion(ref: string): string | undefined {
  const tag = /:([\w.-]+)(?:@|$)/.exec(ref.slice(ref.lastIndexOf('/') + 1))?.[1];
  return tag === undefined ? undefined : plainVersion(tag);
}

function replaceImages(images: Pins['images'], overrides: Overrides, replaced: Replaced[]): Pins['images'] {
  const result: Record<string, ImagePin> = { ...images };
  for (const [name, given] of Object.entries(overrides.images ?? {})) {
    const pin = images[name as ImageName];
    if (given === undefined || given.ref === pin.ref) continue;
    const version = given.version ?? tagVersion(given.ref);
    if (version === undefined) throw withoutVersion(`images.${name}`, given.ref, overrides);
    result[name] = { ref: given.ref, version, source: overrides.origin };
    replaced.push({ pin: `images.${name}`, from: pin.ref, to: given.ref });
  }
  return result as Pins['images'];
}

function withoutVersion(pin: string, ref: string, { origin }: Overrides): UserError {
  return new UserError('pins-invalid', `${origin}: ${pin} is replaced by ${ref}, whose tag tells no version.`, {
    hints: [`Add the version beside it: \`version: 1.2.3\`.`],
  });
}

/** A replaced file has its own sha256 or none; it never keeps that of the pin. */
function replaceFiles<P extends { readonly version: string }>(
  kind: string,
  pins: Readonly<Record<string, P>>,
  given: Readonly<Record<string, Partial<P> | undefined>>,
  replaced: Replaced[],
): Record<string, P> {
  const result = { ...pins };
  for (const [name, change] of Object.entries(given)) {
    const pin = pins[name];
    if (pin === undefined || change === undefined) continue;
    const {
      sha256: _own,
      unpinned: _why,
      ...rest
    } = pin as P & { readonly sha256?: string; readonly unpinned?: string };
    const next = { ...rest, ...change } as P & { readonly app?: string };
    const before = pin as P & { readonly app?: string };
    result[name] = next;
    if (next.version === before.version && next.app === before.app) continue;
    replaced.push({ pin: `${kind}.${name}`, from: before.version, to: next.version });
  }
  return result;
}

function applied(pins: Pins, overrides: Overrides | undefined, replaced: Replaced[]): Pins {
  if (overrides === undefined) return pins;
  return {
    images: replaceImages(pins.images, overrides, replaced),
    charts: replaceFiles('charts', pins.charts, overrides.charts ?? {}, replaced) as Pins['charts'],
    manifests: replaceFiles('manifests', pins.manifests, overrides.manifests ?? {}, replaced) as Pins['manifests'],
    binaries: replaceFiles('binaries', pins.binaries, overrides.binaries ?? {}, replaced) as Pins['binaries'],
  };
}

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
  const pins = applied(versions.pins, overrides, replaced);
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
