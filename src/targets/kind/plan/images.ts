/** Images of services, built while the cluster boots. */
import type { Service } from '../../../app/app.ts';
import type { Step } from '../../../engine/step.ts';
import { ownContainers } from '../containers.ts';
import { buildImage, imageReference, keepBuilt, knownDigest, pushImage } from '../images.ts';
import { pullInNode } from '../node-images.ts';
import { made, type Session, step } from './session.ts';

/** The id of the step after which a service's image is known; undefined for an image by reference. */
export const buildStepOf = ({ id, image }: Service): readonly string[] =>
  image.kind === 'build' ? [`build:${id}`] : [];

/** The id of the step after which the nodes have it too. */
export const fetchStepOf = (session: Session, { id, image }: Service): readonly string[] =>
  image.kind === 'build' && session.situation.cluster !== 'running' ? [`fetch:${id}`] : [];

/**
 * Brings images into a new cluster while it boots, so that pods find them. Where one runs already its kubelet fetches
 * what is new by itself.
 */
export function fetchSteps(session: Session): readonly Step[] {
  return session.app.services
    .filter((service) => fetchStepOf(session, service).length > 0)
    .map((service) =>
      step({
        id: `fetch:${service.id}`,
        title: `image of ${service.id} is in the cluster`,
        kind: 'change',
        needs: ['nodes', ...buildStepOf(service)],
        async run({ system, signal, note }) {
          const { engine, folder } = session.situation;
          const reference = made(session.images.get(service.id), `build:${service.id}`);
          const nodes = (await ownContainers(system, engine, folder)).filter(({ isNode }) => isNode);
          const pulls = nodes.map(({ name }) => pullInNode(system, engine, name, reference, signal));
          // Only time is lost: the kubelet tries again, and its failure is explained with the pod's.
          for (const trouble of await Promise.all(pulls)) if (trouble !== undefined) note(`not yet: ${trouble}`);
          return undefined;
        },
      }),
    );
}

export function buildSteps(session: Session): readonly Step[] {
  return session.app.services.flatMap((service) => buildStep(session, service));
}

function buildStep(session: Session, service: Service): readonly Step[] {
  const { engine, folder, ports } = session.situation;
  const { image } = service;
  if (image.kind !== 'build') {
    session.images.set(service.id, image.reference);
    return [];
  }
  const { build } = image;
  const settle = (digest: string) => session.images.set(service.id, imageReference(service, ports.registry, digest));
  return [
    step({
      id: `build:${service.id}`,
      title: `image of ${service.id}`,
      kind: 'change',
      needs: ['registry'],
      facts: { context: build.context, dockerfile: build.dockerfile },
      async isDone({ system }) {
        const digest = await knownDigest({ system, engine, folder, port: ports.registry }, service, build);
        if (digest === undefined) return false;
        settle(digest);
        return true;
      },
      async run({ system, signal, note }) {
        const place = { system, engine, folder, port: ports.registry };
        const fingerprint = await buildImage(place, service, build, signal, note);
        note('pushing to the local registry');
        const digest = await pushImage(place, service, signal);
        await keepBuilt(folder, service.id, { fingerprint, digest });
        settle(digest);
        return undefined;
      },
    }),
  ];
}
