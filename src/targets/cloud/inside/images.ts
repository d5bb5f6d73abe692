/** Images of the release in the environment's own registry, under the digests that were verified before. */
import type { Service } from '../../../app/app.ts';
import { nodeArchitecture } from '../../../app/nodes-of-cluster.ts';
import type { Step } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import { copyImage } from '../../../platform/registry/copy-image.ts';
import type { Release } from '../../../releases/release.ts';
import { isCloudRegistry } from '../cloud-registry.ts';
import { made, step } from '../session.ts';
import { type Inside, realityOf } from './inside.ts';

/** Where the stack `network` says that images of a service go. */
export function repositoryOf({ session }: Inside, { id }: Service): string {
  const repositories = (session.outputs.get('network')?.['repositories'] ?? {}) as Readonly<Record<string, string>>;
  return made(repositories[id], `repository of ${id}`);
}

/** Tells what a registry has of a release: immutable, and never moved. */
const tagOf = (release: Release): string => `release-${release.hash}`;

/** One a service that is built; from where the release has it. */
export function imageSteps(inside: Inside, needs: readonly string[]): readonly Step[] {
  const { app } = inside.session.situation;
  const built = app.services.filter(({ image }) => image.kind === 'build');
  return built.map((service) =>
    step({
      id: `image:${service.id}`,
      title: `image of ${service.id} in the registry`,
      kind: 'change',
      needs,
      async run({ system, signal, progress, note }) {
        const release = made(inside.session.release, 'release');
        const image = release.images[service.id];
        if (image?.repository === undefined || image.origin !== 'registry') throw noImage(service);
        const { account } = realityOf(inside);
        const to = repositoryOf(inside, service);
        const { bytes } = await copyImage(system, {
          from: {
            name: image.repository,
            ...(isCloudRegistry(image.repository) && { authorization: () => account.inside.registry() }),
          },
          to: { name: to, authorization: () => account.inside.registry() },
          digest: image.digest,
          tag: tagOf(release),
          architecture: nodeArchitecture(app),
          signal,
          onBytes: (done, total) => progress(done, total, 'bytes'),
        });
        note(image.digest.slice(0, 19));
        return bytes === 0 ? 'unchanged' : undefined;
      },
    }),
  );
}

function noImage({ id, place }: Service): UserError {
  return new UserError('image-missing', `the release has no image of ${id}: no registry held one when it was made`, {
    place,
    hints: ['Build it: `opta dev up --on kind`, then promote to the first environment: that makes a release of it.'],
  });
}
