/** The simulated AWS: roles and users, keys, logs, secrets, images. */
import { arn, input } from './aws-forms.ts';
import { type Kind, named, text } from './kind.ts';

const role = 'aws:iam/role:Role';

export const awsIdentityKinds: Readonly<Record<string, Kind>> = {
  [role]: {
    id: named,
    outputs: (birth) => ({
      name: birth.id,
      arn: arn(birth, 'iam', `role/${birth.id}`, true),
      uniqueId: `AROA${birth.digits(16)}`,
    }),
    unique: ['name'],
  },
  'aws:iam/rolePolicy:RolePolicy': {
    id: (birth) => `${text(birth.inputs['role'])}:${named(birth)}`,
    refers: { role: [role] },
    unique: ['role', 'name'],
  },
  'aws:iam/user:User': {
    id: named,
    outputs: (birth) => ({
      name: birth.id,
      arn: arn(birth, 'iam', `user/${birth.id}`, true),
      uniqueId: `AIDA${birth.digits(16)}`,
    }),
    unique: ['name'],
  },
  'aws:iam/userPolicyAttachment:UserPolicyAttachment': {
    id: (birth) => `${text(birth.inputs['user'])}-${birth.digits(20)}`,
    refers: { user: ['aws:iam/user:User'] },
    unique: ['user', 'policyArn'],
    fixed: ['user'],
  },
  'aws:iam/policy:Policy': {
    id: (birth) => arn(birth, 'iam', `policy/${named(birth)}`, true),
    outputs: (birth) => ({ arn: birth.id, name: named(birth) }),
    unique: ['name'],
  },
  'aws:iam/rolePolicyAttachment:RolePolicyAttachment': {
    id: (birth) => `${text(birth.inputs['role'])}/${text(birth.inputs['policyArn'])}`,
    refers: { role: [role] },
    unique: ['role', 'policyArn'],
  },
  'aws:iam/instanceProfile:InstanceProfile': { id: named, refers: { role: [role] }, unique: ['name'] },
  'aws:iam/serviceLinkedRole:ServiceLinkedRole': {
    id: (birth) => arn(birth, 'iam', `role/aws-service-role/${text(birth.inputs['awsServiceName'])}`, true),
    outputs: (birth) => ({
      arn: birth.id,
      description: `Default Service-Linked Role for ${text(birth.inputs['awsServiceName'])}`,
    }),
    unique: ['awsServiceName'],
    ofTheCloud: ['description'],
  },
  'aws:kms/key:Key': {
    id: ({ digits }) =>
      `${digits(8)}-${digits(12).slice(8)}-4${digits(15).slice(12)}-8${digits(18).slice(15)}-${digits(30).slice(18)}`,
    outputs: (birth) => ({ keyId: birth.id, arn: arn(birth, 'kms', `key/${birth.id}`) }),
  },
  'aws:kms/alias:Alias': {
    id: named,
    outputs: (birth) => ({ arn: arn(birth, 'kms', birth.id), targetKeyArn: null }),
    refers: { targetKeyId: ['aws:kms/key:Key'] },
    unique: ['name'],
  },
  'aws:cloudwatch/logGroup:LogGroup': {
    id: named,
    outputs: (birth) => ({ arn: arn(birth, 'logs', `log-group:${birth.id}`) }),
    unique: ['name'],
  },
  'aws:secretsmanager/secret:Secret': {
    id: (birth) => arn(birth, 'secretsmanager', `secret:${named(birth)}-${birth.digits(6)}`),
    outputs: (birth) => ({ arn: birth.id, name: named(birth) }),
    unique: ['name'],
  },
  'aws:secretsmanager/secretVersion:SecretVersion': {
    id: ({ inputs, digits }) => `${text(inputs['secretId'])}|${digits(32)}`,
    outputs: ({ inputs, digits }) => ({ arn: inputs['secretId'], versionId: digits(32) }),
    refers: { secretId: ['aws:secretsmanager/secret:Secret'] },
    identity: ['secretId'],
    fixed: ['secretString'],
  },
  'aws:ecr/repository:Repository': {
    id: named,
    outputs: (birth) => ({
      arn: arn(birth, 'ecr', `repository/${birth.id}`),
      registryId: birth.setting.account,
      repositoryUrl: `${birth.setting.account}.dkr.ecr.${birth.setting.region}.amazonaws.com/${birth.id}`,
    }),
    unique: ['name'],
  },
  'aws:ecr/repositoryPolicy:RepositoryPolicy': {
    id: input('repository'),
    refers: { repository: ['aws:ecr/repository:Repository'] },
    unique: ['repository'],
  },
  'aws:ecr/lifecyclePolicy:LifecyclePolicy': {
    id: input('repository'),
    refers: { repository: ['aws:ecr/repository:Repository'] },
    unique: ['repository'],
  },
};
