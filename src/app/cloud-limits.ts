/** Values that the language takes and a cloud refuses: told with their place before anything is asked of an account. */
import type { Diagnostic } from '../errors.ts';
import { findModuleType } from '../resources/index.ts';
import type { App, OtherModule, Resource } from './app.ts';
import { reservedDatabases, sqlTierTrouble } from './cloud-limits-sql.ts';
import type { Cloud } from './stacks.ts';
import { isLate } from './text/nodes.ts';

type Settings = Readonly<Record<string, unknown>>;

/** What is wrong with a value, as the end of "On aws, `field` of `name` …"; undefined when nothing is. */
type Check = (value: string, settings: Settings, app: App) => string | undefined;
type Form = (value: string) => string | undefined;

interface Limit {
  readonly types: readonly string[];
  readonly field: string;
  readonly on: Cloud;
  readonly check: Check;
}

const form =
  (pattern: RegExp, words: string): Form =>
  (value) =>
    pattern.test(value) ? undefined : `must be ${words}, and is "${value}"`;

/** CreateDBInstance of the API reference of RDS. */
const rdsName: Form = (value) =>
  form(/^[A-Za-z][A-Za-z0-9_]{0,62}$/, 'letters, digits and underscores, beginning with a letter')(value) ??
  reservedDatabases('aws', value);

/** Machines that boot from Hyperdisk only, and opta makes disks of the older kind (machine families of Compute Engine, read 2026-11). */
const hyperdiskOnly = /^(c4[adn]?|n4[ad]?|m4|x4|a4)-/;

const googleMachine: Form = (value) => {
  if (!hyperdiskOnly.test(value))
    return form(/^[a-z][a-z0-9]*-[a-z0-9-]+$/, 'a machine type of Google, such as n2-standard-4')(value);
  return `is "${value}", which takes no disk but Hyperdisk: choose a type of n2, c3 or t2a`;
};

const amazonMachine: Check = (value, settings) => {
  const wrong = form(/^[a-z][a-z0-9-]*\.[a-z0-9-]+$/, 'an instance type of EC2, such as m7i.large')(value);
  const image = settings['ami_type'];
  if (wrong !== undefined || typeof image !== 'string') return wrong;
  const [machine, wanted] = [/^([a-z]+\d+g[a-z]*\.|a1\.)/.test(value), image.includes('ARM')];
  return machine === wanted ? undefined : `is "${value}", whose processor cannot run images of \`ami_type: ${image}\``;
};

/** The image of Amazon Linux 2023 fills a disk of 20 GB; Bottlerocket has a disk of its own for itself. */
const amazonDisk: Check = (value, { ami_type: image }) =>
  Number(value) >= 20 || String(image).startsWith('BOTTLEROCKET')
    ? undefined
    : `is ${value}, and the image of the machines needs 20 GB`;

/** Bucket naming rules of S3 and of Cloud Storage. */
const s3Name: Form = (value) => {
  if (value.includes('_')) return `is "${value}", and S3 takes no underscores`;
  if (value.includes('..') || /^\d+(\.\d+){3}$/.test(value))
    return `is "${value}", which S3 takes for an address or a slip`;
  const taken = /^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.exec(value)?.[0];
  return taken === undefined ? undefined : `is "${value}", and Amazon keeps \`${taken}\` for itself`;
};

const gcsName: Form = (value) => {
  if (value.startsWith('goog') || /g[o0]{2}g[l1]e/.test(value))
    return `is "${value}", and Google keeps names like its own`;
  return value.includes('.')
    ? `is "${value}", and a name with dots must be a domain that Google knows to be yours`
    : undefined;
};

/** A standard topic delivers in no order, so SNS does not let a queue with one subscribe to it. */
const subscribers: Check = (_, { fifo, sqs_subscribers: written }, { resources }) => {
  const ids = (Array.isArray(written) ? written : []).flatMap((one) =>
    isLate(one) ? one.late.flatMap((part) => (typeof part === 'string' ? [] : [part.resource])) : [],
  );
  const ordered = resources.find(({ id, settings }) => ids.includes(id) && settings['fifo'] === true);
  if (fifo === true || ordered === undefined) return undefined;
  return `leads to \`${ordered.name}\`, and a topic without \`fifo: true\` may not feed a queue that has it`;
};

/** DynamoDB wants exactly the attributes that keys use. */
const attributes: Check = (_, { attributes: written, hash_key: hash, range_key: range }) => {
  const names = (Array.isArray(written) ? written : []).map((one) => String((one as { name?: unknown }).name));
  const keys = [hash, range].flatMap((key) => (typeof key === 'string' && key !== '' ? [key] : []));
  const missing = keys.find((key) => !names.includes(key));
  if (missing !== undefined) return `must have \`${missing}\`, which is a key of the table`;
  const unused = names.find((name) => !keys.includes(name));
  return unused === undefined ? undefined : `has \`${unused}\`, which no key uses: only those of keys may be listed`;
};

const domainName = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/i;
const domain = form(domainName, 'a domain such as staging.example.com');

/** The first name of a certificate has at most 64 characters. */
const amazonDomain: Form = (value) =>
  domain(value) ??
  (value.length > 64 ? `has ${value.length} characters, and a certificate of ACM takes 64` : undefined);

const instanceOfSql = form(/^db\.[a-z0-9-]+\.[a-z0-9-]+$/, 'an instance class such as db.t3.medium');
const window = form(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, 'two times of day, such as 04:00-05:00');
const cacheVersion = form(/^[3-9](\.(\d+|x)){0,2}$/, 'a version such as 8.0');
const atlasProject = form(/^[0-9a-f]{24}$/, 'the 24 digits of a project of Atlas');
const atlasRegion = form(/^[A-Z][A-Z0-9_]+$/, 'in the words of Atlas, such as EU_CENTRAL_1 or WESTERN_EUROPE');
const nodes = ['k8s-cluster', 'aws-nodegroup', 'gcp-nodepool'];

const limits: readonly Limit[] = [
  { types: ['postgres'], field: 'database_name', on: 'aws', check: rdsName },
  { types: ['mysql'], field: 'db_name', on: 'aws', check: rdsName },
  { types: ['postgres'], field: 'database_name', on: 'gcp', check: (value) => reservedDatabases('gcp', value) },
  { types: ['mysql'], field: 'db_name', on: 'gcp', check: (value) => reservedDatabases('gcp', value) },
  { types: ['postgres', 'mysql', 'aws-documentdb'], field: 'instance_class', on: 'aws', check: instanceOfSql },
  { types: ['postgres'], field: 'instance_tier', on: 'gcp', check: (value) => sqlTierTrouble('postgres', value) },
  { types: ['mysql'], field: 'instance_tier', on: 'gcp', check: (value) => sqlTierTrouble('mysql', value) },
  {
    types: ['redis'],
    field: 'node_type',
    on: 'aws',
    check: form(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, 'a node type such as cache.t4g.small'),
  },
  { types: ['redis'], field: 'snapshot_window', on: 'aws', check: window },
  { types: ['redis'], field: 'redis_version', on: 'aws', check: cacheVersion },
  {
    types: ['redis'],
    field: 'redis_version',
    on: 'gcp',
    check: form(/^(REDIS_(4_0|5_0|6_X|7_0|7_2)|[45](\.0(\.\d+)?)?|6(\.(x|\d+))*|7(\.[02](\.\d+)?)?)$/, '7.2 or older'),
  },
  { types: ['bucket'], field: 'bucket_name', on: 'aws', check: s3Name },
  { types: ['bucket'], field: 'bucket_name', on: 'gcp', check: gcsName },
  ...(['aws', 'gcp'] as const).flatMap((on) => [
    { types: ['mongodb-atlas'], field: 'mongodb_atlas_project_id', on, check: atlasProject },
    { types: ['mongodb-atlas'], field: 'region', on, check: atlasRegion },
  ]),
  { types: ['topic'], field: 'sqs_subscribers', on: 'aws', check: subscribers },
  { types: ['aws-dynamodb'], field: 'attributes', on: 'aws', check: attributes },
  { types: ['dns'], field: 'domain', on: 'aws', check: amazonDomain },
  { types: ['dns'], field: 'domain', on: 'gcp', check: domain },
  { types: nodes, field: 'node_instance_type', on: 'aws', check: amazonMachine },
  { types: nodes, field: 'node_instance_type', on: 'gcp', check: googleMachine },
  { types: nodes, field: 'node_disk_size', on: 'aws', check: amazonDisk },
];

/** Every value of the App that this cloud would refuse, each as an error. */
export function refusedBy(app: App, cloud: Cloud): Diagnostic[] {
  return [...app.modules, ...app.resources].flatMap((one) => ofOne(app, one, cloud));
}

function ofOne(app: App, one: OtherModule | Resource, cloud: Cloud): Diagnostic[] {
  const type = findModuleType('writtenType' in one ? one.writtenType : one.type)?.name ?? '';
  return limits.flatMap(({ types, field, on, check }) => {
    const value = one.settings[field];
    if (on !== cloud || !types.includes(type) || value === undefined || isLate(value)) return [];
    const trouble = check(String(value), one.settings, app);
    if (trouble === undefined) return [];
    const message = `On ${cloud}, \`${field}\` of \`${one.name}\` ${trouble}.`;
    return [{ severity: 'error', code: 'invalid-value', message, place: one.place, hints: [] } as const];
  });
}
