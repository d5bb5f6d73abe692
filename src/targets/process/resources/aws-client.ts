/** Calls to the local stand-in for AWS services: plain HTTP, with a header that names the service and proves nothing. */

export const region = 'us-east-1';
/** The account that moto plays. */
export const account = '123456789012';

export type AwsService = 's3' | 'sqs' | 'sns' | 'dynamodb';

export interface AwsAnswer {
  readonly ok: boolean;
  readonly status: number;
  readonly text: string;
}

async function send(endpoint: string, service: AwsService, path: string, request: RequestInit): Promise<AwsAnswer> {
  const credential = `opta/20260101/${region}/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host, Signature=0`;
  const headers = { ...(request.headers as Record<string, string>), authorization };
  const answer = await fetch(`${endpoint}${path}`, { ...request, headers, signal: AbortSignal.timeout(60_000) });
  return { ok: answer.ok, status: answer.status, text: await answer.text() };
}

/** A call of the JSON protocol, such as `AmazonSQS.CreateQueue`. */
export function callJson(endpoint: string, service: AwsService, action: string, body: unknown): Promise<AwsAnswer> {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': action };
  return send(endpoint, service, '/', { method: 'POST', headers, body: JSON.stringify(body) });
}

/** A call of the query protocol, which SNS speaks. */
export function callQuery(
  endpoint: string,
  service: AwsService,
  fields: Readonly<Record<string, string>>,
): Promise<AwsAnswer> {
  return send(endpoint, service, '/', { method: 'POST', body: new URLSearchParams(fields) });
}

export function callS3(endpoint: string, method: 'PUT' | 'HEAD', path: string): Promise<AwsAnswer> {
  return send(endpoint, 's3', path, { method });
}
