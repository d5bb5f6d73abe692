/** aws-dynamodb: a DynamoDB table. */
import { aws, count, field, object, oneOf, text } from './field.ts';
import { moduleType } from './module-type.ts';

const attribute = object({
  name: text('Name of the attribute.', { required: true }),
  type: oneOf(['S', 'N', 'B'], 'S is text, N a number, B bytes.', { required: true }),
});

export const dynamodb = moduleType({
  name: 'aws-dynamodb',
  concrete: { aws: 'aws-dynamodb' },
  also: ['dynamodb'],
  kind: 'resource',
  resource: 'dynamodb',
  doc: 'A DynamoDB table.',
  fields: {
    hash_key: text('Attribute that is the partition key.', { required: true }),
    range_key: text('Attribute that is the sort key.'),
    attributes: field({ kind: 'list', of: attribute, min: 1 }, 'The attributes that keys use.', { required: true }),
    read_capacity: count('Reads a second.', { default: 20, on: aws }),
    write_capacity: count('Writes a second.', { default: 20, on: aws }),
    billing_mode: oneOf(['PROVISIONED', 'PAY_PER_REQUEST'], 'How it is paid.', { default: 'PROVISIONED', on: aws }),
  },
  outputs: {
    table_arn: 'ARN of the table.',
    table_id: 'Id of the table.',
    table_name: 'Name of the table.',
    kms_arn: 'Key that encrypts it.',
    kms_id: 'Id of that key.',
    region: 'Region of the table.',
    endpoint: 'URL of the DynamoDB API on local targets.',
  },
  link: {
    variables: ['table_name', 'region'],
    localVariables: ['endpoint'],
    access: ['read', 'write'],
    defaultAccess: ['write'],
  },
  on: {
    process: 'a stand-in that speaks the DynamoDB protocol',
    kind: 'a stand-in that speaks the DynamoDB protocol',
    aws: 'a DynamoDB table with point-in-time recovery',
    gcp: 'not there',
  },
});
