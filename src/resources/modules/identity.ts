/** Identities in a cloud: aws-iam-role, aws-iam-user, aws-iam-policy, gcp-service-account. */
import { anyMap, field, list, object, text, texts, types } from '../field.ts';
import { moduleType, onClouds, onlyInCloud } from '../module-type.ts';

const links = list(
  { kind: 'either', types: [types.text, anyMap] },
  'Buckets, queues, topics and tables that it may use.',
  { default: [] },
);

export const awsIamRole = moduleType({
  name: 'aws-iam-role',
  concrete: { aws: 'aws-iam-role' },
  kind: 'other',
  doc: 'A role that pods or users may take.',
  fields: {
    allowed_k8s_services: list(
      object({
        service_name: text('Name of the service, or *.', { required: true }),
        namespace: text('Its namespace, or *.', { required: true }),
      }),
      'Services that may take it.',
      { default: [] },
    ),
    allowed_iams: field(texts, 'Users and roles that may take it.', { default: [] }),
    extra_iam_policies: field(texts, 'ARNs of further policies.', { default: [] }),
    links,
  },
  outputs: { role_arn: 'ARN of the role.' },
  on: onClouds('an IAM role', 'not there', onlyInCloud),
});

export const awsIamUser = moduleType({
  name: 'aws-iam-user',
  concrete: { aws: 'aws-iam-user' },
  kind: 'other',
  doc: 'A user for programs outside.',
  fields: { extra_iam_policies: field(texts, 'ARNs of further policies.', { default: [] }), links },
  outputs: { user_arn: 'ARN of the user.' },
  on: onClouds('an IAM user', 'not there', onlyInCloud),
});

export const awsIamPolicy = moduleType({
  name: 'aws-iam-policy',
  concrete: { aws: 'aws-iam-policy' },
  kind: 'other',
  doc: 'A policy of your own.',
  fields: { file: text('File of the policy document.', { required: true }) },
  outputs: { policy_arn: 'ARN of the policy.', policy_id: 'Id of the policy.', policy_name: 'Name of the policy.' },
  on: onClouds('an IAM policy', 'not there', onlyInCloud),
});

export const gcpServiceAccount = moduleType({
  name: 'gcp-service-account',
  concrete: { google: 'gcp-service-account' },
  kind: 'other',
  doc: 'A service account that pods may use.',
  fields: {
    allowed_k8s_services: list(
      object({
        service_account_name: text('Name of the service account in the cluster, or *.', { required: true }),
        namespace: text('Its namespace, or *.', { required: true }),
      }),
      'Services that may use it.',
      { default: [] },
    ),
    links,
    additional_iam_roles: field(texts, 'Further roles.', { default: [] }),
    explicit_name: text('Its name, instead of a derived one.'),
  },
  outputs: { service_account_id: 'Id of the account.', service_account_email: 'Address of the account.' },
  on: onClouds('not there', 'a service account', onlyInCloud),
});
