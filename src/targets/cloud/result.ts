/** What a promotion made or would make, as data: resources by stack, objects, cost, addresses. The last word of `--json`. */
import type { App } from '../../app/app.ts';
import type { StackName } from '../../app/stacks.ts';
import { findModuleType } from '../../resources/index.ts';
import { type Architecture, architectureOf } from './architecture.ts';
import type { ListedComponent } from './components.ts';
import { type CostReview, costText } from './cost.ts';
import type { CloudEnvironment } from './environment.ts';
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

/** Public addresses of services: their own hosts, or every host of the domain; without one, that of the load balancer. */
export function urlsOf({ situation }: CloudSession, balancer = '<edge.address>'): readonly string[] {
  const { app, environment } = situation;
  const { domain, tls } = frontOf(app, environment);
  const routes = app.services.flatMap(({ routes: own }) => own);
  const hosts = routes.map(
    ({ host, path }) => `${tls ? 'https' : 'http'}://${host === '*' ? (domain ?? balancer) : host}${path}`,
  );
  return [...new Set(hosts)];
}

/** The domain that leads to the load balancer, and whether that has a certificate: without one it speaks plain HTTP. */
function frontOf({ modules }: Pick<App, 'modules'>, environment: CloudEnvironment) {
  const settings = (type: string) => modules.find((one) => findModuleType(one.type)?.name === type)?.settings;
  const base = environment.cloud === 'aws' ? (settings('k8s-base') ?? {}) : {};
  const domain = environment.domain ?? (isText(base['zone_id']) && isText(base['domain']) ? base['domain'] : undefined);
  const own = settings('external-ssl-cert') !== undefined || isText(base['cert_arn']);
  return { domain, tls: domain !== undefined || own || base['expose_self_signed_ssl'] === true };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

/** With the address of the load balancer once it is there. */
function knownUrls(session: CloudSession): readonly string[] {
  const { loadBalancerDns: name, loadBalancerIp: ip } = session.outputs.get('edge') ?? {};
  return urlsOf(session, [name, ip].find(isText));
}

export function addressesOf(session: CloudSession): readonly { readonly title: string; readonly url: string }[] {
  return knownUrls(session).map((url) => ({ title: session.situation.environment.name, url }));
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
    urls: knownUrls(session),
    outputs: Object.fromEntries(session.outputs),
  };
}
