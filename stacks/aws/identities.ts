/** Stack `identities` on AWS: a role a service from its links, the controllers' roles, and what the file asks for. */
import { PodIdentityAssociation } from '@pulumi/aws/eks/podIdentityAssociation.js';
import { Role } from '@pulumi/aws/iam/role.js';
import { RolePolicyAttachment } from '@pulumi/aws/iam/rolePolicyAttachment.js';
import type { Input, Output } from '@pulumi/pulumi';
import type { Id, Service } from '../../src/app/app.ts';
import { roleName } from '../../src/app/names.ts';
import type { StackInput } from '../../src/app/stacks.ts';
import { from, modulesOf, options, part, tagged } from '../context.ts';
import { lateTexts } from '../late.ts';
import type { Gives } from '../made.ts';
import { type AwsContext, awsContext } from './context.ts';
import { makeControllers } from './controllers.ts';
import { statementsOf } from './grants.ts';
import type { Statement } from './policy-document.ts';
import { attachOwn, podTrust } from './roles.ts';

/** Loaded only where the file has such modules. */
export async function identities(input: StackInput): Promise<Gives<'aws', 'identities'>> {
  const context = awsContext(input);
  const asked = ['aws-iam-role', 'aws-iam-user', 'aws-iam-policy'].some(
    (type) => modulesOf({ input }, type).length > 0,
  );
  const modules = asked ? await import('./identity-modules.ts') : undefined;
  const controllers = makeControllers(context);
  const made = (await modules?.makeIdentityModules(context)) ?? {};
  const roles = makeServiceRoles(context, (id, output) => made[id]?.[output] ?? '');
  return { roles, controllers, modules: made };
}

/** ARNs by id of the service. A service that uses nothing of the cloud has no role, and so no way in. */
function makeServiceRoles(
  context: AwsContext,
  give: (id: Id, output: string) => Input<string>,
): Record<Id, Output<string>> {
  return part(context, 'identity:Services', 'services', (inside) => {
    const made = inside.input.app.services.flatMap((service): [Id, Output<string>][] => {
      const statements = statementsOf(inside, service.links);
      const policies = [service.settings.additional_iam_policies ?? []].flat();
      if (statements.length + policies.length === 0) return [];
      const role = serviceRole(inside, service, statements);
      for (const [index, policyArn] of lateTexts(policies, give).entries()) {
        const name = `role-${service.layer}_${service.name}-policy-${index}`;
        new RolePolicyAttachment(name, { role: role.name, policyArn }, options(inside, name));
      }
      return [[service.id, role.arn]];
    });
    return Object.fromEntries(made);
  });
}

function serviceRole(context: AwsContext, { layer, name }: Service, statements: Statement[]): Role {
  const resource = `role-${layer}_${name}`;
  const role = new Role(
    resource,
    {
      name: roleName(context.environment, layer, name),
      assumeRolePolicy: podTrust(context),
      tags: tagged(context, resource),
    },
    options(context, resource),
  );
  if (statements.length > 0) attachOwn(context, resource, role, statements);
  const association = `${resource}-pods`;
  new PodIdentityAssociation(
    association,
    {
      clusterName: from(context, 'cluster', 'clusterName'),
      namespace: layer,
      // The account of a service bears its name.
      serviceAccount: name,
      roleArn: role.arn,
      tags: tagged(context, association),
    },
    options(context, association),
  );
  return role;
}
