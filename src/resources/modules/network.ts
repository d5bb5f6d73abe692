/** base, dns, external-ssl-cert and local-base: the network around a cluster. */
import { aws, bool, cloud, field, gcp, int, list, nowhere, pattern, text, texts } from '../field.ts';
import { moduleType, onClouds } from '../module-type.ts';

const octet = '(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const cidr = pattern(
  new RegExp(`^${octet}(\\.${octet}){3}/([0-9]|[12]\\d|3[0-2])$`),
  'an address range such as 10.0.0.0/16',
);
const three = { kind: 'list', of: cidr, min: 1, max: 3 } as const;

export const base = moduleType({
  name: 'base',
  concrete: { aws: 'aws-base', google: 'gcp-base', azurerm: 'azure-base' },
  kind: 'other',
  environment: true,
  ownLocally: true,
  unique: true,
  doc: 'The network of an environment: address ranges, subnets in three zones, NAT, keys.',
  fields: {
    total_ipv4_cidr_block: field(cidr, 'Address range of the VPC. Without it the first free /16 is taken.', {
      on: aws,
    }),
    private_ipv4_cidr_blocks: field(three, 'Ranges of the private subnets, one a zone. Without it a plan is made.', {
      on: aws,
    }),
    public_ipv4_cidr_blocks: field(three, 'Ranges of the public subnets, one a zone. Without it a plan is made.', {
      on: aws,
    }),
    vpc_log_retention: int(0, 3653, 'Days that flow logs are kept.', { default: 90, on: aws }),
    vpc_id: field(
      pattern(/^vpc-[0-9a-z]+$/, 'the id of a VPC, such as vpc-0a1b2c3d'),
      'A VPC of your own, together with its subnets.',
      { on: aws },
    ),
    public_subnet_ids: list(
      pattern(/^subnet-[0-9a-z]+$/, 'the id of a subnet, such as subnet-0a1b2c3d'),
      'Its public subnets.',
      { on: aws },
    ),
    private_subnet_ids: list(
      pattern(/^subnet-[0-9a-z]+$/, 'the id of a subnet, such as subnet-0a1b2c3d'),
      'Its private subnets.',
      { on: aws },
    ),
    private_ipv4_cidr_block: field(cidr, 'Address range of the nodes. Without it a free one is taken.', { on: gcp }),
    cluster_ipv4_cidr_block: field(cidr, 'Address range of the pods. Without it a free one is taken.', { on: gcp }),
    services_ipv4_cidr_block: field(cidr, 'Address range of the services. Without it a free one is taken.', {
      on: gcp,
    }),
    k8s_master_ipv4_cidr_block: field(cidr, 'Address range of the control plane. Without it a free one is taken.', {
      on: gcp,
    }),
    subnet_ipv4_cidr_block: field(cidr, 'Address range of the subnet on Azure.', { on: nowhere }),
  },
  outputs: {
    kms_account_key_arn: 'ARN of the key of the account.',
    kms_account_key_id: 'Id of the key of the account.',
    vpc_id: 'Id of the network.',
    vpc_name: 'Name of the network (Azure).',
    vpc_self_link: 'Link of the network (Google).',
    private_subnet_ids: 'Ids of the private subnets.',
    public_subnets_ids: 'Ids of the public subnets.',
    private_subnet_id: 'Id of the private subnet (Google).',
    private_subnet_name: 'Name of the private subnet (Azure).',
    private_subnet_self_link: 'Link of the private subnet (Google).',
    k8s_master_ipv4_cidr_block: 'Address range of the control plane (Google).',
    s3_log_bucket_name: 'Bucket for logs.',
    public_nat_ips: 'Addresses that calls to the outside come from.',
    acr_id: 'Id of the registry (Azure).',
    acr_name: 'Name of the registry (Azure).',
    acr_login_url: 'URL of the registry (Azure).',
  },
  on: onClouds(
    'a VPC with public, private and data subnets, NAT, keys, flow logs',
    'a VPC with ranges for nodes, pods and services, Cloud NAT, keys',
    'nothing: the network of this machine serves',
  ),
});

export const dns = moduleType({
  name: 'dns',
  concrete: { aws: 'aws-dns', google: 'gcp-dns' },
  kind: 'other',
  environment: true,
  ownLocally: true,
  unique: true,
  doc: 'The domain of an environment: its zone, and once it is delegated its certificates.',
  fields: {
    domain: text('The domain, such as staging.example.com.', { required: true }),
    delegated: bool('The parent zone points here; certificates are asked for.', { default: false, on: cloud }),
    upload_cert: bool('The certificate is a file of yours.', { default: false, on: aws }),
    linked_module: text('Name of the module that uses the certificate.', { default: '', on: aws }),
    subdomains: field(texts, 'Further names for the certificate.', { default: [], on: gcp }),
  },
  outputs: {
    zone_id: 'Id of the zone.',
    zone_name: 'Name of the zone (Google).',
    name_servers: 'Name servers that the parent zone must point to.',
    domain: 'The domain.',
    delegated: 'Whether it is delegated (Google).',
    cert_arn: 'ARN of the certificate (AWS).',
    cert_self_link: 'Link of the certificate (Google).',
  },
  on: onClouds(
    'a Route 53 zone, certificates for apex and wildcard, records',
    'a Cloud DNS zone, certificates for apex and wildcard, records',
    'nothing: the domain is `<layer>.localhost`',
  ),
});

export const externalSslCert = moduleType({
  name: 'external-ssl-cert',
  concrete: {},
  kind: 'other',
  environment: true,
  ownLocally: true,
  unique: true,
  doc: 'A certificate that you have already.',
  fields: {
    domain: text('The domain it is for.', { required: true }),
    private_key_file: text('File of its key.', { required: true }),
    certificate_body_file: text('File of the certificate.', { required: true }),
    certificate_chain_file: text('File of the chain.', { required: true }),
  },
  outputs: {
    domain: 'The domain.',
    private_key: 'The key.',
    certificate_body: 'The certificate.',
    certificate_chain: 'The chain.',
  },
  on: onClouds(
    'the certificate of the load balancer',
    'the certificate of the load balancer',
    'nothing: it has a certificate of its own',
  ),
});

export const localBase = moduleType({
  name: 'local-base',
  concrete: { local: 'local-base' },
  kind: 'other',
  environment: true,
  ownLocally: true,
  doc: 'The base of a local environment. It has no fields.',
  fields: {},
  outputs: {
    k8s_cluster_name: 'Name of the local cluster.',
    public_nat_ips: 'Addresses that calls to the outside come from.',
  },
  on: onClouds('not there', 'not there', 'nothing to do: `opta dev up` brings it'),
});
