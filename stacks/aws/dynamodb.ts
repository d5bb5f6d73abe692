/** aws-dynamodb: tables with our key, point-in-time recovery, and protection in production. */
import { Table } from '@pulumi/aws/dynamodb/table.js';
import { resourceName } from '../../src/app/names.ts';
import { from, options, part, tagged } from '../context.ts';
import type { Made, Values } from '../made.ts';
import { number, text } from '../settings.ts';
import type { AwsContext } from './context.ts';

export function makeTables(context: AwsContext): Made {
  const tables = context.input.app.resources.filter(({ type }) => type === 'dynamodb');
  if (tables.length === 0) return {};
  return part(context, 'data:Tables', 'tables', (inside) => {
    const key = from(inside, 'network', 'keyData');
    const made = tables.map(({ id, layer, name, settings }): [string, Values] => {
      const resource = `table-${layer}_${name}`;
      const rangeKey = text(settings, 'range_key');
      const provisioned = settings.billing_mode !== 'PAY_PER_REQUEST';
      const table = new Table(
        resource,
        {
          name: resourceName(inside.environment, layer, name),
          hashKey: String(settings.hash_key),
          ...(rangeKey === undefined ? {} : { rangeKey }),
          attributes: settings.attributes as { name: string; type: string }[],
          billingMode: provisioned ? 'PROVISIONED' : 'PAY_PER_REQUEST',
          ...(provisioned
            ? {
                readCapacity: number(settings, 'read_capacity', 20),
                writeCapacity: number(settings, 'write_capacity', 20),
              }
            : {}),
          serverSideEncryption: { enabled: true, kmsKeyArn: key },
          pointInTimeRecovery: { enabled: true },
          deletionProtectionEnabled: inside.production,
          tags: tagged(inside, resource),
        },
        options(inside, resource, { keep: inside.production }),
      );
      const values = { table_arn: table.arn, table_id: table.name, table_name: table.name };
      return [id, { ...values, kms_arn: key, kms_id: key, region: inside.region }];
    });
    return Object.fromEntries(made);
  });
}
