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

/** Who may take a role: a service of AWS. */
export function trustOf(service: string, account: string): Output<string> {
  return policyDocument({
    Principal: { Service: service },
    Action: 'sts:AssumeRole',
    Condition: { StringEquals: { 'aws:SourceAccount': account } },
  });
}
