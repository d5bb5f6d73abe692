/** Stack `edge` on Google Cloud: certificate, load balancer, and the records that lead to it. */
import { RecordSet } from '@pulumi/gcp/dns/recordSet.js';
import type { StackInput } from '../../src/app/stacks.ts';
import { from, options, part } from '../context.ts';
import type { Gives } from '../made.ts';
import { publicUrls, settingsOf, text } from '../settings.ts';
import { makeCertificate } from './certificate.ts';
import { type GcpContext, gcpContext } from './context.ts';
import { type MadeLoadBalancer, makeLoadBalancer } from './load-balancer.ts';

export async function edge(input: StackInput): Promise<Gives<'gcp', 'edge'>> {
  const context = gcpContext(input);
  const domain = text(settingsOf(input.app, 'dns'), 'domain');
  const certificate = makeCertificate(context);
  const balancer = makeLoadBalancer(context, certificate);
  if (domain !== undefined) makeRecords(context, domain, balancer);
  return {
    loadBalancerIp: balancer.address,
    ...(certificate === undefined ? {} : { certificateId: certificate.certificateId }),
    ...(domain === undefined ? {} : { domain }),
    urls: publicUrls(input.app, domain, certificate !== undefined),
  };
}

function makeRecords(context: GcpContext, domain: string, { address }: MadeLoadBalancer): void {
  part(context, 'dns:Records', 'records', (inside) => {
    const managedZone = from(inside, 'network', 'zoneId');
    for (const [title, host] of Object.entries({ apex: domain, wildcard: `*.${domain}` })) {
      const resource = `record-${title}`;
      new RecordSet(
        resource,
        { managedZone, name: `${host}.`, type: 'A', ttl: 300, rrdatas: [address] },
        options(inside, resource),
      );
    }
    // Certificate Manager asks Google Trust Services first and Let's Encrypt when that cannot.
    const authorities = ['pki.goog', 'letsencrypt.org'].flatMap((authority) => [
      `0 issue "${authority}"`,
      `0 issuewild "${authority}"`,
    ]);
    new RecordSet(
      'record-caa',
      { managedZone, name: `${domain}.`, type: 'CAA', ttl: 3600, rrdatas: authorities },
      options(inside, 'record-caa'),
    );
    return {};
  });
}
