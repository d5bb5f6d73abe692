/** Rule: nobody may more than they must. `*` stands only where the allow-list below says why. */
import { at, type Checked, type Rule, type Violation, violation } from './rule.ts';
import { listOf, type PolicyStatement, principalsOf, statementsOf } from './statements.ts';

/** Where documents stand, by type. */
const documents: Readonly<Record<string, string>> = {
  'aws:iam/policy:Policy': 'policy',
  'aws:iam/rolePolicy:RolePolicy': 'policy',
  'aws:iam/role:Role': 'assumeRolePolicy',
  'aws:kms/key:Key': 'policy',
  'aws:s3/bucketPolicy:BucketPolicy': 'policy',
  'aws:sqs/queuePolicy:QueuePolicy': 'policy',
  'aws:sns/topicPolicy:TopicPolicy': 'policy',
  'aws:ecr/repositoryPolicy:RepositoryPolicy': 'policy',
};

interface Allowed {
  readonly type: RegExp;
  readonly action: RegExp;
  readonly principal?: RegExp;
  /** Why it may stand. */
  readonly reason: string;
}

const allowedActions: readonly Allowed[] = [
  {
    type: /^aws:kms\/key:/,
    action: /^kms:\*$/,
    principal: /:iam::\d{12}:root$/,
    reason: 'Without the account in it, nobody could change the policy of a key any more; IAM decides who may.',
  },
  { type: /./, action: /^ec2:Describe\*$/, reason: 'Describing knows no resources, and tells nothing secret.' },
];

/** Actions that IAM cannot bind to a resource: they stand with `*` and only read. */
const readsEverything = /^[a-z0-9-]+:(Describe|List|Get)\w+$/;

/** Policies that AWS keeps, each for the one thing that it is made for. */
const allowedManaged: Readonly<Record<string, string>> = {
  AmazonEKSClusterPolicy: 'The control plane of EKS cannot work with less.',
  AmazonEKSWorkerNodePolicy: 'Nodes join the cluster with it.',
  AmazonEC2ContainerRegistryPullOnly: 'Nodes pull images with it.',
  AmazonEKS_CNI_Policy: 'The add-on vpc-cni gives addresses to pods with it.',
  'service-role/AmazonEBSCSIDriverPolicy': 'The add-on for volumes; it is limited by tags.',
};

const wideRoles = /^roles\/(owner|editor|viewer)$|\.(admin|Admin)$|Admin$/;

/** Roles that a file asks for by name are its own decision; the accounts of nodes and services are ours. */
const rolesOfFile = /^account-.+-role-/;

export const leastPrivilege: Rule = {
  name: 'least-privilege',
  check: (resources) => resources.flatMap((resource) => [...inDocuments(resource), ...inRoles(resource)]),
};

function inDocuments(resource: Checked): Violation[] {
  const path = documents[resource.type];
  if (path === undefined || at(resource, 'tags.opta:written') === 'true') return [];
  return statementsOf(at(resource, path)).flatMap((statement) => {
    const message = complaint(resource, statement);
    return message === undefined ? [] : [violation('least-privilege', resource, message)];
  });
}

function complaint({ type }: Checked, statement: PolicyStatement): string | undefined {
  if (statement.Effect !== 'Allow') return undefined;
  if (statement.NotAction !== undefined) return 'allows everything but something';
  const actions = listOf(statement.Action);
  const wide = actions.find((action) => action.includes('*') && !isAllowed(type, action, statement));
  if (wide !== undefined) return `allows ${wide}`;
  if (principalsOf(statement).includes('*')) return 'lets in everybody';
  // In the policy of a key the resource is the key itself.
  if (type === 'aws:kms/key:Key' || !listOf(statement.Resource).includes('*')) return undefined;
  const changing = actions.find((action) => !readsEverything.test(action));
  return changing === undefined ? undefined : `allows ${changing} on everything`;
}

function isAllowed(type: string, action: string, statement: PolicyStatement): boolean {
  return allowedActions.some(
    (allowed) =>
      allowed.type.test(type) &&
      allowed.action.test(action) &&
      (allowed.principal === undefined ||
        principalsOf(statement).every((principal) => allowed.principal?.test(principal) === true)),
  );
}

function inRoles(resource: Checked): Violation[] {
  const { type, name } = resource;
  if (/Attachment:\w+PolicyAttachment$/.test(type)) {
    const policy = /:iam::aws:policy\/(.+)$/.exec(String(at(resource, 'policyArn')))?.[1];
    // What a file names is its own decision, and so is not an attachment of ours.
    const ours = !/-(extra|policy|attachment)-\d+$/.test(name);
    const wide = policy !== undefined && ours && allowedManaged[policy] === undefined;
    return wide ? [violation('least-privilege', resource, `carries ${policy}`)] : [];
  }
  if (!/^gcp:.*(iAMMember:IAMMember|IAMMember|IamMember)$/.test(type) || rolesOfFile.test(name)) return [];
  const role = String(at(resource, 'role'));
  return wideRoles.test(role) ? [violation('least-privilege', resource, `gives ${role}`)] : [];
}
