/** The repository of the environment's images: tags that never move, encrypted with our key. */
import { Repository } from '@pulumi/gcp/artifactregistry/repository.js';
import { type Input, interpolate, type Output, type Resource } from '@pulumi/pulumi';
import { environmentName } from '../../src/app/names.ts';
import { options, part, tagged } from '../context.ts';
import type { GcpContext } from './context.ts';

/** URL of the repository, by id of the service. */
export function makeRegistry(
  context: GcpContext,
  kmsKeyName: Input<string>,
  needs: Resource[],
): Record<string, Output<string>> {
  return part(context, 'registry:Registry', 'registry', (inside) => {
    const repository = new Repository(
      'repository',
      {
        repositoryId: environmentName(inside.environment, 'images', 63),
        location: inside.region,
        format: 'DOCKER',
        kmsKeyName,
        dockerConfig: { immutableTags: true },
        cleanupPolicies: [
          // Images without a tag are left from pushes that were cut off.
          { id: 'untagged', action: 'DELETE', condition: { tagState: 'UNTAGGED', olderThan: '1209600s' } },
        ],
        labels: tagged(inside, 'repository'),
      },
      { ...options(inside, 'repository'), dependsOn: needs },
    );
    const host = `${inside.region}-docker.pkg.dev/${inside.project}`;
    const built = inside.input.app.services.filter(({ image }) => image.kind === 'build');
    return Object.fromEntries(
      built.map(({ id, layer, name }) => [id, interpolate`${host}/${repository.repositoryId}/${layer}/${name}`]),
    );
  });
}
