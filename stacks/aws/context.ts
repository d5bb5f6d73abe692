/** What every part of a stack on AWS is given, and the one provider of the stack. */
import { Provider } from '@pulumi/aws/provider.js';
import type { StackInput } from '../../src/app/stacks.ts';
import { stackTags } from '../../src/app/tags.ts';
import type { Context } from '../context.ts';

export interface AwsContext extends Context {
  readonly region: string;
  readonly account: string;
  /** `aws`, or that of China or of the US government. */
  readonly partition: string;
}

/** The provider refuses every account but the one in the file. */
export function awsContext(input: StackInput): AwsContext {
  const { region = '', account_id: written = '' } = input.app.providerSettings;
  const account = written.padStart(12, '0');
  const provider = new Provider('aws', {
    region,
    allowedAccountIds: [account],
    defaultTags: { tags: stackTags(input) },
  });
  const { environment } = input.app;
  return {
    input,
    environment,
    production: input.production,
    provider,
    region,
    account,
    partition: partitionOf(region),
  };
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** `arn:aws:<service>:<region>:<account>:<rest>`. */
export function arn({ partition, region, account }: AwsContext, service: string, rest: string): string {
  const global = service === 'iam';
  return `arn:${partition}:${service}:${global ? '' : region}:${account}:${rest}`;
}
