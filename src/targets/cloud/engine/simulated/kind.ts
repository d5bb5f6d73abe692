/** What the simulated clouds know about a type of resource. */
import { createHash } from 'node:crypto';
import type { Properties, Value } from '../values.ts';

/** Where a provider works: from its own inputs. */
export interface Setting {
  readonly account: string;
  readonly region: string;
  /** Tags or labels of everything that the provider makes. */
  readonly tags: Readonly<Record<string, string>>;
}

/** Nothing is known of the provider. */
export const nowhere: Setting = { account: '', region: '', tags: {} };

export interface Birth {
  readonly inputs: Properties;
  readonly setting: Setting;
  /** Last part of the URN. */
  readonly name: string;
  /** Hex digits that follow from who asks, the same at every run. */
  readonly digits: (length: number) => string;
  /** Outputs of another thing, by type and id. */
  readonly other: (type: string, id: Value) => Properties | undefined;
}

export interface Kind {
  /** Id of a new thing. */
  readonly id: (birth: Birth) => string;
  /** What the cloud adds to the inputs. */
  readonly outputs?: (birth: Birth & { readonly id: string }) => Properties;
  /** Inputs that must name an existing thing: input to types, whose id or name or arn it may be. */
  readonly refers?: Readonly<Record<string, readonly string[]>>;
  /** Inputs that no two things of this type may share. */
  readonly unique?: readonly string[];
  /** Inputs that tell it from others, where none must be unique. */
  readonly identity?: readonly string[];
  /** Inputs that replace the thing when they change, beside `usuallyFixed`. */
  readonly fixed?: readonly string[];
  /** Inputs of `usuallyFixed` that may change here. */
  readonly free?: readonly string[];
  /** Outputs that an import shows as inputs although nobody gave them. */
  readonly ofTheCloud?: readonly string[];
}

/** Inputs that nearly no cloud lets change on what exists. */
export const usuallyFixed: ReadonlySet<string> = new Set([
  ...['name', 'namePrefix', 'bucket', 'bucketPrefix', 'region', 'project', 'location', 'zone', 'accountId', 'keyRing'],
  ...[
    'availabilityZone',
    'availabilityZoneId',
    'cidrBlock',
    'ipCidrRange',
    'vpcId',
    'subnetId',
    'network',
    'subnetwork',
  ],
  ...['allocationId', 'routeTableId', 'destinationCidrBlock', 'securityGroupId', 'clusterName', 'nodeGroupName'],
  ...['addonName', 'principalArn', 'policyArn', 'serviceAccount', 'namespace', 'identifier', 'clusterIdentifier'],
  ...['replicationGroupId', 'subnetGroupName', 'dbSubnetGroupName', 'engine', 'storageEncrypted', 'family', 'role'],
  ...['loadBalancerType', 'internal', 'targetType', 'protocol', 'port', 'domainName', 'serviceName', 'secretId'],
  ...[
    'repository',
    'repositoryId',
    'managedZone',
    'type',
    'topic',
    'awsServiceName',
    'clusterId',
    'projectId',
    'cryptoKeyId',
  ],
  ...[
    'member',
    'service',
    'map',
    'database',
    'databaseVersion',
    'username',
    'authDatabaseName',
    'ipAddress',
    'hashKey',
    'rangeKey',
  ],
]);

/** Hex digits that follow from `seed`. */
export function hexOf(seed: string, length: number): string {
  return createHash('sha256')
    .update(seed)
    .digest('hex')
    .repeat(1 + Math.floor(length / 64))
    .slice(0, length);
}

/** A public address out of 198.18.0.0/15, kept for measurements: it can be nobody's. */
export function addressOf(digits: string): string {
  const number = Number.parseInt(digits.slice(0, 6), 16);
  return `198.${18 + (number & 1)}.${(number >> 1) & 255}.${1 + ((number >> 9) % 254)}`;
}

export const text = (value: Value): string => (typeof value === 'string' ? value : '');
export const list = (value: Value): readonly Value[] => (Array.isArray(value) ? value : []);

/** The name a thing was given, or one that follows from the resource's. */
export const named = ({ inputs, name, digits }: Birth): string => text(inputs['name']) || `${name}-${digits(7)}`;
