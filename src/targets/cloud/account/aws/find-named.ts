/** Types that the index of tags does not know, or that have no tags: asked for by what names them. */
import type { Properties } from '../../engine/values.ts';
import { known } from '../find.ts';
import { isRefused } from '../request.ts';
import { ec2 } from './account.ts';
import { type AwsCaller, xmlTexts } from './call.ts';

interface Question {
  readonly aws: AwsCaller;
  readonly inputs: Properties;
  /** `arn:aws:iam::<account>`. */
  readonly identities: string;
  readonly isOurs: (tags: ReadonlyMap<string, string>) => boolean;
}

type Ask = (question: Question) => Promise<readonly string[]>;

/** Undefined for what is not there. */
async function orNone<T>(answer: Promise<T>, ...reasons: readonly string[]): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (isRefused(error, ...reasons)) return undefined;
    throw error;
  });
}

const pairsOf = (xml: string): ReadonlyMap<string, string> => {
  const values = xmlTexts(xml, 'Value');
  return new Map(xmlTexts(xml, 'Key').map((key, at) => [key, values[at] ?? '']));
};

/** What IAM has by that name, when its tags are ours. */
const identity =
  (Action: string, field: string, idOf: (name: string, identities: string) => string): Ask =>
  async ({ aws, inputs, identities, isOurs }) => {
    const name = known(inputs, 'name');
    if (name === undefined) return [];
    const asked = field === 'PolicyArn' ? idOf(name, identities) : name;
    const fields = { Action, [field]: asked };
    const answer = await orNone(aws.query('iam', '2010-05-08', fields), 'NoSuchEntity');
    return answer !== undefined && isOurs(pairsOf(answer)) ? [idOf(name, identities)] : [];
  };

const alias: Ask = async ({ aws, inputs }) => {
  const [name, key] = [known(inputs, 'name'), known(inputs, 'targetKeyId')];
  if (name === undefined || key === undefined) return [];
  const found = await orNone(
    aws.json<{ KeyMetadata?: { KeyId?: string } }>('kms', 'TrentService.DescribeKey', { KeyId: name }),
    'NotFoundException',
  );
  return found?.KeyMetadata?.KeyId === key.split('/').at(-1) ? [name] : [];
};

async function tableOf({ aws, inputs }: Question): Promise<string | undefined> {
  const id = known(inputs, 'routeTableId');
  if (id === undefined) return undefined;
  return orNone(ec2(aws, 'DescribeRouteTables', { 'RouteTableId.1': id }), 'InvalidRouteTableID.NotFound');
}

const route: Ask = async (question) => {
  const answer = await tableOf(question);
  const [table, range] = [known(question.inputs, 'routeTableId'), known(question.inputs, 'destinationCidrBlock')];
  if (answer === undefined || range === undefined) return [];
  return xmlTexts(answer, 'destinationCidrBlock').includes(range) ? [`${table}_${range}`] : [];
};

const routeTableAssociation: Ask = async (question) => {
  const answer = await tableOf(question);
  const [table, subnet] = [known(question.inputs, 'routeTableId'), known(question.inputs, 'subnetId')];
  if (answer === undefined || subnet === undefined) return [];
  return xmlTexts(answer, 'subnetId').includes(subnet) ? [`${subnet}/${table}`] : [];
};

const inCluster = (aws: AwsCaller, action: string, path: string) =>
  orNone(aws.call({ service: 'eks', action, method: 'GET', path }), 'ResourceNotFoundException');

const accessEntry: Ask = async ({ aws, inputs }) => {
  const [cluster, principal] = [known(inputs, 'clusterName'), known(inputs, 'principalArn')];
  if (cluster === undefined || principal === undefined) return [];
  const path = `/clusters/${cluster}/access-entries/${encodeURIComponent(principal)}`;
  return (await inCluster(aws, 'DescribeAccessEntry', path)) === undefined ? [] : [`${cluster}:${principal}`];
};

const podIdentity: Ask = async ({ aws, inputs }) => {
  const [cluster, namespace] = [known(inputs, 'clusterName'), known(inputs, 'namespace')];
  const serviceAccount = known(inputs, 'serviceAccount');
  if (cluster === undefined || namespace === undefined || serviceAccount === undefined) return [];
  const query = new URLSearchParams({ namespace, serviceAccount });
  const path = `/clusters/${cluster}/pod-identity-associations?${query}`;
  const answer = await inCluster(aws, 'ListPodIdentityAssociations', path);
  const { associations = [] } = JSON.parse(answer?.text ?? '{}') as { associations?: { associationId: string }[] };
  return associations.map(({ associationId }) => `${cluster},${associationId}`);
};

const dns = (aws: AwsCaller, action: string, path: string) =>
  aws.call({ service: 'route53', action, method: 'GET', path: `/2013-04-01${path}` });

const zone: Ask = async ({ aws, inputs, isOurs }) => {
  const name = known(inputs, 'name')?.replace(/\.$/, '');
  if (name === undefined) return [];
  const { text } = await dns(aws, 'ListHostedZonesByName', `/hostedzonesbyname?dnsname=${name}`);
  const found = [...text.matchAll(/<HostedZone>(.*?)<\/HostedZone>/gs)]
    .filter(([, one = '']) => xmlTexts(one, 'Name')[0] === `${name}.`)
    .map(([, one = '']) => xmlTexts(one, 'Id')[0]?.split('/').at(-1) ?? '');
  const ours = await Promise.all(
    found.map(async (id) => isOurs(pairsOf((await dns(aws, 'ListTagsForResource', `/tags/hostedzone/${id}`)).text))),
  );
  return found.filter((_, at) => ours[at]);
};

/** One that says the same: what a person wrote there is not ours to take. */
const record: Ask = async ({ aws, inputs }) => {
  const [zoneId, name, type] = ['zoneId', 'name', 'type'].map((key) => known(inputs, key));
  if (zoneId === undefined || name === undefined || type === undefined) return [];
  const query = new URLSearchParams({ name, type, maxitems: '1' });
  const path = `/hostedzone/${zoneId}/rrset?${query}`;
  const answer = await orNone(dns(aws, 'ListResourceRecordSets', path), 'NoSuchHostedZone');
  const text = answer?.text ?? '';
  const bare = (one: string): string => one.toLowerCase().replace(String.raw`\052`, '*').replace(/\.$/, '');
  if (bare(xmlTexts(text, 'Name')[0] ?? '') !== bare(name) || xmlTexts(text, 'Type')[0] !== type) return [];
  const said = new Set([...xmlTexts(text, 'Value'), ...xmlTexts(text, 'DNSName')].map(bare));
  const wanted = [...((inputs['records'] ?? []) as string[]), ...aliasesOf(inputs)].map(bare);
  return wanted.every((one) => said.has(one)) ? [`${zoneId}_${name.replace(/\.$/, '')}_${type}`] : [];
};

const aliasesOf = ({ aliases }: Properties): readonly string[] =>
  ((aliases ?? []) as readonly Properties[]).map(({ name }) => String(name));

/** By Pulumi's type. */
export const named: Readonly<Record<string, Ask>> = {
  'aws:iam/role:Role': identity('GetRole', 'RoleName', (name) => name),
  'aws:iam/user:User': identity('GetUser', 'UserName', (name) => name),
  'aws:iam/policy:Policy': identity('GetPolicy', 'PolicyArn', (name, identities) => `${identities}:policy/${name}`),
  'aws:kms/alias:Alias': alias,
  'aws:ec2/route:Route': route,
  'aws:ec2/routeTableAssociation:RouteTableAssociation': routeTableAssociation,
  'aws:eks/accessEntry:AccessEntry': accessEntry,
  'aws:eks/podIdentityAssociation:PodIdentityAssociation': podIdentity,
  'aws:route53/zone:Zone': zone,
  'aws:route53/record:Record': record,
};

/** Making these again puts the same in the same place, or takes in what is there. */
export const theSame: ReadonlySet<string> = new Set([
  'aws:acm/certificateValidation:CertificateValidation',
  'aws:autoscaling/tag:Tag',
  'aws:ec2/defaultSecurityGroup:DefaultSecurityGroup',
  'aws:ecr/lifecyclePolicy:LifecyclePolicy',
  'aws:ecr/repositoryPolicy:RepositoryPolicy',
  'aws:eks/accessPolicyAssociation:AccessPolicyAssociation',
  'aws:iam/rolePolicy:RolePolicy',
  'aws:iam/rolePolicyAttachment:RolePolicyAttachment',
  // An account has it once; it is looked up before each plan.
  'aws:iam/serviceLinkedRole:ServiceLinkedRole',
  'aws:iam/userPolicyAttachment:UserPolicyAttachment',
  'aws:s3/bucketCorsConfiguration:BucketCorsConfiguration',
  'aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration',
  'aws:s3/bucketLogging:BucketLogging',
  'aws:s3/bucketOwnershipControls:BucketOwnershipControls',
  'aws:s3/bucketPolicy:BucketPolicy',
  'aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock',
  'aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration',
  'aws:s3/bucketVersioning:BucketVersioning',
  'aws:secretsmanager/secretVersion:SecretVersion',
  'aws:sns/topicPolicy:TopicPolicy',
  'aws:sns/topicSubscription:TopicSubscription',
  'aws:sqs/queuePolicy:QueuePolicy',
  'aws:sqs/redrivePolicy:RedrivePolicy',
]);
