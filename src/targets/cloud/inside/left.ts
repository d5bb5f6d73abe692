/** What goes on costing of that which controllers made and nobody took away, as far as a dated list of prices says so. Pure. */
import { priceOf } from '../../../resources/prices.ts';
import type { CloudEnvironment } from '../environment.ts';

type Kind = { readonly item: string } | 'free' | 'size';

/** By what stands in an id: an ARN, or the link of a resource of Google. */
const kinds: readonly (readonly [RegExp, Kind])[] = [
  [/:loadbalancer\/net\//, { item: 'nlb' }],
  [/:elastic-ip\//, { item: 'public-ipv4' }],
  [/:natgateway\//, { item: 'nat-gateway' }],
  [/:(volume|snapshot)\//, 'size'],
  [/:(security-group(-rule)?|network-interface|targetgroup|listener(-rule)?|launch-template)\//, 'free'],
  [/\/disks\//, 'size'],
  [/\/networkEndpointGroups\//, 'free'],
];

/** `a (about $16 a month), b (free), c (paid by its size); at least $16 a month goes on`. */
export function leftText(
  { cloud, region }: Pick<CloudEnvironment, 'cloud' | 'region'>,
  ids: readonly string[],
): string {
  const found = ids.map((id) => {
    const kind = kinds.find(([pattern]) => pattern.test(id))?.[1];
    const usd =
      typeof kind === 'object' ? priceOf(cloud, kind.item, region)?.usdMonth : kind === 'free' ? 0 : undefined;
    return { usd, text: `${id} (${told(kind, usd)})` };
  });
  const sum = found.reduce((all, { usd = 0 }) => all + usd, 0);
  const whole = found.every(({ usd }) => usd !== undefined);
  const cost = sum === 0 && !whole ? 'an unknown sum' : `${whole ? 'about' : 'at least'} $${Math.round(sum)}`;
  return `${found.map(({ text }) => text).join(', ')}; ${cost} a month goes on until you delete it`;
}

function told(kind: Kind | undefined, usd: number | undefined): string {
  if (kind === 'free') return 'free';
  if (kind === 'size') return 'paid by its size';
  return usd === undefined ? 'cost unknown' : `about $${Math.round(usd)} a month`;
}
