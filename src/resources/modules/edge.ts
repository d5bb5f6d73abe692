/** Other AWS modules: aws-ses, cloudfront-distribution, lambda-function, global-accelerator, aws-vpn. */
import { bool, field, text, texts, types } from '../field.ts';
import { moduleType, onClouds, onlyInCloud } from '../module-type.ts';

const on = (local: string = onlyInCloud) => onClouds('nothing yet', 'not there', local);

export const awsSes = moduleType({
  name: 'aws-ses',
  concrete: { aws: 'aws-ses' },
  kind: 'other',
  environment: true,
  doc: 'Sending mail from the domain of the environment.',
  fields: { mail_from_prefix: text('Subdomain that mail comes from.', { default: 'mail' }) },
  outputs: {},
  on: on('nothing: no mail is sent'),
});

const methods = { default: ['GET', 'HEAD', 'OPTIONS'] };

export const cloudfrontDistribution = moduleType({
  name: 'cloudfront-distribution',
  concrete: { aws: 'cloudfront-distribution' },
  kind: 'other',
  doc: 'A CloudFront distribution before a bucket or the load balancer.',
  fields: {
    bucket_name: text('Bucket to serve, when it is not linked.', { default: '' }),
    origin_access_identity_path: text('Identity that may read it.', { default: '' }),
    default_page_file: text('Page for /.', { default: 'index.html' }),
    status_404_page_file: text('Page for 404.'),
    status_500_page_file: text('Page for 500.'),
    price_class: text('Where it is served from.', { default: 'PriceClass_200' }),
    acm_cert_arn: text('Certificate for the domains.', { default: '' }),
    domains: field(texts, 'Domains it answers to.', { default: [] }),
    links: field(texts, 'The bucket, or k8s-base.', { default: [] }),
    allowed_methods: field(texts, 'Methods that are let through.', methods),
    cached_methods: field(texts, 'Methods whose answers are kept.', methods),
    zone_id: text('Zone for the records.', { default: '' }),
    extra_headers: field(texts, 'Headers that are passed on.', { default: [] }),
    web_acl_id: text('Web ACL.'),
  },
  outputs: { cloudfront_domain: 'Its host name.' },
  on: on(),
});

export const lambdaFunction = moduleType({
  name: 'lambda-function',
  concrete: { aws: 'lambda-function' },
  kind: 'other',
  doc: 'A function on AWS Lambda.',
  fields: {
    filename: text('Zip file of the code.', { required: true }),
    runtime: text('Runtime, such as nodejs22.x.', { required: true }),
    handler: text('What is called.', { default: 'index.handler' }),
    expose_via_domain: bool('Reachable over the domain of the environment.', { default: false }),
    env_vars: field({ kind: 'map', of: types.text }, 'Environment variables.', { default: {} }),
    extra_iam_policies: field(texts, 'ARNs of further policies.', { default: [] }),
  },
  outputs: {
    function_name: 'Its name.',
    function_arn: 'Its ARN.',
    cloudwatch_log_group_name: 'Its log group.',
    cloudwatch_log_group_url: 'URL of its log group.',
    lambda_trigger_uri: 'URL that calls it.',
  },
  on: on('nothing: the function does not run; its outputs are stand-ins'),
});

export const globalAccelerator = moduleType({
  name: 'global-accelerator',
  concrete: { aws: 'global-accelerator' },
  kind: 'other',
  environment: true,
  unique: true,
  doc: 'Fixed addresses before the load balancer.',
  fields: {
    flow_logs_enabled: bool('Flow logs.', { default: false }),
    flow_logs_bucket: text('Bucket for them.', { default: '' }),
    flow_logs_prefix: text('Prefix in it.', { default: 'global-accelerator-flow-logs/' }),
    endpoint_id: text('Load balancer behind it.'),
    domain: text('Domain that points at it.', { default: '' }),
    zone_id: text('Zone of that domain.', { default: '' }),
  },
  outputs: {
    global_accelerator_arn: 'Its ARN.',
    global_accelerator_dns_name: 'Its host name.',
    global_accelerator_ip_addresses: 'Its addresses.',
    global_accelerator_endpoint_arns: 'What is behind it.',
  },
  on: on(),
});

export const awsVpn = moduleType({
  name: 'aws-vpn',
  concrete: { aws: 'aws-vpn' },
  kind: 'other',
  doc: 'A client VPN into the network.',
  fields: {
    vpc_id: text('Network it leads to.', { default: '' }),
    kms_account_key_arn: text('Key for its logs.', { default: '' }),
    client_cidr_block: text('Address range of the clients.', { default: '10.2.0.0/22' }),
    public_subnets_ids: field(texts, 'Subnets it stands in.', { default: [] }),
  },
  outputs: {
    vpn_dns_name: 'Its host name.',
    ovpn_profile_parameter_arn: 'Where the profile is kept.',
    vpn_ca_cert_parameter_arn: 'Where its CA is kept.',
    vpn_ca_key_parameter_arn: 'Where the key of its CA is kept.',
  },
  on: on(),
});
