/** Functions of the providers that stacks call, over the simulated clouds. */
import type { Properties } from '../values.ts';
import { hexOf, type Setting, text } from './kind.ts';
import { Refused } from './refused.ts';

/** Throws Refused for a function that no stack calls. */
export function answerOf(token: string, args: Properties, setting: Setting): Properties {
  const zones = ['a', 'b', 'c'];
  switch (token) {
    case 'aws:index/getAvailabilityZones:getAvailabilityZones':
      return {
        id: setting.region,
        names: zones.map((zone) => `${setting.region}${zone}`),
        zoneIds: zones.map((_, at) => `${setting.region.replace(/^(\w\w)-(\w)\w+-(\d)$/, '$1$2$3')}-az${at + 1}`),
      };
    case 'aws:index/getCallerIdentity:getCallerIdentity':
      return {
        accountId: setting.account,
        arn: `arn:aws:iam::${setting.account}:user/rehearsal`,
        id: setting.account,
      };
    case 'aws:index/getRegion:getRegion':
      return { region: setting.region, name: setting.region, id: setting.region };
    case 'aws:index/getPartition:getPartition':
      return { partition: 'aws', dnsSuffix: 'amazonaws.com', id: 'aws' };
    case 'gcp:organizations/getProject:getProject':
      return {
        projectId: setting.account,
        number: String(Number.parseInt(hexOf(setting.account, 9), 16)),
        id: setting.account,
      };
    case 'gcp:compute/getZones:getZones':
      return { names: zones.map((zone) => `${setting.region}-${zone}`), id: setting.region };
    case 'gcp:compute/getNetworkEndpointGroup:getNetworkEndpointGroup': {
      const zone = text(args['zone']) || `${setting.region}-a`;
      const id = `projects/${setting.account}/zones/${zone}/networkEndpointGroups/${text(args['name'])}`;
      return { ...args, zone, id, selfLink: `https://www.googleapis.com/compute/v1/${id}`, size: 1 };
    }
    default:
      throw new Refused(`the simulated clouds do not know the function ${token}`);
  }
}
