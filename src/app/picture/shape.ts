/** The network picture of an App on a target: areas in areas, what stands in them, and what may talk to what. Plain JSON. */
import type { Id, Port, TargetName } from '../app.ts';

type AreaKind = 'machine' | 'region' | 'network' | 'subnets' | 'cluster' | 'layer' | 'managed';

/** Something with a border: a network, subnets over zones, a cluster, a layer. */
export interface Area {
  readonly id: string;
  readonly kind: AreaKind;
  readonly title: string;
  readonly facts: readonly string[];
  /** The area around it; absent for the outermost. */
  readonly inside?: string;
  /** Zones that it spans, where the target has them. */
  readonly zones?: readonly string[];
}

type SpotKind = 'client' | 'outside' | 'load-balancer' | 'nat' | 'ingress' | 'service' | 'resource';

/** Something that sends or receives traffic. */
export interface Spot {
  readonly id: string;
  readonly kind: SpotKind;
  readonly title: string;
  readonly facts: readonly string[];
  readonly inside?: string;
  /** Of a service or a controller. `max` is `min` where nothing scales. */
  readonly replicas?: { readonly min: number; readonly max: number };
  readonly ports?: readonly Port[];
  /** A proxy of the mesh stands beside every replica. */
  readonly sidecar: boolean;
}

/** `undecided`: what decides it is listed in the picture's `undecided`. */
export type Security = 'mTLS' | 'TLS' | 'none' | 'undecided';

export interface Edge {
  /** A spot or an area. */
  readonly from: string;
  readonly to: string;
  /** Such as `HTTPS 443`, `gRPC 80` or `PostgreSQL`. */
  readonly protocol: string;
  readonly security: Security;
  /** Why it may: `link`, `variable`, `public`, `entrance` (somebody in front), `outbound`. */
  readonly because: 'link' | 'variable' | 'public' | 'entrance' | 'outbound';
  readonly facts: readonly string[];
}

/** Who may call a service or resource at all. */
export interface Access {
  readonly to: Id;
  readonly from: readonly Id[];
  /** Every service of the environment may. */
  readonly environment: boolean;
  /** Requests from outside reach it through the ingress. */
  readonly ingress: boolean;
}

export interface Picture {
  readonly target: TargetName;
  readonly environment: string;
  readonly layers: readonly string[];
  readonly areas: readonly Area[];
  readonly spots: readonly Spot[];
  readonly edges: readonly Edge[];
  readonly access: readonly Access[];
  /** What the files do not decide, one sentence each. */
  readonly undecided: readonly string[];
}

/** What one target draws around the services. */
export interface Surroundings {
  readonly areas: readonly Area[];
  readonly spots: readonly Spot[];
  readonly edges: readonly Edge[];
  readonly undecided: readonly string[];
  /** The area that layers stand in. */
  readonly layersIn: string;
  /** The area of a resource; undefined: that of its layer. */
  resourceIn(type: string): string | undefined;
  /** Id of the ingress; undefined when nothing here receives requests. */
  readonly ingress: string | undefined;
  readonly mesh: boolean;
}
