/** Where each type of Google Cloud is asked for by its name, and how an import names it. */

export interface FoundPlace {
  /** As its host begins. */
  readonly service: string;
  readonly path: string;
  readonly id: string;
  /** Part of what the path shows that must be there: a NAT of a router. */
  readonly part?: string;
}

/** An input that is known, or what the provider says where it is not written. */
type Text = (key: string) => string | undefined;
type PlaceOf = (text: Text) => FoundPlace | undefined;

/** `{key}` is an input; undefined while one of them is not known. */
function filled(pattern: string, text: Text, form: (value: string) => string): string | undefined {
  let complete = true;
  const made = pattern.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
    const value = text(key);
    if (value === undefined) complete = false;
    return form(value ?? '');
  });
  return complete ? made : undefined;
}

const lastPart = (value: string): string => value.split('/').at(-1) ?? value;
const segment = (value: string): string => encodeURIComponent(lastPart(value));

/** `version` is what the API has before the path of a thing; `id` other than that path where an import takes another. */
function at(service: string, version: string, pattern: string, id = pattern): PlaceOf {
  return (text) => {
    const path = filled(pattern, text, segment);
    const named = filled(id, text, lastPart);
    return path === undefined || named === undefined ? undefined : { service, path: `${version}/${path}`, id: named };
  };
}

const compute = (kind: string): PlaceOf => at('compute', '/compute/v1', `projects/{project}/${kind}/{name}`);
const global = (kind: string): PlaceOf => compute(`global/${kind}`);
const regional = (kind: string): PlaceOf => compute(`regions/{region}/${kind}`);
const certificates = (kind: string): PlaceOf =>
  at('certificatemanager', '/v1', `projects/{project}/locations/global/${kind}/{name}`);

const network: Readonly<Record<string, PlaceOf>> = {
  'gcp:compute/network:Network': global('networks'),
  'gcp:compute/subnetwork:Subnetwork': regional('subnetworks'),
  'gcp:compute/router:Router': regional('routers'),
  'gcp:compute/routerNat:RouterNat': (text) => {
    const place = at('compute', '/compute/v1', 'projects/{project}/regions/{region}/routers/{router}')(text);
    const name = text('name');
    return place === undefined || name === undefined ? undefined : { ...place, id: `${place.id}/${name}`, part: name };
  },
  'gcp:compute/firewall:Firewall': global('firewalls'),
  'gcp:compute/address:Address': regional('addresses'),
  'gcp:compute/forwardingRule:ForwardingRule': regional('forwardingRules'),
  'gcp:compute/globalAddress:GlobalAddress': global('addresses'),
  'gcp:compute/globalForwardingRule:GlobalForwardingRule': global('forwardingRules'),
  'gcp:compute/backendService:BackendService': global('backendServices'),
  'gcp:compute/healthCheck:HealthCheck': global('healthChecks'),
  'gcp:compute/sSLPolicy:SSLPolicy': global('sslPolicies'),
  'gcp:compute/targetHttpProxy:TargetHttpProxy': global('targetHttpProxies'),
  'gcp:compute/targetHttpsProxy:TargetHttpsProxy': global('targetHttpsProxies'),
  'gcp:compute/uRLMap:URLMap': global('urlMaps'),
  'gcp:dns/managedZone:ManagedZone': at('dns', '/dns/v1', 'projects/{project}/managedZones/{name}'),
  'gcp:dns/recordSet:RecordSet': at(
    'dns',
    '/dns/v1',
    'projects/{project}/managedZones/{managedZone}/rrsets/{name}/{type}',
  ),
  'gcp:certificatemanager/certificate:Certificate': certificates('certificates'),
  'gcp:certificatemanager/certificateMap:CertificateMap': certificates('certificateMaps'),
  'gcp:certificatemanager/certificateMapEntry:CertificateMapEntry': certificates(
    'certificateMaps/{map}/certificateMapEntries',
  ),
  'gcp:certificatemanager/dnsAuthorization:DnsAuthorization': certificates('dnsAuthorizations'),
};

const inRegion = 'projects/{project}/locations/{location}';
const key: PlaceOf = (text) => {
  // The whole path of its ring.
  const [ring, name] = [text('keyRing'), text('name')];
  if (ring === undefined || name === undefined) return undefined;
  return { service: 'cloudkms', path: `/v1/${ring}/cryptoKeys/${name}`, id: `${ring}/cryptoKeys/${name}` };
};

/** By Pulumi's type. */
export const places: Readonly<Record<string, PlaceOf>> = {
  ...network,
  'gcp:artifactregistry/repository:Repository': at(
    'artifactregistry',
    '/v1',
    `${inRegion}/repositories/{repositoryId}`,
  ),
  'gcp:container/cluster:Cluster': at('container', '/v1', `${inRegion}/clusters/{name}`),
  'gcp:container/nodePool:NodePool': at('container', '/v1', `${inRegion}/clusters/{cluster}/nodePools/{name}`),
  'gcp:kms/keyRing:KeyRing': at('cloudkms', '/v1', `${inRegion}/keyRings/{name}`),
  'gcp:kms/cryptoKey:CryptoKey': key,
  'gcp:pubsub/topic:Topic': at('pubsub', '/v1', 'projects/{project}/topics/{name}'),
  'gcp:pubsub/subscription:Subscription': at('pubsub', '/v1', 'projects/{project}/subscriptions/{name}'),
  'gcp:redis/instance:Instance': at('redis', '/v1', 'projects/{project}/locations/{region}/instances/{name}'),
  'gcp:secretmanager/secret:Secret': at('secretmanager', '/v1', 'projects/{project}/secrets/{secretId}'),
  'gcp:serviceaccount/account:Account': at(
    'iam',
    '/v1',
    'projects/{project}/serviceAccounts/{accountId}@{project}.iam.gserviceaccount.com',
  ),
  'gcp:sql/databaseInstance:DatabaseInstance': at('sqladmin', '/v1', 'projects/{project}/instances/{name}'),
  'gcp:sql/database:Database': at('sqladmin', '/v1', 'projects/{project}/instances/{instance}/databases/{name}'),
  'gcp:storage/bucket:Bucket': at('storage', '/storage/v1', 'b/{name}', '{name}'),
};

/** Making these again puts the same in the same place. */
export const theSame: ReadonlySet<string> = new Set([
  'gcp:artifactregistry/repositoryIamMember:RepositoryIamMember',
  'gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember',
  'gcp:projects/iAMMember:IAMMember',
  'gcp:projects/service:Service',
  'gcp:projects/serviceIdentity:ServiceIdentity',
  'gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember',
  'gcp:pubsub/topicIAMMember:TopicIAMMember',
  'gcp:secretmanager/secretVersion:SecretVersion',
  'gcp:serviceaccount/iAMMember:IAMMember',
  // A user of that name gets the password anew.
  'gcp:sql/user:User',
  'gcp:storage/bucketIAMMember:BucketIAMMember',
]);
