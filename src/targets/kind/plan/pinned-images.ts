/** Images that opta brings itself: for the engine, and for the nodes of a cluster that boots. */
import type { Step, StepContext } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import { platformImages } from '../../../platform/components/index.ts';
import { pullFailure } from '../../../platform/ready/pulls.ts';
import type { ImageName } from '../../../platform/versions.ts';
import { ownContainers } from '../containers.ts';
import { callEngine, type Engine, engineSays, engineTrouble } from '../engine.ts';
import { carryToNode, importInNode, isInNode, pullInNode } from '../node-images.ts';
import { platformSettings } from './platform.ts';
import { type Session, step } from './session.ts';

/** An image that the engine itself runs: the node's and the registry's. */
export function engineImageStep({ situation }: Session, id: string, title: string, name: ImageName): Step {
  const { engine, artifacts } = situation;
  const { ref } = artifacts.pins.images[name];
  return step({
    id,
    title,
    kind: 'change',
    facts: { image: ref },
    async isDone({ system }) {
      return (await callEngine(system, engine, ['image', 'inspect', '--format', '{{.Id}}', ref])).code === 0;
    },
    async run(context) {
      const { system, signal, note } = context;
      const { archive } = await artifacts.image(name, counted(context));
      if (archive !== undefined) {
        note('loading it from the mirror');
        await engineSays(system, engine, ['load', '--input', archive], { signal });
        return undefined;
      }
      note(`pulling ${ref}`);
      const ended = await callEngine(system, engine, ['pull', ref], { signal, onLine: (line) => note(line.trim()) });
      if (ended.code !== 0) throw pullFailed(engine, ref, ended.stderr);
      return undefined;
    },
  });
}

const counted = ({ signal, progress }: StepContext) => ({
  signal,
  onBytes: (done: number, total: number | undefined) => progress(done, total, 'bytes'),
});

/** Pinned images of the databases that run in the cluster. */
const ofResource: Readonly<Record<string, ImageName>> = {
  postgres: 'postgres',
  mysql: 'mysql',
  redis: 'valkey',
  mongodb: 'mongodb',
  documentdb: 'mongodb',
  'mongodb-atlas': 'mongodb',
  bucket: 'moto',
  queue: 'moto',
  topic: 'moto',
  dynamodb: 'moto',
};

export interface NodeImages {
  readonly steps: readonly Step[];
  /** Steps after which the platform's pods find theirs. */
  readonly platform: readonly string[];
  /** Steps after which databases find theirs. */
  readonly resources: readonly string[];
}

/** Fetches while a new cluster boots. Where one runs already, its kubelet fetches what is new. */
export function nodeImages(session: Session): NodeImages {
  const { situation, app } = session;
  if (situation.cluster === 'running' || situation.cluster === 'stopped')
    return { steps: [], platform: [], resources: [] };
  const platform = platformImages(platformSettings(session));
  const resources = [...new Set(app.resources.flatMap(({ type }) => ofResource[type] ?? []))];
  const id = (name: ImageName) => `image:${name}`;
  return {
    steps: [...platform, ...resources].map((name) => nodeImageStep(session, name, id(name))),
    platform: platform.map(id),
    resources: resources.map(id),
  };
}

function nodeImageStep({ situation }: Session, name: ImageName, id: string): Step {
  const { engine, folder, artifacts } = situation;
  const { ref } = artifacts.pins.images[name];
  return step({
    id,
    title: `image of ${name}`,
    kind: 'change',
    needs: ['nodes'],
    facts: { image: ref },
    async run(context) {
      const { system, signal, note } = context;
      const nodes = (await ownContainers(system, engine, folder)).filter(({ isNode }) => isNode);
      const brought = await Promise.all(
        nodes.map(async (node) => {
          if (await isInNode(system, engine, node.name, ref, signal)) return false;
          const { archive } = await artifacts.image(name, counted(context));
          note(archive === undefined ? `pulling ${ref}` : 'loading it from the mirror');
          if (archive !== undefined) {
            await importInNode(system, engine, node.name, archive, signal);
            return true;
          }
          const trouble = await pullInNode(system, engine, node.name, ref, signal);
          if (trouble === undefined) return true;
          note('the engine fetches it for the node');
          if (await carryToNode(system, engine, node.name, ref, signal)) return true;
          // Only time is lost: the kubelet tries again, and its failure is explained with the pod's.
          note(`not yet: ${trouble}`);
          return true;
        }),
      );
      return brought.includes(true) ? undefined : 'unchanged';
    },
  });
}

function pullFailed(engine: Engine, reference: string, said: string): UserError {
  const known = engineTrouble(engine, said);
  if (known !== undefined) return known;
  const { code, says } = pullFailure(said);
  return new UserError(code, `the image ${reference} could not be pulled: ${says}`, {
    detail: said.trim().split('\n').slice(-4),
    hints: [
      code === 'registry-rate-limited'
        ? 'The registry limits anonymous pulls: log in to it, wait, or set a mirror (OPTA_MIRROR).'
        : 'Check the network and the proxy of the engine, or set a mirror (OPTA_MIRROR).',
    ],
  });
}
