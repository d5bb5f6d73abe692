/** Puts other versions in the place of pins, as the index of a mirror says. Pure. */
import coerce from 'semver/functions/coerce.js';
import { UserError } from '../errors.ts';
import type {
  BinaryName,
  BinaryPin,
  ChartName,
  ChartPin,
  ImageName,
  ImagePin,
  ManifestName,
  ManifestPin,
  Pins,
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

/** The pins after `overrides`; what differs is added to `replaced`. Throws UserError `pins-invalid`. */
export function applyOverrides(pins: Pins, overrides: Overrides | undefined, replaced: Replaced[]): Pins {
  if (overrides === undefined) return pins;
  return {
    images: replaceImages(pins.images, overrides, replaced),
    charts: replaceFiles('charts', pins.charts, overrides.charts ?? {}, replaced) as Pins['charts'],
    manifests: replaceFiles('manifests', pins.manifests, overrides.manifests ?? {}, replaced) as Pins['manifests'],
    binaries: replaceFiles('binaries', pins.binaries, overrides.binaries ?? {}, replaced) as Pins['binaries'],
  };
}
