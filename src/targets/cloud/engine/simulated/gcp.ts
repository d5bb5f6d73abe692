/** The simulated Google Cloud and MongoDB Atlas: ids, outputs and rules of the types that stacks use. */
import { addressOf, type Birth, type Kind, named, text } from './kind.ts';

const project = ({ inputs, setting }: Birth): string => text(inputs['project']) || setting.account;
const region = ({ inputs, setting }: Birth): string =>
  text(inputs['region']) || text(inputs['location']) || setting.region;
const lastOf = (path: string): string => path.split('/').at(-1) ?? path;

/** Something with a path of its own: `projects/p/<where>/<kind>/<name>`. */
function placed(kind: string, where: 'global' | 'regions' | 'locations' | '', extra: Partial<Kind> = {}): Kind {
  const id = (birth: Birth): string => {
    const parts = ['projects', project(birth)];
    if (where === 'global') parts.push('global');
    else if (where !== '') parts.push(where, region(birth));
    return [...parts, kind, named(birth)].join('/');
  };
  return {
    id,
    unique: ['name', 'region', 'location', 'project'],
    ...extra,
    outputs: (birth) => ({
      name: named(birth),
      project: project(birth),
      selfLink: `https://www.googleapis.com/compute/v1/${birth.id}`,
      ...extra.outputs?.(birth),
    }),
  };
}

/** A member of a role on something: `<thing>/<role>/<member>`. */
const membership = (...of: readonly string[]): Kind => ({
  id: ({ inputs }) => [...of.map((key) => text(inputs[key])), text(inputs['role']), text(inputs['member'])].join('/'),
  outputs: ({ digits }) => ({ etag: digits(12) }),
  unique: [...of, 'role', 'member'],
  fixed: [...of, 'role', 'member'],
});

const network = 'gcp:compute/network:Network';
const keyRing = 'gcp:kms/keyRing:KeyRing';
const instance = 'gcp:sql/databaseInstance:DatabaseInstance';
const zone = 'gcp:dns/managedZone:ManagedZone';
const topic = 'gcp:pubsub/topic:Topic';
const storage = 'gcp:storage/bucket:Bucket';
const address: Partial<Kind> = {
  outputs: ({ inputs, digits }) => ({ address: text(inputs['address']) || addressOf(digits(8)) }),
};

export const gcpKinds: Readonly<Record<string, Kind>> = {
  'gcp:projects/service:Service': {
    id: (birth) => `${project(birth)}/${text(birth.inputs['service'])}`,
    outputs: (birth) => ({ project: project(birth) }),
    unique: ['service', 'project'],
  },
  'gcp:projects/serviceIdentity:ServiceIdentity': {
    id: (birth) => `projects/${project(birth)}/services/${text(birth.inputs['service'])}`,
    outputs: (birth) => {
      const email = `service-${Number.parseInt(birth.digits(9), 16)}@gcp-sa-${lastOf(text(birth.inputs['service'])).split('.')[0]}.iam.gserviceaccount.com`;
      return { email, member: `serviceAccount:${email}` };
    },
    unique: ['service', 'project'],
  },
  'gcp:projects/iAMMember:IAMMember': membership('project'),
  [network]: placed('networks', 'global', { outputs: ({ digits }) => ({ networkId: digits(16), gatewayIpv4: '' }) }),
  'gcp:compute/subnetwork:Subnetwork': placed('subnetworks', 'regions', {
    outputs: ({ inputs }) => ({ gatewayAddress: text(inputs['ipCidrRange']).replace(/\.\d+\/\d+$/, '.1') }),
    refers: { network: [network] },
  }),
  'gcp:compute/firewall:Firewall': placed('firewalls', 'global', { refers: { network: [network] } }),
  'gcp:compute/address:Address': placed('addresses', 'regions', address),
  'gcp:compute/globalAddress:GlobalAddress': placed('addresses', 'global', address),
  'gcp:compute/router:Router': placed('routers', 'regions', { refers: { network: [network] } }),
  'gcp:compute/routerNat:RouterNat': {
    id: (birth) => `${project(birth)}/${region(birth)}/${lastOf(text(birth.inputs['router']))}/${named(birth)}`,
    outputs: (birth) => ({ name: named(birth), project: project(birth) }),
    refers: { router: ['gcp:compute/router:Router'] },
    unique: ['router', 'name'],
    fixed: ['router'],
  },
  'gcp:compute/forwardingRule:ForwardingRule': placed('forwardingRules', 'regions', {
    outputs: ({ digits }) => ({ pscConnectionId: digits(16), pscConnectionStatus: 'ACCEPTED' }),
  }),
  'gcp:compute/globalForwardingRule:GlobalForwardingRule': placed('forwardingRules', 'global'),
  'gcp:compute/targetHttpsProxy:TargetHttpsProxy': placed('targetHttpsProxies', 'global'),
  'gcp:compute/targetHttpProxy:TargetHttpProxy': placed('targetHttpProxies', 'global'),
  'gcp:compute/uRLMap:URLMap': placed('urlMaps', 'global'),
  'gcp:compute/backendService:BackendService': placed('backendServices', 'global', { free: ['protocol', 'port'] }),
  'gcp:compute/healthCheck:HealthCheck': placed('healthChecks', 'global', { free: ['type'] }),
  'gcp:compute/sSLPolicy:SSLPolicy': placed('sslPolicies', 'global'),
  [keyRing]: placed('keyRings', 'locations'),
  'gcp:kms/cryptoKey:CryptoKey': {
    id: (birth) => `${text(birth.inputs['keyRing'])}/cryptoKeys/${named(birth)}`,
    outputs: ({ id }) => ({ primaries: [{ name: `${id}/cryptoKeyVersions/1`, state: 'ENABLED' }] }),
    refers: { keyRing: [keyRing] },
    unique: ['keyRing', 'name'],
  },
  'gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember': membership('cryptoKeyId'),
  'gcp:container/cluster:Cluster': placed('clusters', 'locations', {
    outputs: (birth) => ({
      endpoint: addressOf(birth.digits(12).slice(4)),
      masterAuth: {
        ...(birth.inputs['masterAuth'] as object | undefined),
        clusterCaCertificate: Buffer.from(birth.digits(48)).toString('base64'),
      },
      controlPlaneEndpointsConfig: {
        ...(birth.inputs['controlPlaneEndpointsConfig'] as object),
        dnsEndpointConfig: {
          allowExternalTraffic: true,
          endpoint: `gke-${birth.digits(32)}-${Number.parseInt(birth.digits(9), 16)}.${region(birth)}.gke.goog`,
        },
      },
      masterVersion: '1.33.5-gke.1080000',
    }),
  }),
  'gcp:container/nodePool:NodePool': {
    id: (birth) =>
      `projects/${project(birth)}/locations/${region(birth)}/clusters/${lastOf(text(birth.inputs['cluster']))}/nodePools/${named(birth)}`,
    outputs: (birth) => ({
      name: named(birth),
      project: project(birth),
      instanceGroupUrls: [],
      managedInstanceGroupUrls: [],
    }),
    refers: { cluster: ['gcp:container/cluster:Cluster'] },
    unique: ['cluster', 'name'],
    fixed: ['cluster'],
  },
  'gcp:serviceaccount/account:Account': {
    id: (birth) =>
      `projects/${project(birth)}/serviceAccounts/${text(birth.inputs['accountId'])}@${project(birth)}.iam.gserviceaccount.com`,
    outputs: (birth) => {
      const email = lastOf(birth.id);
      return {
        email,
        name: birth.id,
        member: `serviceAccount:${email}`,
        project: project(birth),
        uniqueId: `1${Number.parseInt(birth.digits(12), 16)}`,
      };
    },
    unique: ['accountId', 'project'],
  },
  'gcp:serviceaccount/iAMMember:IAMMember': membership('serviceAccountId'),
  'gcp:artifactregistry/repository:Repository': {
    id: (birth) =>
      `projects/${project(birth)}/locations/${region(birth)}/repositories/${text(birth.inputs['repositoryId'])}`,
    outputs: (birth) => ({
      name: text(birth.inputs['repositoryId']),
      project: project(birth),
      registryUri: `${region(birth)}-docker.pkg.dev/${project(birth)}/${text(birth.inputs['repositoryId'])}`,
    }),
    unique: ['repositoryId', 'location'],
  },
  'gcp:artifactregistry/repositoryIamMember:RepositoryIamMember': membership('repository'),
  'gcp:certificatemanager/dnsAuthorization:DnsAuthorization': placed('dnsAuthorizations', 'locations', {
    outputs: ({ inputs, digits }) => ({
      dnsResourceRecords: [
        {
          name: `_acme-challenge.${text(inputs['domain'])}.`,
          type: 'CNAME',
          data: `${digits(32)}.4.authorize.certificatemanager.goog.`,
        },
      ],
    }),
    fixed: ['domain'],
  }),
  'gcp:certificatemanager/certificate:Certificate': placed('certificates', 'locations', { fixed: ['managed'] }),
  'gcp:certificatemanager/certificateMap:CertificateMap': placed('certificateMaps', 'locations'),
  'gcp:certificatemanager/certificateMapEntry:CertificateMapEntry': placed('certificateMapEntries', 'locations', {
    unique: ['name', 'map'],
    fixed: ['hostname', 'matcher'],
  }),
  [zone]: placed('managedZones', '', {
    outputs: (birth) => ({
      managedZoneId: birth.digits(16),
      nameServers: [1, 2, 3, 4].map((at) => `ns-cloud-a${at}.googledomains.com.`),
    }),
    fixed: ['dnsName'],
  }),
  'gcp:dns/recordSet:RecordSet': {
    id: (birth) =>
      `projects/${project(birth)}/managedZones/${text(birth.inputs['managedZone'])}/rrsets/${text(birth.inputs['name'])}/${text(birth.inputs['type'])}`,
    refers: { managedZone: [zone] },
    unique: ['managedZone', 'name', 'type'],
  },
  [instance]: {
    id: named,
    outputs: (birth) => ({
      name: birth.id,
      project: project(birth),
      connectionName: `${project(birth)}:${region(birth)}:${birth.id}`,
      dnsName: `${birth.digits(12)}.${birth.digits(20).slice(8)}.${region(birth)}.sql.goog.`,
      privateIpAddress: `10.${Number.parseInt(birth.digits(2), 16)}.240.3`,
      pscServiceAttachmentLink: `projects/${birth.digits(8)}/regions/${region(birth)}/serviceAttachments/a-${birth.digits(12)}-psc-service-attachment`,
      serverCaCerts: [{ cert: `-----BEGIN CERTIFICATE-----\n${birth.digits(64)}\n-----END CERTIFICATE-----` }],
      selfLink: `https://sqladmin.googleapis.com/sql/v1beta4/projects/${project(birth)}/instances/${birth.id}`,
    }),
    unique: ['name'],
    fixed: ['encryptionKeyName'],
    free: ['databaseVersion'],
  },
  'gcp:sql/database:Database': {
    id: (birth) => `projects/${project(birth)}/instances/${text(birth.inputs['instance'])}/databases/${named(birth)}`,
    refers: { instance: [instance] },
    unique: ['instance', 'name'],
    fixed: ['instance'],
  },
  'gcp:sql/user:User': {
    id: (birth) => `${named(birth)}//${text(birth.inputs['instance'])}`,
    refers: { instance: [instance] },
    unique: ['instance', 'name'],
    fixed: ['instance'],
  },
  'gcp:secretmanager/secret:Secret': {
    id: (birth) => `projects/${project(birth)}/secrets/${text(birth.inputs['secretId'])}`,
    outputs: (birth) => ({ name: birth.id, project: project(birth) }),
    unique: ['secretId', 'project'],
  },
  'gcp:secretmanager/secretVersion:SecretVersion': {
    id: (birth) => `${text(birth.inputs['secret'])}/versions/1`,
    outputs: ({ id }) => ({ name: id, version: '1' }),
    refers: { secret: ['gcp:secretmanager/secret:Secret'] },
    identity: ['secret'],
    fixed: ['secret', 'secretData'],
  },
  'gcp:secretmanager/secretIamMember:SecretIamMember': membership('secretId'),
  'gcp:redis/instance:Instance': placed('instances', 'locations', {
    outputs: (birth) => ({
      host: `10.${Number.parseInt(birth.digits(2), 16)}.241.3`,
      port: 6378,
      authString: birth.inputs['authEnabled'] ? birth.digits(36) : '',
      serverCaCerts: [{ cert: `-----BEGIN CERTIFICATE-----\n${birth.digits(64)}\n-----END CERTIFICATE-----` }],
    }),
    fixed: ['authorizedNetwork', 'customerManagedKey', 'tier'],
  }),
  'gcp:networkconnectivity/serviceConnectionPolicy:ServiceConnectionPolicy': placed(
    'serviceConnectionPolicies',
    'locations',
  ),
  'gcp:servicenetworking/connection:Connection': {
    id: ({ inputs }) => `${encodeURIComponent(text(inputs['network']))}:servicenetworking.googleapis.com`,
  },
  [storage]: {
    id: named,
    outputs: ({ id }) => ({ name: id, url: `gs://${id}`, selfLink: `https://www.googleapis.com/storage/v1/b/${id}` }),
    unique: ['name'],
  },
  'gcp:storage/bucketIAMMember:BucketIAMMember': membership('bucket'),
  [topic]: placed('topics', ''),
  'gcp:pubsub/subscription:Subscription': placed('subscriptions', '', { refers: { topic: [topic] } }),
  'gcp:pubsub/topicIAMMember:TopicIAMMember': membership('topic'),
  'gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember': membership('subscription'),
};

const atlasProject = ({ inputs }: Birth): string => text(inputs['projectId']);

export const atlasKinds: Readonly<Record<string, Kind>> = {
  'mongodbatlas:index/advancedCluster:AdvancedCluster': {
    id: (birth) => `${atlasProject(birth)}-${named(birth)}`,
    outputs: (birth) => {
      const host = `${named(birth)}.${birth.digits(5)}.mongodb.net`;
      return {
        clusterId: birth.digits(24),
        mongoDbVersion: '8.0.14',
        stateName: 'IDLE',
        connectionStrings: { standardSrv: `mongodb+srv://${host}`, standard: `mongodb://${host}:27017/?ssl=true` },
      };
    },
    unique: ['projectId', 'name'],
  },
  'mongodbatlas:index/databaseUser:DatabaseUser': {
    id: (birth) => `${atlasProject(birth)}-${text(birth.inputs['username'])}-admin`,
    unique: ['projectId', 'username'],
  },
  'mongodbatlas:index/projectIpAccessList:ProjectIpAccessList': {
    id: (birth) => `${atlasProject(birth)}-${text(birth.inputs['ipAddress']) || text(birth.inputs['cidrBlock'])}`,
    unique: ['projectId', 'ipAddress', 'cidrBlock'],
  },
  'mongodbatlas:index/privateLinkEndpoint:PrivateLinkEndpoint': {
    id: (birth) => `${birth.digits(24)}-${atlasProject(birth)}`,
    outputs: ({ digits }) => ({
      privateLinkId: digits(24),
      endpointServiceName: `com.amazonaws.vpce.us-east-1.vpce-svc-${digits(17)}`,
    }),
  },
  'mongodbatlas:index/privateLinkEndpointService:PrivateLinkEndpointService': {
    id: (birth) => `${atlasProject(birth)}--${birth.digits(24)}`,
  },
  'mongodbatlas:index/cloudProviderAccessSetup:CloudProviderAccessSetup': {
    id: (birth) => `${atlasProject(birth)}-${text(birth.inputs['providerName'])}-${birth.digits(24)}`,
    outputs: ({ digits }) => ({
      roleId: digits(24),
      awsConfigs: [{ atlasAwsAccountArn: 'arn:aws:iam::536727724300:root', atlasAssumedRoleExternalId: digits(32) }],
      gcpConfigs: [{ serviceAccountForAtlas: `mongodb-atlas-${digits(8)}@p-atlas.iam.gserviceaccount.com` }],
    }),
  },
  'mongodbatlas:index/cloudProviderAccessAuthorization:CloudProviderAccessAuthorization': {
    id: (birth) => `${atlasProject(birth)}-${text(birth.inputs['roleId'])}`,
  },
  'mongodbatlas:index/encryptionAtRest:EncryptionAtRest': { id: (birth) => atlasProject(birth), unique: ['projectId'] },
};
