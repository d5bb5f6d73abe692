/** Stack `edge` on Google Cloud: certificate, load balancer, and the records that lead to it. */
import { RecordSet } from '@pulumi/gcp/dns/recordSet.js';
import { hashOf } from '../../src/app/names.ts';
import type { StackInput } from '../../src/app/stacks.ts';
import { from, options, part } from '../context.ts';
import type { Gives } from '../made.ts';
import { publicUrls, settingsOf, text } from '../settings.ts';
import { deeperNames, makeCertificate } from './certificate.ts';
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

/** A name and those above it, below the domain: the proof of a name hides them all from the wildcard (RFC 4592). */
function pathOf(name: string, domain: string): string[] {
  if (name === domain) return [];
  return [name, ...pathOf(name.slice(name.indexOf('.') + 1), domain)];
}

function makeRecords(context: GcpContext, domain: string, { address }: MadeLoadBalancer): void {
  part(context, 'dns:Records', 'records', (inside) => {
    const managedZone = from(inside, 'network', 'zoneId');
    const more = new Set(deeperNames(inside, domain).flatMap((name) => pathOf(name, domain)));
    const named = Object.fromEntries([...more].map((host) => [hashOf(host), host]));
    for (const [title, host] of Object.entries({ apex: domain, wildcard: `*.${domain}`, ...named })) {
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
