/** Our keys, one a purpose, each with a policy that lets in who must use it. */
import { ServiceLinkedRole } from '@pulumi/aws/iam/serviceLinkedRole.js';
import { Alias } from '@pulumi/aws/kms/alias.js';
import { Key } from '@pulumi/aws/kms/key.js';
import type { Output, Resource } from '@pulumi/pulumi';
import { clusterName } from '../../src/app/names.ts';
import { options, part, tagged } from '../context.ts';
import { type AwsContext, arn } from './context.ts';
import { policyDocument, type Statement } from './policy-document.ts';

const purposes = ['eks', 'data', 'logs', 'volumes'] as const;
type Purpose = (typeof purposes)[number];

export type Keys = Readonly<Record<Purpose, Output<string>>>;

const use = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncryptFrom', 'kms:ReEncryptTo', 'kms:DescribeKey'] as const;
const cipher = [...use, 'kms:GenerateDataKey', 'kms:GenerateDataKeyWithoutPlaintext'] as const;

/** The keys' ARNs. The state's key is older than any stack, so it is none of them. */
export function makeKeys(context: AwsContext): Keys {
  return part(context, 'keys:Keys', 'keys', (inside) => {
    const scaling = new ServiceLinkedRole(
      'autoscaling-role',
      { awsServiceName: 'autoscaling.amazonaws.com' },
      {
        ...options(inside, 'autoscaling-role', { keep: true }),
        // It is the account's: who made it says what it is called, AWS itself or another environment.
        ignoreChanges: ['description', 'tags', 'tagsAll'],
      },
    );
    const made = purposes.map((purpose) => [purpose, makeKey(inside, purpose, scaling)] as const);
    return Object.fromEntries(made) as Keys;
  });
}

function makeKey(context: AwsContext, purpose: Purpose, scaling: Resource): Output<string> {
  const name = `key-${purpose}`;
  const title = `opta-${context.environment}-${purpose}`;
  const key = new Key(
    name,
    {
      description: title,
      enableKeyRotation: true,
      deletionWindowInDays: 30,
      policy: policyDocument(ofAccount(context), ...users[purpose](context)),
      tags: tagged(context, name, { Name: title }),
    },
    {
      // What was encrypted and kept must stay readable.
      ...options(context, name, { keep: purpose === 'data' && context.production }),
      ...(purpose === 'volumes' ? { dependsOn: [scaling] } : {}),
    },
  );
  const alias = `key-alias-${purpose}`;
  new Alias(alias, { name: `alias/${title}`, targetKeyId: key.id }, options(context, alias));
  return key.arn;
}

/** Without this nobody could ever change the policy again; IAM decides who of the account may. */
function ofAccount(context: AwsContext): Statement {
  return {
    Sid: 'Account',
    Principal: { AWS: arn(context, 'iam', 'root') },
    Action: 'kms:*',
    Resource: '*',
  };
}

const users: Readonly<Record<Purpose, (context: AwsContext) => Statement[]>> = {
  eks: (context) => [throughServices(context, ['eks'])],
  data: (context) => [
    throughServices(context, ['rds', 'elasticache', 's3', 'sqs', 'sns', 'dynamodb', 'secretsmanager', 'ecr']),
    {
      Sid: 'Delivery',
      Principal: { Service: ['sns.amazonaws.com', 's3.amazonaws.com'] },
      Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceAccount': context.account } },
    },
  ],
  logs: (context) => [
    {
      Sid: 'Logs',
      Principal: { Service: `logs.${context.region}.amazonaws.com` },
      Action: cipher,
      Resource: '*',
      Condition: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': logGroups(context) } },
    },
  ],
  volumes: (context) => [
    { Sid: 'Nodes', Principal: { AWS: autoscalingRole(context) }, Action: cipher, Resource: '*' },
    {
      Sid: 'NodeGrants',
      Principal: { AWS: autoscalingRole(context) },
      Action: 'kms:CreateGrant',
      Resource: '*',
      Condition: { Bool: { 'kms:GrantIsForAWSResource': 'true' } },
    },
    throughServices(context, ['ec2']),
  ],
};

/** The role by which node groups start machines: without it they fail with Client.InvalidKMSKey.InvalidState. */
function autoscalingRole(context: AwsContext): string {
  return arn(context, 'iam', 'role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling');
}

function logGroups(context: AwsContext): string[] {
  const groups = [`/opta/${context.environment}/*`, `/aws/eks/${clusterName(context.environment)}/*`];
  return groups.map((group) => arn(context, 'logs', `log-group:${group}`));
}

/** Whoever of the account may use a service may use the key through that service, and no other way. */
function throughServices(context: AwsContext, services: readonly string[]): Statement {
  return {
    Sid: 'ThroughServices',
    Principal: { AWS: arn(context, 'iam', 'root') },
    Action: [...cipher, 'kms:CreateGrant', 'kms:ListGrants'],
    Resource: '*',
    Condition: {
      StringEquals: {
        'kms:CallerAccount': context.account,
        'kms:ViaService': services.map((service) => `${service}.${context.region}.amazonaws.com`),
      },
    },
  };
}
