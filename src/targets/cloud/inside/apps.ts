/** Databases' users, services, routes: applied to a real cluster, then waited for, then asked over the public address. */
import type { KubernetesObject, V1Job } from '@kubernetes/client-node';
import type { Service } from '../../../app/app.ts';
import { choicesOf } from '../../../app/choices.ts';
import { namespaceName } from '../../../app/names.ts';
import { secretName } from '../../../app/stack-secrets.ts';
import type { Step, StepContext } from '../../../engine/step.ts';
import { UserError } from '../../../errors.ts';
import { apply, nameOf, titleOf } from '../../../platform/apply.ts';
import { databaseUserObjects } from '../../../platform/manifests/database-user.ts';
import { type ManifestOptions, manifests } from '../../../platform/manifests.ts';
import { changesOf, prune } from '../../../platform/prune.ts';
import { conditionOf } from '../../../platform/ready/conditions.ts';
import { type Progress, waitForWorkload } from '../../../platform/ready.ts';
import { made, step } from '../session.ts';
import { repositoryOf } from './images.ts';
import { clientOf, type Inside, realityOf, resourceOutputs, secretSource } from './inside.ts';

const routeKinds = new Set(['Ingress', 'HTTPRoute', 'GRPCRoute', 'TraefikService']);
const isRoute = ({ kind = '' }: KubernetesObject): boolean => routeKinds.has(kind);
/** Milliseconds on top of a service's own time: a node may have to come first. */
const placingMs = 480_000;
/** Milliseconds for a Job that makes a user. */
const userMs = 600_000;

function optionsOf(inside: Inside): ManifestOptions {
  const { app, environment } = inside.session.situation;
  const choices = choicesOf(app);
  const release = made(inside.session.release, 'release');
  return {
    target: environment.cloud,
    mesh: choices.mesh,
    ingress: choices.ingress,
    pins: inside.artifacts.pins,
    secrets: secretSource(inside),
    images: (service) => {
      const image = made(release.images[service.id], `image of ${service.id}`);
      if (image.origin !== 'reference' && service.image.kind === 'build')
        return `${repositoryOf(inside, service)}@${image.digest}`;
      // A tag that nobody resolved stays as it was written.
      return image.origin === 'reference' ? `${image.repository}@${image.digest}` : referenceOf(service);
    },
  };
}

const referenceOf = ({ image }: Service): string => (image.kind === 'reference' ? image.reference : '');

async function applied(inside: Inside, objects: readonly KubernetesObject[], { signal, note }: StepContext) {
  const all = await apply(clientOf(inside), objects, { signal });
  const changed = changesOf(all);
  if (changed.length === 0) return 'unchanged' as const;
  note(`${changed.length} of ${all.length} objects changed`);
  return undefined;
}

/** One a managed database of AWS: its master's password is rotated by the cloud, and ours is not. */
function userSteps(inside: Inside): readonly Step[] {
  const { app, environment } = inside.session.situation;
  const databases =
    environment.cloud === 'aws' ? app.resources.filter(({ type }) => type === 'postgres' || type === 'mysql') : [];
  return databases.map((resource) =>
    step({
      id: `user:${resource.id}`,
      title: `the user of ${resource.id}`,
      kind: 'change',
      needs: ['apps:ground'],
      deadlineMs: userMs,
      async run({ signal, note }) {
        const values = resourceOutputs(inside, resource.id);
        const client = clientOf(inside);
        const password = made(inside.secrets.get(secretName(resource.id, 'password')), 'reach');
        const text = await realityOf(inside).account.inside.secret(values['master_secret_arn'] ?? '');
        const master = JSON.parse(text) as { username: string; password: string };
        const [secret, making] = databaseUserObjects(
          {
            resource,
            host: values['db_host'] ?? '',
            port: values['db_port'] ?? '',
            database: values['db_name'] ?? '',
            master: { name: master.username, password: master.password },
            user: { name: values['db_user'] ?? '', password },
            authority: made(inside.authority, 'reach'),
          },
          inside.artifacts.pins,
        );
        inside.session.situation.hidden.add(master.password);
        const namespace = { apiVersion: 'v1', kind: 'Namespace', name: namespaceName(resource.layer) };
        const mark = `opta.dev/user.${resource.name}`;
        const done = (await client.get(namespace, signal))?.metadata?.annotations?.[mark];
        if (done === making.metadata?.name) return 'unchanged';
        await client.remove(nameOf(making), signal);
        try {
          await apply(client, [secret, making as KubernetesObject], { signal });
          note('waiting for its Job');
          await userMade(inside, making, signal);
        } finally {
          // The master's password is in it.
          await client.remove(nameOf(secret));
        }
        const body = { metadata: { annotations: { [mark]: making.metadata?.name } } };
        const path = await client.pathOf(namespace);
        await client.write('PATCH', path, { body, contentType: 'application/merge-patch+json', signal });
        return undefined;
      },
    }),
  );
}

async function userMade(inside: Inside, making: V1Job, signal: AbortSignal): Promise<void> {
  const { namespace, name } = making.metadata ?? {};
  const client = clientOf(inside);
  let failed = false;
  await client.watch(
    { apiVersion: 'batch/v1', kind: 'Job', namespace, fields: `metadata.name=${name}` },
    ([found]) => {
      failed = found !== undefined && conditionOf(found, 'Failed')?.status === 'True';
      return failed || (found !== undefined && conditionOf(found, 'Complete')?.status === 'True');
    },
    signal,
  );
  if (!failed) return;
  const pods = await client.list({ apiVersion: 'v1', kind: 'Pod', namespace, labels: `job-name=${name}` }, signal);
  const last = pods.at(-1)?.metadata?.name;
  const detail = last === undefined ? [] : await client.log(namespace ?? '', last, { tail: 12 }, signal);
  throw new UserError('database-user-failed', `the Job ${namespace}/${name} could not make the user of the database`, {
    hints: ['The lines below are what it printed. Mend that, then promote again.'],
    detail,
  });
}

/** `ready`: steps of the platform after which pods get proxies and routes are served. */
export function appSteps(inside: Inside, images: readonly string[], ready: readonly string[]): readonly Step[] {
  const { app } = inside.session.situation;
  const all = () => manifests(app, optionsOf(inside));
  const users = userSteps(inside);
  const ground = step({
    id: 'apps:ground',
    title: 'namespaces',
    kind: 'change',
    needs: ['platform', 'apply:identities', ...ready],
    run: (context) =>
      applied(
        inside,
        all().filter(({ kind }) => kind === 'Namespace'),
        context,
      ),
  });
  const services = step({
    id: 'apps',
    title: 'services',
    kind: 'change',
    needs: ['apps:ground', ...images, ...users.map(({ id }) => id)],
    run: (context) =>
      applied(
        inside,
        all().filter((one) => !isRoute(one)),
        context,
      ),
  });
  const waits = app.services.filter(({ replicas }) => replicas.max > 0).map((service) => readyStep(inside, service));
  const routes = step({
    id: 'routes',
    title: 'public addresses',
    kind: 'change',
    needs: ['apps', 'bindings', ...waits.map(({ id }) => id)],
    run: (context) => applied(inside, all().filter(isRoute), context),
  });
  const removed = step({
    id: 'remove',
    title: 'nothing runs that the release does not have',
    kind: 'change',
    needs: ['routes'],
    async run({ signal, note }) {
      const namespaces = app.layers.map(({ name }) => namespaceName(name));
      const gone = await prune(clientOf(inside), all(), { signal, namespaces });
      if (gone.length === 0) return 'unchanged';
      note(`removed ${gone.map(titleOf).join(', ')}`);
      return undefined;
    },
  });
  return [ground, ...users, services, ...waits, routes, removed];
}

function readyStep(inside: Inside, service: Service): Step {
  const startMs = service.startupSeconds * 1000;
  return step({
    id: `ready:${service.id}`,
    title: `${service.id} is ready`,
    kind: 'wait',
    needs: ['apps'],
    async run({ signal, note, emit }) {
      const kind = service.storage.length > 0 ? 'StatefulSet' : 'Deployment';
      const workload = { apiVersion: 'apps/v1', kind, namespace: namespaceName(service.layer), name: service.name };
      await waitForWorkload(clientOf(inside), workload, {
        signal,
        note,
        startMs,
        deadlineMs: startMs + placingMs,
        onProgress: ({ ready, wanted, done }: Progress, why) =>
          emit({
            type: 'service',
            service: service.id,
            kind: 'service',
            state: done ? 'ready' : 'starting',
            ready,
            wanted,
            ...(why !== undefined && { why }),
          }),
      });
      return undefined;
    },
  });
}
