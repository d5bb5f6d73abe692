/** Stack `identities` on Google Cloud: a service account a service from its links, and those that the file asks for. */
import { IAMMember as ProjectMember } from '@pulumi/gcp/projects/iammember.js';
import { Account } from '@pulumi/gcp/serviceaccount/account.js';
import { IAMMember as AccountMember } from '@pulumi/gcp/serviceaccount/iammember.js';
import { type Input, interpolate, type Output } from '@pulumi/pulumi';
import type { Id, OtherModule, Service } from '../../src/app/app.ts';
import { hashOf, serviceAccountName } from '../../src/app/names.ts';
import type { StackInput } from '../../src/app/stacks.ts';
import { modulesOf, options, part } from '../context.ts';
import type { Gives, Made, Values } from '../made.ts';
import { text, texts } from '../settings.ts';
import { type GcpContext, gcpContext } from './context.ts';
import { type Grant, grant, needsIdentity } from './grants.ts';

export async function identities(input: StackInput): Promise<Gives<'gcp', 'identities'>> {
  const context = gcpContext(input);
  return { roles: makeServiceAccounts(context), modules: makeModules(context) };
}

/** Addresses by id of the service. A service that uses nothing of the cloud has no account, and so no way in. */
function makeServiceAccounts(context: GcpContext): Record<Id, Output<string>> {
  return part(context, 'identity:Services', 'services', (inside) => {
    const made = inside.input.app.services.flatMap((service): [Id, Output<string>][] => {
      const roles = texts(service.settings, 'additional_iam_roles') ?? [];
      if (!needsIdentity(inside, service.links) && roles.length === 0) return [];
      return [[service.id, serviceAccount(inside, service, roles)]];
    });
    return Object.fromEntries(made);
  });
}

function serviceAccount(context: GcpContext, { layer, name, links }: Service, roles: readonly string[]) {
  const owner = `${layer}_${name}`;
  const account = makeAccount(context, owner, serviceAccountName(context.environment, layer, name));
  const member = interpolate`serviceAccount:${account.email}`;
  // The account of a service in the cluster bears its name.
  allow(context, owner, account, [{ namespace: layer, service_account_name: name }]);
  grant(context, owner, member, links);
  grantProject(context, owner, member, roles);
  return account.email;
}

function makeAccount(context: GcpContext, owner: string, accountId: string): Account {
  const resource = `account-${owner}`;
  return new Account(
    resource,
    { accountId, displayName: `${owner} of ${context.environment}` },
    options(context, resource),
  );
}

interface AllowedAccount {
  readonly service_account_name: string;
  readonly namespace: string;
}

/** Workload Identity: these accounts of the cluster may act as the account. `*` is every service that it fits. */
function allow(context: GcpContext, owner: string, account: Account, allowed: readonly AllowedAccount[]): void {
  const fits = (pattern: string, one: string) => pattern === '*' || pattern === one;
  const known = context.input.app.services.map(({ layer, name }) => ({ namespace: layer, service_account_name: name }));
  const pairs = allowed.flatMap((one) =>
    one.namespace === '*' || one.service_account_name === '*'
      ? known.filter(
          (other) => fits(one.namespace, other.namespace) && fits(one.service_account_name, other.service_account_name),
        )
      : [one],
  );
  for (const key of new Set(pairs.map((pair) => `${pair.namespace}/${pair.service_account_name}`))) {
    const name = `account-${owner}-pods-${key.replace('/', '_')}`;
    new AccountMember(
      name,
      {
        serviceAccountId: account.name,
        role: 'roles/iam.workloadIdentityUser',
        member: `serviceAccount:${context.project}.svc.id.goog[${key}]`,
      },
      options(context, name),
    );
  }
}

function grantProject(context: GcpContext, owner: string, member: Input<string>, roles: readonly string[]): void {
  for (const role of roles) {
    const name = `account-${owner}-role-${hashOf(role)}`;
    new ProjectMember(name, { project: context.project, role, member }, options(context, name));
  }
}

function makeModules(context: GcpContext): Made {
  const modules = modulesOf(context, 'gcp-service-account');
  if (modules.length === 0) return {};
  return part(context, 'identity:Modules', 'identities', (inside) =>
    Object.fromEntries(modules.map((module) => [module.id, moduleAccount(inside, module)])),
  );
}

function moduleAccount(context: GcpContext, { layer, name, settings }: OtherModule): Values {
  const owner = `${layer}_${name}`;
  const given = text(settings, 'explicit_name') ?? serviceAccountName(context.environment, layer, name);
  const account = makeAccount(context, owner, given);
  const member = interpolate`serviceAccount:${account.email}`;
  allow(context, owner, account, (settings.allowed_k8s_services as readonly AllowedAccount[] | undefined) ?? []);
  grant(context, owner, member, (settings.links as readonly Grant[] | undefined) ?? []);
  grantProject(context, owner, member, texts(settings, 'additional_iam_roles') ?? []);
  return { service_account_id: account.id, service_account_email: account.email };
}
