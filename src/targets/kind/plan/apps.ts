/** Services and databases of the App: applied as soon as what each needs is there, then waited for. */
import type { KubernetesObject } from '@kubernetes/client-node';
import type { App, Service } from '../../../app/app.ts';
import { namespaceName } from '../../../app/names.ts';
import type { Step } from '../../../engine/step.ts';
import { type Applied, apply, titleOf } from '../../../platform/apply.ts';
import { keyOf } from '../../../platform/cluster/watch.ts';
import { restartMisfits } from '../../../platform/components/meshed.ts';
import { componentLabel, nameLabel, selectorText } from '../../../platform/manifests/metadata.ts';
import { type ManifestOptions, manifests } from '../../../platform/manifests.ts';
import { changesOf, prune } from '../../../platform/prune.ts';
import { endpointReady } from '../../../platform/ready/webhooks.ts';
import { type Before, type Progress, waitForWorkload } from '../../../platform/ready.ts';
import { calledFirst, neededBy } from '../needs.ts';
import { registryNote } from '../registry.ts';
import { restartCrashed } from '../restart.ts';
import { secretSource } from '../secrets.ts';
import { makeVolumeFolders, storageClass, volumesFor } from '../storage.ts';
import { fetchStepOf, pushStepOf } from './images.ts';
import { clientOf, type Session, secretsOf, step } from './session.ts';

/** Milliseconds a database may take for its first start. */
const resourceMs = 300_000;
/** Milliseconds on top of a service's own time: its image is fetched, its pod placed, its volume made. */
const placingMs = 60_000;

const routeKinds = new Set(['Ingress', 'HTTPRoute', 'GRPCRoute', 'TraefikService']);

function optionsOf(session: Session): ManifestOptions {
  const { situation, images, entries, secrets } = session;
  return {
    target: 'kind',
    mesh: situation.mesh,
    ingress: situation.choices.ingress,
    // What is not built yet is not applied yet either.
    images: ({ id }) => images.get(id) ?? 'not-built-yet',
    entry: ({ id }) => entries.get(id),
    pins: situation.artifacts.pins,
    secrets: secretSource(() => secretsOf(session)),
    ...(secrets !== undefined && { trust: secrets.trust }),
  };
}

const labelOf = ({ metadata }: KubernetesObject, label: string) => metadata?.labels?.[label];
const isRoute = ({ kind = '' }: KubernetesObject) => routeKinds.has(kind);
const ofService = (object: KubernetesObject) => ['service', 'cron'].includes(labelOf(object, componentLabel) ?? '');

function objectsOfService(session: Session, { layer, name }: Service): readonly KubernetesObject[] {
  return manifests(session.app, optionsOf(session)).filter(
    (object) =>
      ofService(object) &&
      !isRoute(object) &&
      object.metadata?.namespace === namespaceName(layer) &&
      labelOf(object, nameLabel) === name,
  );
}

/** Applies and says how many objects it changed. */
async function applied(
  session: Session,
  objects: readonly KubernetesObject[],
  { signal, note }: { readonly signal: AbortSignal; note(why: string): void },
): Promise<'unchanged' | undefined> {
  await makeVolumeFolders(session.situation.folder, objects);
  const options = { signal, anew: true };
  const all: readonly Applied[] = await apply(clientOf(session), [...volumesFor(objects), ...objects], options);
  const changed = changesOf(all);
  if (changed.length === 0) return 'unchanged';
  note(`${changed.length} of ${all.length} objects changed: ${changed.map(({ name }) => titleOf(name)).join(', ')}`);
  return undefined;
}

/** Namespaces, databases, and what belongs to a whole layer. */
export function groundStep(session: Session, needs: readonly string[]): Step {
  const { ports } = session.situation;
  return step({
    id: 'apply',
    title: 'namespaces and databases',
    kind: 'change',
    needs: ['cluster', 'certificates', ...needs],
    async run(context) {
      const all = manifests(session.app, optionsOf(session));
      const objects = all.filter((one) => !ofService(one) && !isRoute(one));
      const early = await newAddresses(session, all, context.signal);
      return applied(session, [registryNote(ports.registry), storageClass, ...objects, ...early], context);
    },
  });
}

/**
 * Services that are not there yet go in before any pod that calls them: until a node knows an address, a connection to it
 * leads nowhere, and it is kept until its own time is over. One that is there changes with its pods.
 */
async function newAddresses(
  session: Session,
  all: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<readonly KubernetesObject[]> {
  const addresses = all.filter((one) => one.kind === 'Service' && ofService(one));
  const there = await clientOf(session).list({ apiVersion: 'v1', kind: 'Service' }, signal);
  const known = new Set(there.map(keyOf));
  return addresses.filter((one) => !known.has(keyOf(one)));
}

/**
 * Whoever asks for a name before anybody answers may not ask again for long: gRPC's own clients wait for half a minute.
 */
export function namesStep(session: Session): Step {
  return step({
    id: 'names',
    title: 'names can be looked up in the cluster',
    kind: 'wait',
    needs: ['cluster'],
    deadlineMs: placingMs * 3,
    async run({ signal }) {
      await endpointReady(clientOf(session), { name: 'kube-dns', namespace: 'kube-system' }, signal);
      return undefined;
    },
  });
}

export function serviceSteps(session: Session): readonly Step[] {
  return session.app.services.flatMap((service) => [
    step({
      id: `apply:${service.id}`,
      title: `start ${service.id}`,
      kind: 'change',
      needs: [
        'apply',
        ...(neededBy(session.app, service).size > 0 ? ['names'] : []),
        ...pushStepOf(service),
        ...fetchStepOf(session, service),
        ...readyBefore(session.app, service),
      ],
      facts: { replicas: service.replicas },
      async run(context) {
        const outcome = await applied(session, objectsOfService(session, service), context);
        return (await crashedAnew(session, service, context.signal)) > 0 ? undefined : outcome;
      },
    }),
    ...(service.replicas.max > 0 ? [readyStep(session, service)] : []),
  ]);
}

/**
 * Databases that a service needs, itself or through services that it links to: without them probes fail, and pods are
 * started again after longer and longer pauses. Services find each other while they start.
 */
function readyBefore(app: App, service: Service): readonly string[] {
  const needed = neededBy(app, service);
  return app.resources.filter(({ id }) => needed.has(id)).map(({ id }) => `ready:${id}`);
}

const crashedAnew = (session: Session, { layer, name }: Service, signal: AbortSignal): Promise<number> =>
  restartCrashed(
    clientOf(session),
    { namespace: namespaceName(layer), labels: selectorText({ name, component: 'service' }) },
    signal,
  );

/** Addresses go in when the controller's webhook can check them. */
export function routesStep(session: Session, needs: readonly string[]): Step {
  return step({
    id: 'routes',
    title: 'public addresses',
    kind: 'change',
    needs: ['apply', ...needs],
    run: (context) => applied(session, manifests(session.app, optionsOf(session)).filter(isRoute), context),
  });
}

/** What an earlier definition had. Volumes stay. */
export function pruneStep(session: Session): Step {
  const { app } = session;
  return step({
    id: 'remove',
    title: 'nothing runs that the definition no longer has',
    kind: 'change',
    needs: ['routes', ...app.services.map(({ id }) => `apply:${id}`)],
    async run({ signal, note }) {
      const namespaces = app.layers.map(({ name }) => namespaceName(name));
      const gone = await prune(clientOf(session), manifests(app, optionsOf(session)), { signal, namespaces });
      if (gone.length === 0) return 'unchanged';
      note(`removed ${gone.map(titleOf).join(', ')}`);
      return undefined;
    },
  });
}

export function resourceSteps(session: Session): readonly Step[] {
  return session.app.resources.map((resource) =>
    waitStep(session, resource.id, 'resource', resource, { deadlineMs: resourceMs }, ['apply']),
  );
}

interface Workload {
  readonly layer: string;
  readonly name: string;
}

function readyStep(session: Session, service: Service): Step {
  const startMs = session.situation.startMs ?? service.startupSeconds * 1000;
  const needs = [`apply:${service.id}`];
  const times = { startMs, deadlineMs: startMs + placingMs };
  const waiting = waitStep(session, service.id, 'service', service, times, needs, (signal) =>
    before(session, service, signal),
  );
  const settled = session.settled.get(service.id);
  return { ...waiting, run: (context) => Promise.resolve(waiting.run(context)).finally(() => settled?.resolve()) };
}

/** Services that this one calls start at the same time; its health may hang on theirs, and so its time begins then. */
function before(session: Session, service: Service, signal: AbortSignal): Before | undefined {
  const { app, settled } = session;
  const called = calledFirst(app, service).filter((id) => settled.has(id));
  if (called.length === 0) return undefined;
  const all = Promise.all(called.map((id) => settled.get(id)?.promise));
  return { what: called.join(', '), settled: all.then(() => crashedAnew(session, service, signal)) };
}

function waitStep(
  session: Session,
  id: string,
  kind: 'service' | 'resource',
  { layer, name }: Workload,
  times: { readonly deadlineMs: number; readonly startMs?: number },
  needs: readonly string[],
  beforeIt?: (signal: AbortSignal) => Before | undefined,
): Step {
  return step({
    id: `ready:${id}`,
    title: `${id} is ready`,
    kind: 'wait',
    needs,
    async run({ signal, note, emit }) {
      const namespace = namespaceName(layer);
      const found = manifests(session.app, optionsOf(session)).find(
        (one) =>
          ['Deployment', 'StatefulSet'].includes(one.kind ?? '') &&
          one.metadata?.namespace === namespace &&
          one.metadata.name === name,
      );
      if (found === undefined) return 'unchanged';
      const workload = { apiVersion: 'apps/v1', kind: found.kind ?? '', namespace, name };
      const tell = (state: 'starting' | 'ready', ready: number, wanted: number, why?: string) =>
        emit({ type: 'service', service: id, kind, state, ready, wanted, ...(why !== undefined && { why }) });
      const waiting = {
        signal,
        ...times,
        after: beforeIt?.(signal),
        note,
        onProgress: ({ ready, wanted, done }: Progress, why: string | undefined) =>
          tell(done ? 'ready' : 'starting', ready, wanted, why),
      };
      await waitForWorkload(clientOf(session), workload, waiting);
      const own = { namespace, labels: selectorText({ name, component: kind }) };
      const anew = await restartMisfits(clientOf(session), own, session.situation.mesh, signal);
      if (anew === 0) return undefined;
      note(`${anew} pods are made anew, ${session.situation.mesh ? 'with' : 'without'} their proxy`);
      await waitForWorkload(clientOf(session), workload, waiting);
      return undefined;
    },
  });
}
