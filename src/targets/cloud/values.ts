/** Outputs of stacks under the names of the language: what `${{module.db.db_host}}` and linked variables stand for. */
import type { App, Id, OtherModule, Resource } from '../../app/app.ts';
import { secretName } from '../../app/stack-secrets.ts';
import type { StackName, StackOutputs } from '../../app/stacks.ts';
import { valuesByPath } from '../../app/upstream.ts';
import { findModuleType } from '../../resources/index.ts';

export interface CloudValue {
  readonly value: string;
  readonly secret: boolean;
}

export interface CloudValuesInput {
  readonly app: App;
  readonly outputs: Readonly<Partial<Record<StackName, StackOutputs>>>;
  /** Secrets by the names of `secretsOf`; on Google also the tokens of caches, read from `secret_id`. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Path of the authority's file inside containers, for URLs that verify the server. */
  readonly authorityFile: (resource: Resource) => string;
}

const shown = (value: string): CloudValue => ({ value, secret: false });
const hidden = (value: string): CloudValue => ({ value, secret: true });

/** The value of an output of a resource or a module; undefined when nothing gives it. */
export function cloudValue(input: CloudValuesInput, id: Id, output: string): CloudValue | undefined {
  const resource = input.app.resources.find((one) => one.id === id);
  if (resource !== undefined) return resourceValue(input, resource, output);
  const module = input.app.modules.find((one) => one.id === id);
  if (module === undefined) return undefined;
  const value = moduleValue(input, module, output);
  return value === undefined ? undefined : shown(value);
}

function resourceValue(input: CloudValuesInput, resource: Resource, output: string): CloudValue | undefined {
  const given = input.outputs.data?.resources as Readonly<Record<Id, Readonly<Record<string, string>>>> | undefined;
  const values = given?.[resource.id] ?? {};
  const secret = (purpose: 'password' | 'token') => input.secrets[secretName(resource.id, purpose)];
  const password = secret('password');
  const token = secret('token');
  if (output === 'db_password') return password === undefined ? undefined : hidden(password);
  if (output === 'cache_auth_token') return token === undefined ? undefined : hidden(token);
  if (output === 'db_url') return password === undefined ? undefined : databaseUrl(input, resource, values, password);
  if (output === 'cache_url' && token !== undefined) {
    return hidden(`rediss://default:${encodeURIComponent(token)}@${values.cache_host}:${values.cache_port}`);
  }
  const value = values[output];
  return value === undefined ? undefined : shown(value);
}

function databaseUrl(
  { authorityFile }: CloudValuesInput,
  resource: Resource,
  { db_user, db_host, db_port, db_name }: Readonly<Record<string, string>>,
  password: string,
): CloudValue {
  const login = `${encodeURIComponent(db_user ?? '')}:${encodeURIComponent(password)}@${db_host}:${db_port}`;
  const database = encodeURIComponent(db_name ?? '');
  if (resource.type === 'mysql') return hidden(`mysql://${login}/${database}`);
  const file = encodeURIComponent(authorityFile(resource));
  return hidden(`postgres://${login}/${database}?sslmode=verify-full&sslrootcert=${file}`);
}

/** Stack and path of each output of the modules of the network and the cluster; lists are joined by commas. */
const places: Readonly<Record<string, Readonly<Record<string, readonly [StackName, string]>>>> = {
  base: {
    kms_account_key_arn: ['network', 'keyData'],
    kms_account_key_id: ['network', 'keyData'],
    vpc_id: ['network', 'vpcId'],
    vpc_self_link: ['network', 'vpcSelfLink'],
    private_subnet_ids: ['network', 'privateSubnetIds'],
    public_subnets_ids: ['network', 'publicSubnetIds'],
    private_subnet_id: ['network', 'subnetId'],
    private_subnet_self_link: ['network', 'subnetSelfLink'],
    k8s_master_ipv4_cidr_block: ['network', 'controlPlaneRange'],
    s3_log_bucket_name: ['network', 'logBucket'],
    public_nat_ips: ['network', 'natAddresses'],
  },
  'k8s-cluster': {
    k8s_endpoint: ['cluster', 'endpoint'],
    k8s_ca_data: ['cluster', 'ca'],
    k8s_cluster_name: ['cluster', 'clusterName'],
    k8s_openid_provider_url: ['cluster', 'issuer'],
    k8s_node_group_security_id: ['network', 'nodeGroupId'],
    k8s_version: ['cluster', 'version'],
  },
  'k8s-base': {
    load_balancer_raw_dns: ['edge', 'loadBalancerDns'],
    load_balancer_raw_ip: ['edge', 'loadBalancerIp'],
    load_balancer_arn: ['edge', 'loadBalancerArn'],
  },
  dns: {
    zone_id: ['network', 'zoneId'],
    zone_name: ['network', 'zoneId'],
    name_servers: ['network', 'nameServers'],
    domain: ['network', 'domain'],
    cert_arn: ['edge', 'certificateArn'],
    cert_self_link: ['edge', 'certificateId'],
  },
};

function moduleValue({ outputs }: CloudValuesInput, module: OtherModule, output: string): string | undefined {
  const type = findModuleType(module.type)?.name ?? module.type;
  const [stack, path] = places[type]?.[output] ?? (['identities', `modules.${module.id}.${output}`] as const);
  const values = valuesByPath(outputs[stack] ?? {});
  const one = values.get(path);
  if (one !== undefined) return one;
  const list = [...values].filter(([key]) => key.startsWith(`${path}.`)).map(([, value]) => value);
  return list.length === 0 ? undefined : list.join(',');
}
