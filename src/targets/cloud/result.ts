/** What a promotion made or would make, as data: resources by stack, objects, cost, addresses. The last word of `--json`. */
import type { StackName } from '../../app/stacks.ts';
import { type Architecture, architectureOf } from './architecture.ts';
import type { ListedComponent } from './components.ts';
import { type CostReview, costText } from './cost.ts';
import type { ClusterListing } from './listing.ts';
import { type Counts, countsOf } from './review.ts';
import { type CloudSession, made } from './session.ts';

export interface PromotionResult {
  readonly environment: string;
  readonly cloud: string;
  readonly region: string;
  readonly account: string;
  readonly rehearsal: boolean;
  readonly phase: string;
  readonly release: {
    readonly hash: string;
    readonly alias: string;
    readonly images: Readonly<Record<string, string>>;
  };
  readonly planHash: string;
  readonly stacks: readonly {
    readonly stack: StackName;
    readonly counts: Counts;
    readonly resources: readonly {
      readonly urn: string;
      readonly type: string;
      readonly name: string;
      readonly kind: string;
      readonly inputs: Readonly<Record<string, unknown>>;
    }[];
  }[];
  readonly platform: readonly Omit<ListedComponent, 'objects'>[];
  readonly objects: ClusterListing['objects'];
  /** Where each part of the architecture is among these. */
  readonly architecture: Architecture;
  readonly cost: { readonly says: string } & CostReview;
  readonly natAddresses: readonly string[];
  readonly urls: readonly string[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Public addresses of services: their own hosts, or every host of the domain. */
export function urlsOf({ situation }: CloudSession): readonly string[] {
  const { app, environment } = situation;
  const routes = app.services.flatMap(({ routes: own }) => own);
  const hosts = routes.map(
    ({ host, path }) => `https://${host === '*' ? (environment.domain ?? '<edge.address>') : host}${path}`,
  );
  return [...new Set(hosts)];
}

export function addressesOf(session: CloudSession): readonly { readonly title: string; readonly url: string }[] {
  return urlsOf(session).map((url) => ({ title: session.situation.environment.name, url }));
}

/** Fixed addresses that calls to the outside come from, for allow-lists. */
function natAddresses({ outputs }: CloudSession): readonly string[] {
  const found = outputs.get('network')?.['natAddresses'];
  return Array.isArray(found) ? found.map(String) : [];
}

export function resultOf(session: CloudSession): PromotionResult {
  const { environment, places, stacks } = session.situation;
  const review = made(session.review, 'review');
  const release = made(session.release, 'release');
  const of = (stack: StackName) => review.resources.filter((one) => one.stack === stack);
  const digests = Object.entries(release.images).map(([id, { digest }]) => [id, digest] as const);
  return {
    environment: environment.name,
    cloud: environment.cloud,
    region: environment.region,
    account: environment.account,
    rehearsal: places.rehearsal,
    phase: session.record?.phase ?? 'Pending',
    release: { ...review.release, images: Object.fromEntries(digests) },
    planHash: review.hash,
    stacks: stacks.map((stack) => ({
      stack,
      counts: countsOf(of(stack)),
      resources: of(stack).map(({ urn, type, name, kind, inputs }) => ({ urn, type, name, kind, inputs })),
    })),
    platform: review.cluster.components.map(({ objects: _, ...rest }) => rest),
    objects: review.cluster.objects,
    architecture: architectureOf(review.resources, review.cluster),
    cost: { says: costText(review.cost), ...review.cost },
    natAddresses: natAddresses(session),
    urls: urlsOf(session),
    outputs: Object.fromEntries(session.outputs),
  };
}
