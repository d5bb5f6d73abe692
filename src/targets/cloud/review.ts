/** What is looked at before a promotion is approved: every change by risk, costs, the objects of the cluster, and one hash. */
import type { StackName } from '../../app/stacks.ts';
import { hashOf } from '../../releases/canonical.ts';
import { type Release, titleOf } from '../../releases/release.ts';
import { type CostReview, reviewCost } from './cost.ts';
import type { CloudEnvironment } from './environment.ts';
import type { ClusterListing } from './listing.ts';
import type { ChangeKind, StackPlan } from './operation.ts';
import { type Reviewed, reviewed } from './risk.ts';

export interface Review {
  readonly environment: string;
  readonly release: { readonly hash: string; readonly alias: string };
  /** sha256 over the plans of all stacks, the release and the objects of the cluster. */
  readonly hash: string;
  readonly stacks: readonly { readonly stack: StackName; readonly hash: string; readonly counts: Counts }[];
  /** Everything that changes, worst first. */
  readonly changes: readonly Reviewed[];
  /** Everything, changed or not, in stack order. */
  readonly resources: readonly Reviewed[];
  readonly cluster: ClusterListing;
  readonly cost: CostReview;
}

export type Counts = Readonly<Partial<Record<ChangeKind, number>>>;

export function countsOf(changes: readonly { readonly kind: ChangeKind }[]): Counts {
  const counts: Partial<Record<ChangeKind, number>> = {};
  for (const { kind } of changes) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** Pure. */
export function reviewOf(
  environment: CloudEnvironment,
  release: Release,
  plans: readonly StackPlan[],
  cluster: ClusterListing,
): Review {
  const resources = plans.flatMap(({ changes }) => changes);
  const sorted = reviewed(resources);
  const byUrn = new Map(sorted.map((one) => [one.urn, one]));
  const stacks = plans.map(({ stack, hash, changes }) => ({ stack, hash, counts: countsOf(changes) }));
  const hashed = {
    release: release.hash,
    stacks: stacks.map(({ stack, hash }) => [stack, hash]),
    cluster: cluster.hash,
  };
  return {
    environment: environment.name,
    release: { hash: release.hash, alias: release.alias },
    hash: hashOf(hashed),
    stacks,
    changes: sorted.filter(({ risk }) => risk !== 'none'),
    resources: resources.flatMap(({ urn }) => byUrn.get(urn) ?? []),
    cluster,
    cost: reviewCost(environment, resources),
  };
}

/** True when a promotion would change something in the cloud or move another release. */
export const hasChanges = ({ changes, release }: Review, standing: string | undefined): boolean =>
  changes.length > 0 || release.hash !== standing;

export const reviewTitle = ({ release, environment }: Review): string => `${titleOf(release)} to ${environment}`;
