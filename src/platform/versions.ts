/** Reads kind/versions.yaml: every version that opta brings, checked. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { UserError } from '../errors.ts';

/** Every image that opta itself brings. */
export const imageNames = [
  'node',
  'registry',
  'linkerd-controller',
  'linkerd-proxy',
  'ingress-nginx',
  'traefik',
  'metrics-server',
  'aws-load-balancer-controller',
  'cluster-autoscaler',
  'postgres',
  'mysql',
  'valkey',
  'mongodb',
  'moto',
] as const;
export type ImageName = (typeof imageNames)[number];

export const chartNames = ['linkerd-crds', 'linkerd-control-plane', 'ingress-nginx', 'metrics-server'] as const;
export type ChartName = (typeof chartNames)[number];

export const manifestNames = ['gateway-api', 'traefik-crds', 'aws-load-balancer-controller-crds'] as const;
export type ManifestName = (typeof manifestNames)[number];

export const binaryNames = ['kind', 'helm', 'valkey-server'] as const;
export type BinaryName = (typeof binaryNames)[number];

/** Node's names for systems and processors. */
export const platforms = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64'] as const;
export type PlatformName = (typeof platforms)[number];

/** Parts that the compatibility table speaks of. */
export const partNames = [
  'opta',
  'kind',
  'kubernetes',
  'helm',
  'linkerd',
  'linkerd-proxy',
  'gateway-api',
  'ingress-nginx',
  'traefik',
  'metrics-server',
] as const;
export type PartName = (typeof partNames)[number];

const version = z.string().regex(/^\d+\.\d+\.\d+$/, 'must be three numbers with dots');
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hex digits');
/** Why there is no digest. */
const unpinned = z.string().min(1);

const image = z.strictObject({ ref: z.string(), version, source: z.string(), unpinned: unpinned.optional() });
const chart = z.strictObject({
  version,
  app: version,
  url: z.url(),
  sha256: sha256.optional(),
  unpinned: unpinned.optional(),
});
const manifest = z.strictObject({ version, url: z.url(), sha256: sha256.optional(), unpinned: unpinned.optional() });
const file = z.strictObject({ url: z.url(), sha256, inside: z.string().optional() });
const binary = z.strictObject({ version, source: z.string(), files: z.record(z.enum(platforms), file) });
const rule = z.strictObject({
  part: z.enum(partNames),
  of: z.string().optional(),
  with: z.enum(partNames),
  tested: z.string(),
  source: z.string(),
  broken: z.array(z.strictObject({ range: z.string(), why: z.string(), change: z.string() })),
});

const versionsFile = z.strictObject({
  schema: z.literal(1),
  dated: z.string(),
  images: z.record(z.enum(imageNames), image),
  charts: z.record(z.enum(chartNames), chart),
  manifests: z.record(z.enum(manifestNames), manifest),
  binaries: z.record(z.enum(binaryNames), binary),
  compatibility: z.array(rule),
});

export type ImagePin = Readonly<z.infer<typeof image>>;
export type ChartPin = Readonly<z.infer<typeof chart>>;
export type ManifestPin = Readonly<z.infer<typeof manifest>>;
export type BinaryPin = Readonly<z.infer<typeof binary>>;
export type CompatibilityRule = Readonly<z.infer<typeof rule>>;

export interface Pins {
  readonly images: { readonly [K in ImageName]: ImagePin };
  readonly charts: { readonly [K in ChartName]: ChartPin };
  readonly manifests: { readonly [K in ManifestName]: ManifestPin };
  readonly binaries: { readonly [K in BinaryName]: BinaryPin };
}

export interface Versions {
  /** The day that the pins were last looked at. */
  readonly dated: string;
  readonly pins: Pins;
  readonly compatibility: readonly CompatibilityRule[];
}

/** Checks the text of a versions file. Throws UserError `pins-invalid` with every problem in its detail. */
export function parseVersions(text: string, name: string): Versions {
  const read = versionsFile.safeParse(parse(text));
  if (!read.success) {
    throw new UserError('pins-invalid', `${name} is not a valid versions file.`, {
      hints: ['Mend the entries below, or take the file of your version of opta again.'],
      detail: read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
    });
  }
  const { dated, compatibility, images, charts, manifests, binaries } = read.data;
  return { dated, compatibility, pins: { images, charts, manifests, binaries } };
}

/** Reads a versions file. Throws UserError `pins-invalid`. */
export async function readVersions(path: string): Promise<Versions> {
  return parseVersions(await readFile(path, 'utf8'), path);
}
