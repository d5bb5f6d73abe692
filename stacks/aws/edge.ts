/** Stack `edge` on AWS: certificate, load balancer, and the records that lead to it. */
import { Record as DnsRecord } from '@pulumi/aws/route53/record.js';
import type { StackInput } from '../../src/app/stacks.ts';
import { from, options, part } from '../context.ts';
import type { Gives } from '../made.ts';
import { publicUrls, settingsOf, text } from '../settings.ts';
import { type Domain, makeCertificate } from './certificate.ts';
import { type AwsContext, awsContext } from './context.ts';
import { type MadeLoadBalancer, makeLoadBalancer } from './load-balancer.ts';

export async function edge(input: StackInput): Promise<Gives<'aws', 'edge'>> {
  const context = awsContext(input);
  const domain = domainOf(context);
  const certificate = makeCertificate(context, domain);
  const balancer = makeLoadBalancer(context, certificate);
  if (domain !== undefined) makeRecords(context, domain, balancer);
  return {
    loadBalancerArn: balancer.arn,
    loadBalancerDns: balancer.dnsName,
    targetGroups: balancer.targetGroups,
    ...(certificate === undefined ? {} : { certificateArn: certificate }),
    ...(domain === undefined ? {} : { domain: domain.name }),
    urls: publicUrls(input.app, domain?.name, certificate !== undefined),
  };
}

/** Of the `dns` module, else of k8s-base, whose zone is there already. */
function domainOf(context: AwsContext): Domain | undefined {
  const { app } = context.input;
  const name = text(settingsOf(app, 'dns'), 'domain');
  if (name !== undefined) return { name, zoneId: from(context, 'network', 'zoneId') };
  const base = settingsOf(app, 'k8s-base');
  const own = text(base, 'domain');
  const zoneId = text(base, 'zone_id');
  return own === undefined || zoneId === undefined ? undefined : { name: own, zoneId };
}

function makeRecords(context: AwsContext, { name, zoneId }: Domain, balancer: MadeLoadBalancer): void {
  part(context, 'dns:Records', 'records', (inside) => {
    const aliases = [{ name: balancer.dnsName, zoneId: balancer.zoneId, evaluateTargetHealth: true }];
    for (const [title, host] of Object.entries({ apex: name, wildcard: `*.${name}` })) {
      const resource = `record-${title}`;
      new DnsRecord(resource, { zoneId, name: host, type: 'A', aliases }, options(inside, resource));
    }
    const authorities = ['amazon.com', 'amazontrust.com'].flatMap((authority) => [
      `0 issue "${authority}"`,
      `0 issuewild "${authority}"`,
    ]);
    new DnsRecord(
      'record-caa',
      { zoneId, name, type: 'CAA', ttl: 3600, records: authorities },
      options(inside, 'record-caa'),
    );
    return {};
  });
}
