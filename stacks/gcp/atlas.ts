/** mongodb-atlas on Google Cloud: reached from the addresses of NAT. */
import { allowAddresses, atlasClusters, atlasKeys, atlasValues, makeAtlasCluster, withAtlas } from '../atlas.ts';
import { listFrom, part } from '../context.ts';
import type { Made } from '../made.ts';
import { regionalNatAddresses } from '../sizing.ts';
import { atlasKey } from './atlas-key.ts';
import type { GcpContext } from './context.ts';

export function makeAtlas(context: GcpContext): Made {
  const clusters = atlasClusters(context);
  return part(context, 'data:Atlas', 'atlas', (inside) => {
    const atlas = withAtlas(inside);
    const addresses = listFrom(inside, 'network', 'natAddresses', regionalNatAddresses);
    allowAddresses(atlas, clusters, addresses);
    const keys = atlasKeys(clusters, (projectId) => atlasKey(inside, atlas, projectId));
    const made = clusters.map((cluster) => {
      const { connectionStrings } = makeAtlasCluster(atlas, cluster, 'GCP', keys);
      const connection = connectionStrings.apply(({ standardSrv }) => standardSrv);
      return [cluster.id, atlasValues(connection, addresses)] as const;
    });
    return Object.fromEntries(made);
  });
}
