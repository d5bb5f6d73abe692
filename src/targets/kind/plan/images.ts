/** Images of services, built while the cluster boots. */
import type { Build, Service } from '../../../app/app.ts';
import type { Step } from '../../../engine/step.ts';
import { restartsOnEdits } from '../../../platform/manifests.ts';
import type { System } from '../../../system/system.ts';
import { ownContainers } from '../containers.ts';
import {
  type Built,
  buildImage,
  builtBefore,
  imageReference,
  keepBuilt,
  pushImage,
  startOfImage,
  stillPushed,
} from '../images.ts';
import { pullInNode } from '../node-images.ts';
import { made, type Session, step } from './session.ts';

/** The id of the step after which a service's image is known; none for an image by reference. */
export const pushStepOf = ({ id, image }: Service): readonly string[] => (image.kind === 'build' ? [`push:${id}`] : []);

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
        needs: ['nodes', ...pushStepOf(service)],
        async run({ system, signal, note }) {
          const { engine, folder } = session.situation;
          const reference = made(session.images.get(service.id), `push:${service.id}`);
          const nodes = (await ownContainers(system, engine, folder)).filter(({ isNode }) => isNode);
          const pulls = nodes.map(({ name }) => pullInNode(system, engine, name, reference, signal));
          // Only time is lost: the kubelet tries again, and its failure is explained with the pod's.
          for (const trouble of await Promise.all(pulls)) if (trouble !== undefined) note(`not yet: ${trouble}`);
          return undefined;
        },
      }),
    );
}

/** Builds need no registry; each then pushes after the one before, so that a layer of several images is sent once. */
export function buildSteps(session: Session): readonly Step[] {
  let before: readonly string[] = [];
  return session.app.services.flatMap((service) => {
    const { image, id } = service;
    if (image.kind !== 'build') {
      session.images.set(id, image.reference);
      return [];
    }
    const steps = buildAndPush(session, service, image.build, before);
    before = pushStepOf(service);
    return steps;
  });
}

function buildAndPush(session: Session, service: Service, build: Build, before: readonly string[]): readonly Step[] {
  const { engine, folder, ports } = session.situation;
  const place = (system: System) => ({ system, engine, folder, port: ports.registry });
  const settle = (digest: string) => session.images.set(service.id, imageReference(service, ports.registry, digest));
  let known: Built | undefined;
  let fingerprint: string | undefined;
  /** False when what the image starts has to be known and is not: the engine has the image no more. */
  const settleEntry = async (system: System, signal: AbortSignal) => {
    if (!restartsOnEdits(service)) return true;
    const argv = await startOfImage(place(system), service, signal);
    if (argv !== undefined) session.entries.set(service.id, argv);
    return argv !== undefined;
  };
  return [
    step({
      id: `build:${service.id}`,
      title: `image of ${service.id}`,
      kind: 'change',
      needs: ['state'],
      facts: { context: build.context, dockerfile: build.dockerfile },
      async isDone({ system, signal }) {
        const before = await builtBefore(folder, service, build);
        if (before === undefined || !(await settleEntry(system, signal))) return false;
        known = before;
        return true;
      },
      async run({ system, signal, note }) {
        fingerprint = await buildImage(place(system), service, build, signal, note);
        await settleEntry(system, signal);
        return undefined;
      },
    }),
    step({
      id: `push:${service.id}`,
      title: `image of ${service.id} is in the local registry`,
      kind: 'change',
      needs: ['registry', `build:${service.id}`, ...before],
      async isDone({ system }) {
        const digest = known && (await stillPushed(place(system), service, known));
        if (digest !== undefined) settle(digest);
        return digest !== undefined;
      },
      async run({ system, signal, note }) {
        // The registry has lost what was built before: the engine's cache gives it back.
        fingerprint ??= await buildImage(place(system), service, build, signal, note);
        const digest = await pushImage(place(system), service, signal);
        await keepBuilt(folder, service.id, { fingerprint, digest });
        settle(digest);
        return undefined;
      },
    }),
  ];
}
