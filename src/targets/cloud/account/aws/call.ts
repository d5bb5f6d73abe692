/** Signed calls to services of AWS: each is one HTTP request, its answer XML or JSON. */
import { AwsV4Signer } from 'aws4fetch';
import type { AccountOptions } from '../account.ts';
import { type Answered, CloudRefused, send } from '../request.ts';
import type { AwsCredentials } from './credentials.ts';

export interface AwsCall {
  /** As signatures name it: `s3`, `ec2`, `sts`. */
  readonly service: string;
  /** For messages: `CreateBucket`. */
  readonly action: string;
  readonly method?: 'GET' | 'PUT' | 'POST' | 'HEAD' | 'DELETE';
  /** With its query; `/` by default. */
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface AwsCaller {
  /** Throws CloudRefused for every answer but 2xx. */
  call(call: AwsCall): Promise<Answered>;
  /** A call of the query protocol (EC2, IAM, STS, ELB, RDS). */
  query(service: string, version: string, fields: Readonly<Record<string, string>>): Promise<string>;
  /** A call of the JSON protocol; `target` such as `TrentService.CreateKey`. */
  json<T>(service: string, target: string, body: unknown): Promise<T>;
}

/** Services without a region of their own. */
const global = new Set(['iam', 'route53']);

/** Those whose host is not called as signatures name them. */
const hosts: Readonly<Record<string, string>> = { ecr: 'api.ecr' };

/** `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`: as every tool of AWS takes them. */
export function endpointOf(service: string, region: string, env: AccountOptions['env']): string {
  const own = env[`AWS_ENDPOINT_URL_${service.toUpperCase().replaceAll('-', '_')}`] ?? env['AWS_ENDPOINT_URL'];
  if (own !== undefined && own !== '') return own.replace(/\/+$/, '');
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://${hosts[service] ?? service}${global.has(service) ? '' : `.${region}`}.${suffix}`;
}

function refusal({ service, action }: AwsCall, answered: Answered): CloudRefused {
  const { text, headers, status } = answered;
  const json = /^\s*\{/.test(text) ? (JSON.parse(text) as { __type?: string; message?: string; Message?: string }) : {};
  const reason =
    xmlText(text, 'Code') ??
    (headers.get('x-amzn-errortype') ?? json.__type)?.split(':')[0]?.split('#').at(-1) ??
    `status ${status}`;
  const message = xmlText(text, 'Message') ?? json.message ?? json.Message ?? '';
  const hints = /denied|unauthorized|forbidden/i.test(reason)
    ? [`Whoever promotes needs the permission ${service}:${action}.`]
    : ['Mend what AWS says, then run the same command again.'];
  return new CloudRefused(`AWS refused ${service}:${action}`, answered, reason, message, hints);
}

export function awsCaller(options: AccountOptions, credentials: () => Promise<AwsCredentials>): AwsCaller {
  const { environment, env } = options;
  const call = async (one: AwsCall): Promise<Answered> => {
    const { service, method = 'POST', path = '/', headers = {}, body } = one;
    const answered = await send(async () => {
      const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
      const signer = new AwsV4Signer({
        method,
        url: `${endpointOf(service, environment.region, env)}${path}`,
        headers: { ...headers },
        service,
        region: global.has(service) ? 'us-east-1' : environment.region,
        accessKeyId,
        secretAccessKey,
        ...(sessionToken !== undefined && { sessionToken }),
        ...(body !== undefined && { body }),
      });
      const { url, ...signed } = await signer.sign();
      return new Request(url, signed as RequestInit);
    }, options);
    if (answered.status < 200 || answered.status > 299) throw refusal(one, answered);
    return answered;
  };
  return {
    call,
    async query(service, version, fields) {
      const body = new URLSearchParams({ ...fields, Version: version }).toString();
      const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
      return (await call({ service, action: fields['Action'] ?? '', headers, body })).text;
    },
    async json<T>(service: string, target: string, body: unknown) {
      const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
      const action = target.split('.').at(-1) ?? target;
      return JSON.parse((await call({ service, action, headers, body: JSON.stringify(body) })).text || '{}') as T;
    },
  };
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const decoded = (text: string): string =>
  text.replaceAll(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, digits, hex, name) => {
    if (digits !== undefined) return String.fromCodePoint(Number(digits));
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    return entities[name] ?? whole;
  });

/** The text of the first element of that name; answers of AWS have no attributes where we look. */
export function xmlText(xml: string, name: string): string | undefined {
  return xmlTexts(xml, name)[0];
}

/** The texts of all elements of that name, in order. */
export function xmlTexts(xml: string, name: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) => decoded(text));
}

/** The part of AWS that a region is in, as it stands in names of resources. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
