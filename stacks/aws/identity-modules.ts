/** aws-iam-role, aws-iam-user and aws-iam-policy: identities that the file asks for by name. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { PodIdentityAssociation } from '@pulumi/aws/eks/podIdentityAssociation.js';
import { Policy } from '@pulumi/aws/iam/policy.js';
import { Role } from '@pulumi/aws/iam/role.js';
import { RolePolicyAttachment } from '@pulumi/aws/iam/rolePolicyAttachment.js';
import { User } from '@pulumi/aws/iam/user.js';
import { UserPolicyAttachment } from '@pulumi/aws/iam/userPolicyAttachment.js';
import type { Input } from '@pulumi/pulumi';
import type { Id, OtherModule } from '../../src/app/app.ts';
import { roleName } from '../../src/app/names.ts';
import { from, modulesOf, options, part, tagged } from '../context.ts';
import { type Give, lateTexts } from '../late.ts';
import type { Made, Values } from '../made.ts';
import type { AwsContext } from './context.ts';
import { type Grant, statementsOf } from './grants.ts';
import { policyDocument, type Statement } from './policy-document.ts';
import { attachOwn } from './roles.ts';

/** Policies first, since roles and users name them. */
export async function makeIdentityModules(context: AwsContext): Promise<Made> {
  const files = modulesOf(context, 'aws-iam-policy');
  const texts = await Promise.all(files.map(policyText));
  return part(context, 'identity:Modules', 'identities', (inside) => {
    const made = new Map<Id, Values>();
    const give: Give = (id, output): Input<string> => made.get(id)?.[output] ?? '';
    for (const [index, module] of files.entries()) made.set(module.id, makePolicy(inside, module, texts[index] ?? ''));
    for (const module of modulesOf(inside, 'aws-iam-role')) made.set(module.id, makeRole(inside, module, give));
    for (const module of modulesOf(inside, 'aws-iam-user')) made.set(module.id, makeUser(inside, module, give));
    return Object.fromEntries(made);
  });
}

function policyText({ settings, place }: OtherModule): Promise<string> {
  return readFile(resolve(dirname(place.file), String(settings.file)), 'utf8');
}

function makePolicy(context: AwsContext, { layer, name }: OtherModule, text: string): Values {
  const resource = `policy-${layer}_${name}`;
  const policy = new Policy(
    resource,
    {
      name: roleName(context.environment, layer, name),
      policy: JSON.stringify(JSON.parse(text)),
      tags: tagged(context, resource, { 'opta:written': 'true' }),
    },
    options(context, resource),
  );
  return { policy_arn: policy.arn, policy_id: policy.id, policy_name: policy.name };
}

interface AllowedService {
  readonly service_name: string;
  readonly namespace: string;
}

function makeRole(context: AwsContext, module: OtherModule, give: Give): Values {
  const { layer, name, settings } = module;
  const resource = `role-${layer}_${name}`;
  const people = lateTexts(settings.allowed_iams, give);
  const pods: Statement = {
    Principal: { Service: 'pods.eks.amazonaws.com' },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    Condition: { StringEquals: { 'aws:SourceAccount': context.account } },
  };
  const allowed: Statement[] = people.length === 0 ? [] : [{ Principal: { AWS: people }, Action: 'sts:AssumeRole' }];
  const role = new Role(
    resource,
    {
      name: roleName(context.environment, layer, name),
      assumeRolePolicy: policyDocument(pods, ...allowed),
      tags: tagged(context, resource),
    },
    options(context, resource),
  );
  const statements = statementsOf(context, (settings.links as readonly Grant[] | undefined) ?? []);
  if (statements.length > 0) attachOwn(context, resource, role, statements);
  for (const [index, policyArn] of lateTexts(settings.extra_iam_policies, give).entries()) {
    const attachment = `${resource}-extra-${index}`;
    new RolePolicyAttachment(attachment, { role: role.name, policyArn }, options(context, attachment));
  }
  associate(context, resource, role, (settings.allowed_k8s_services as readonly AllowedService[] | undefined) ?? []);
  return { role_arn: role.arn };
}

/** Pod Identity knows no wildcards: `*` is every service of the environment that it fits. */
function associate(context: AwsContext, resource: string, role: Role, allowed: readonly AllowedService[]): void {
  const fits = (pattern: string, text: string) => pattern === '*' || pattern === text;
  const known = context.input.app.services.map(({ layer, name }) => ({ namespace: layer, service_name: name }));
  const pairs = allowed.flatMap(({ namespace, service_name }) =>
    namespace === '*' || service_name === '*'
      ? known.filter((one) => fits(namespace, one.namespace) && fits(service_name, one.service_name))
      : [{ namespace, service_name }],
  );
  const once = new Map(pairs.map((pair) => [`${pair.namespace}_${pair.service_name}`, pair]));
  for (const [key, { namespace, service_name }] of once) {
    const association = `${resource}-pods-${key}`;
    new PodIdentityAssociation(
      association,
      {
        clusterName: from(context, 'cluster', 'clusterName'),
        namespace,
        serviceAccount: service_name,
        roleArn: role.arn,
        tags: tagged(context, association),
      },
      options(context, association),
    );
  }
}

function makeUser(context: AwsContext, { layer, name, settings }: OtherModule, give: Give): Values {
  const resource = `user-${layer}_${name}`;
  const title = roleName(context.environment, layer, name);
  const user = new User(resource, { name: title, tags: tagged(context, resource) }, options(context, resource));
  const statements = statementsOf(context, (settings.links as readonly Grant[] | undefined) ?? []);
  const policies = lateTexts(settings.extra_iam_policies, give).map((policyArn): Input<string> => policyArn);
  if (statements.length > 0) {
    const policy = new Policy(
      `${resource}-policy`,
      { name: title, policy: policyDocument(...statements), tags: tagged(context, `${resource}-policy`) },
      options(context, `${resource}-policy`),
    );
    policies.unshift(policy.arn);
  }
  for (const [index, policyArn] of policies.entries()) {
    const attachment = `${resource}-attachment-${index}`;
    new UserPolicyAttachment(attachment, { user: user.name, policyArn }, options(context, attachment));
  }
  return { user_arn: user.arn };
}
