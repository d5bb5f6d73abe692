/** What each stack gives, by name: read by other stacks, by the platform inside the cluster, and by the services' variables. */
import type { Id } from './app.ts';
import type { Cloud, StackName } from './stacks.ts';

/** Under the names that the language has for outputs, such as `db_host`; never a secret. */
type OutputsById = Readonly<Record<Id, Readonly<Record<string, string>>>>;

interface CommonOutputs {
  readonly network: {
    readonly vpcId: string;
    /** Addresses that calls to the outside come from, one a gateway on AWS, two on Google. */
    readonly natAddresses: readonly string[];
    /** ARNs or ids of our keys: secrets of Kubernetes, stored data, disks of nodes. */
    readonly keyCluster: string;
    readonly keyData: string;
    readonly keyVolumes: string;
    /** URL of the repository of a service's image. */
    readonly repositories: Readonly<Record<Id, string>>;
    /** With a `dns` module: id on AWS, name on Google. */
    readonly zoneId?: string;
    readonly nameServers?: readonly string[];
    readonly domain?: string;
  };
  readonly data: {
    /**
     * Beside the outputs of the language: `secret_arn` or `secret_id` of the user's password or the cache's token,
     * `master_user` and `master_secret_arn` (RDS: who makes the app's user), `db_ca` and `cache_ca` (Google: PEM).
     */
    readonly resources: OutputsById;
  };
  readonly cluster: {
    readonly clusterName: string;
    /** URL of the API; on Google its DNS name, whose certificate every machine trusts. */
    readonly endpoint: string;
    /** Base64 PEM. */
    readonly ca: string;
    readonly version: string;
    /** JSON of NodeGroupPlan[]: what to keep until drained, next time. */
    readonly nodeGroups: string;
  };
  readonly identities: {
    /** ARN of the role, or address of the service account; only services that use something of the cloud. */
    readonly roles: Readonly<Record<Id, string>>;
    /** aws-iam-role, aws-iam-user, aws-iam-policy, gcp-service-account. */
    readonly modules: OutputsById;
  };
  readonly edge: {
    readonly domain?: string;
    /** Public addresses of services. */
    readonly urls: Readonly<Record<Id, readonly string[]>>;
  };
}

interface AwsOutputs {
  readonly network: {
    readonly publicSubnetIds: readonly string[];
    readonly privateSubnetIds: readonly string[];
    readonly dataSubnetIds: readonly string[];
    readonly clusterSubnetIds: readonly string[];
    /** Security groups. */
    readonly nodeGroupId: string;
    readonly loadBalancerGroupId: string;
    readonly keyLogs: string;
    readonly logBucket: string;
  };
  readonly data: object;
  readonly cluster: {
    readonly clusterArn: string;
    readonly issuer: string;
    readonly clusterGroupId: string;
    readonly nodeRoleArn: string;
  };
  readonly identities: {
    /** Roles of `load-balancer-controller` and `cluster-autoscaler`, whose pods are associated already. */
    readonly controllers: Readonly<Record<string, string>>;
  };
  readonly edge: {
    readonly loadBalancerArn: string;
    readonly loadBalancerDns: string;
    /** ARNs by port of the load balancer: what TargetGroupBindings name. */
    readonly targetGroups: Readonly<Record<string, string>>;
    readonly certificateArn?: string;
  };
}

interface GcpOutputs {
  readonly network: {
    readonly vpcSelfLink: string;
    readonly subnetId: string;
    readonly subnetSelfLink: string;
    readonly uniqueId: string;
    readonly repositoryName: string;
    readonly controlPlaneRange: string;
    readonly pubsubAgent?: string;
  };
  readonly data: object;
  readonly cluster: { readonly clusterId: string; readonly workloadPool: string; readonly nodeAccount: string };
  readonly identities: object;
  /** The controller's endpoint groups are named by `endpointGroupName`, in every zone of the cluster. */
  readonly edge: { readonly loadBalancerIp: string; readonly certificateId?: string };
}

interface OutputsOfClouds {
  readonly aws: AwsOutputs;
  readonly gcp: GcpOutputs;
}

/** Outputs of one stack on one cloud, once it exists. */
export type OutputsOf<C extends Cloud, S extends StackName> = CommonOutputs[S] & OutputsOfClouds[C][S];
