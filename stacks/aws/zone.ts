/** The zone of the environment's domain. It is kept: the parent zone names its servers. */
import { Zone } from '@pulumi/aws/route53/zone.js';
import type { Output } from '@pulumi/pulumi';
import { options, part, tagged } from '../context.ts';
import { settingsOf, text } from '../settings.ts';
import type { AwsContext } from './context.ts';

export interface MadeZone {
  readonly zoneId: Output<string>;
  readonly nameServers: Output<string[]>;
  readonly domain: string;
}

/** None without a `dns` module. */
export function makeZone(context: AwsContext): MadeZone | undefined {
  const domain = text(settingsOf(context.input.app, 'dns'), 'domain');
  if (domain === undefined) return undefined;
  return part(context, 'dns:Zone', 'dns', (inside) => {
    const zone = new Zone(
      'zone',
      { name: domain, comment: `opta ${inside.environment}`, forceDestroy: false, tags: tagged(inside, 'zone') },
      options(inside, 'zone', { keep: true }),
    );
    return { zoneId: zone.zoneId, nameServers: zone.nameServers, domain };
  });
}
