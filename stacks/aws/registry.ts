/** Repositories for the images that we build: one a service, tags that never move, encrypted. */
import { LifecyclePolicy } from '@pulumi/aws/ecr/lifecyclePolicy.js';
import { Repository } from '@pulumi/aws/ecr/repository.js';
import type { Input, Output } from '@pulumi/pulumi';
import { imageRepository } from '../../src/app/names.ts';
import { options, part, tagged } from '../context.ts';
import type { AwsContext } from './context.ts';

/** Images without a tag are left from pushes that were cut off. */
const lifecycle = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      description: 'Images without a tag go after two weeks.',
      selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 14 },
      action: { type: 'expire' },
    },
  ],
});

/** URL of the repository, by id of the service. */
export function makeRegistry(context: AwsContext, kmsKey: Input<string>): Record<string, Output<string>> {
  const built = context.input.app.services.filter(({ image }) => image.kind === 'build');
  return part(context, 'registry:Registry', 'registry', (inside) => {
    const made = built.map(({ id, layer, name }) => {
      const resource = `repository-${layer}_${name}`;
      const repository = new Repository(
        resource,
        {
          name: imageRepository(inside.environment, layer, name),
          imageTagMutability: 'IMMUTABLE',
          imageScanningConfiguration: { scanOnPush: true },
          encryptionConfigurations: [{ encryptionType: 'KMS', kmsKey }],
          forceDelete: !inside.production,
          tags: tagged(inside, resource),
        },
        options(inside, resource),
      );
      const policy = `repository-lifecycle-${layer}_${name}`;
      new LifecyclePolicy(policy, { repository: repository.name, policy: lifecycle }, options(inside, policy));
      return [id, repository.repositoryUrl] as const;
    });
    return Object.fromEntries(made);
  });
}
