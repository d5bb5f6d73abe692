/** Roles of services of AWS: who may take them, and which policies of AWS they carry. */
import { Policy } from '@pulumi/aws/iam/policy.js';
import { Role } from '@pulumi/aws/iam/role.js';
import { RolePolicy } from '@pulumi/aws/iam/rolePolicy.js';
import { RolePolicyAttachment } from '@pulumi/aws/iam/rolePolicyAttachment.js';
import type { Output, Resource } from '@pulumi/pulumi';
import { environmentName } from '../../src/app/names.ts';
import { options, tagged } from '../context.ts';
import type { AwsContext } from './context.ts';
import { policyDocument, type Statement, trustOf } from './policy-document.ts';

export interface ServiceRole {
  readonly arn: Output<string>;
  readonly name: Output<string>;
  /** There once the role can do what it is for. */
  readonly ready: readonly Resource[];
}

/** `policies` are names of policies of AWS, `statements` what is needed beside. */
export function makeServiceRole(
  context: AwsContext,
  name: string,
  service: string,
  policies: readonly string[],
  statements: readonly Statement[] = [],
): ServiceRole {
  const resource = `role-${name}`;
  const pods = service === 'pods.eks.amazonaws.com';
  const role = new Role(
    resource,
    {
      name: environmentName(context.environment, name, 64),
      assumeRolePolicy: pods ? podTrust(context) : trustOf(service, context.account),
      tags: tagged(context, resource),
    },
    options(context, resource),
  );
  const ready: Resource[] = [role];
  for (const policy of policies) {
    const attachment = `${resource}-${policy}`;
    const path = policy === 'AmazonEBSCSIDriverPolicy' ? `service-role/${policy}` : policy;
    ready.push(
      new RolePolicyAttachment(
        attachment,
        { role: role.name, policyArn: `arn:${context.partition}:iam::aws:policy/${path}` },
        options(context, attachment),
      ),
    );
  }
  if (statements.length > 0) {
    const own = `${resource}-policy`;
    ready.push(
      new RolePolicy(
        own,
        { name: 'own', role: role.name, policy: policyDocument(...statements) },
        options(context, own),
      ),
    );
  }
  return { arn: role.arn, name: role.name, ready };
}

/** Pods of this account's clusters; which of them is said by the associations. */
export function podTrust({ account }: AwsContext): Output<string> {
  return policyDocument({
    Principal: { Service: 'pods.eks.amazonaws.com' },
    Action: ['sts:AssumeRole', 'sts:TagSession'],
    Condition: { StringEquals: { 'aws:SourceAccount': account } },
  });
}

/** A policy with these statements, of the same name as the role. */
export function attachOwn(context: AwsContext, resource: string, role: Role, statements: Statement[]): void {
  const policy = new Policy(
    `${resource}-policy`,
    { name: role.name, policy: policyDocument(...statements), tags: tagged(context, `${resource}-policy`) },
    options(context, `${resource}-policy`),
  );
  new RolePolicyAttachment(
    `${resource}-attachment`,
    { role: role.name, policyArn: policy.arn },
    options(context, `${resource}-attachment`),
  );
}
