/** Policy documents of AWS as JSON, with values that other resources give. */
import { type Input, jsonStringify, type Output } from '@pulumi/pulumi';

export interface Statement {
  readonly Sid?: string;
  readonly Effect?: 'Allow' | 'Deny';
  readonly Principal?: Input<string> | Readonly<Record<string, Input<string> | Input<string>[]>>;
  readonly Action: string | readonly string[];
  readonly Resource?: Input<string> | readonly Input<string>[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, Input<string> | readonly Input<string>[]>>>>;
}

export function policyDocument(...statements: readonly Statement[]): Output<string> {
  return jsonStringify({
    Version: '2012-10-17',
    Statement: statements.map((statement) => ({ Effect: 'Allow', ...statement })),
  });
}

/**
 * Services that take a role for what is of the same account anyway, and are not documented to say for which account they
 * ask: with a condition machines would get no credentials (the trust policy of nodes in the user guide of EKS has none).
 */
const unconditional: readonly string[] = ['ec2.amazonaws.com'];

/** Who may take a role: a service of AWS. */
export function trustOf(service: string, account: string): Output<string> {
  return policyDocument({
    Principal: { Service: service },
    Action: 'sts:AssumeRole',
    ...(unconditional.includes(service) ? {} : { Condition: { StringEquals: { 'aws:SourceAccount': account } } }),
  });
}
