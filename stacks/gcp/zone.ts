/** The zone of the environment's domain, signed. It is kept: the parent zone names its servers. */
import { ManagedZone } from '@pulumi/gcp/dns/managedZone.js';
import type { Output, Resource } from '@pulumi/pulumi';
import { environmentName, hashOf } from '../../src/app/names.ts';
import { options, part, tagged } from '../context.ts';
import { settingsOf, text } from '../settings.ts';
import type { GcpContext } from './context.ts';

export interface MadeZone {
  /** Google names a zone where AWS gives it an id. */
  readonly zoneId: Output<string>;
  readonly nameServers: Output<string[]>;
  readonly domain: string;
}

/** None without a `dns` module. */
export function makeZone(context: GcpContext, apis: Resource[]): MadeZone | undefined {
  const domain = text(settingsOf(context.input.app, 'dns'), 'domain');
  if (domain === undefined) return undefined;
  return part(context, 'dns:Zone', 'dns', (inside) => {
    const zone = new ManagedZone(
      'zone',
      {
        // Of another domain it is another zone: the old one is kept, and its name stays taken.
        name: environmentName(inside.environment, `zone-${hashOf(domain)}`, 63),
        dnsName: `${domain}.`,
        description: `opta ${inside.environment}`,
        visibility: 'public',
        dnssecConfig: { state: 'on' },
        forceDestroy: false,
        labels: tagged(inside, 'zone'),
      },
      { ...options(inside, 'zone', { keep: true }), dependsOn: apis },
    );
    return { zoneId: zone.name, nameServers: zone.nameServers, domain };
  });
}
