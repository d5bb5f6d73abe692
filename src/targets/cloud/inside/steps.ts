/** Everything inside a real cluster, as steps of a promotion and of a destroy. */
import type { KubernetesObject } from '@kubernetes/client-node';
import { choicesOf } from '../../../app/choices.ts';
import { namespaceName } from '../../../app/names.ts';
import type { Step } from '../../../engine/step.ts';
import type { Artifacts } from '../../../platform/artifacts.ts';
import type { ClusterClient } from '../../../platform/cluster.ts';
import { drainNodes } from '../../../platform/drain.ts';
import { ingressHomes } from '../../../platform/manifests.ts';
import type { Drain } from '../plan/shrink.ts';
import { urlsOf } from '../result.ts';
import { type CloudSession, step } from '../session.ts';
import { appSteps } from './apps.ts';
import { imageSteps } from './images.ts';
import { clientOf, type Inside, newInside, reachStep, realityOf } from './inside.ts';
import { leftText } from './left.ts';
import { bindingStep, platformSteps } from './platform.ts';

export interface InsideSteps {
  readonly steps: readonly Step[];
  readonly drain: Drain;
}

/** Milliseconds until a public address must answer: names take minutes to be known. */
const healthMs = 900_000;
/** Milliseconds for namespaces and their volumes to go. */
const goneMs = 900_000;

export function insideSteps(session: CloudSession, artifacts: Artifacts, dataFolder: string): InsideSteps {
  const inside = newInside(session, artifacts, dataFolder);
  const images = imageSteps(inside, ['apply:network']);
  const { steps, ready } = platformSteps(inside);
  const apps = appSteps(
    inside,
    images.map(({ id }) => id),
    ready,
  );
  return {
    steps: [
      ...images,
      reachStep(inside, ['apply:cluster', 'apply:identities']),
      ...steps,
      ...(choicesOf(session.situation.app).ingressEnabled ? [bindingStep(inside)] : []),
      ...apps,
      healthStep(session),
    ],
    async drain({ name }, context) {
      const count = await drainNodes(clientOf(inside), `opta.dev/group=${name}`, context);
      context.note(`${count} nodes are empty`);
    },
  };
}

/** An answer of the service itself, whatever it says: what a load balancer says instead is 502, 503 or 504. */
function healthStep(session: CloudSession): Step {
  return step({
    id: 'health',
    title: 'public addresses answer',
    kind: 'wait',
    needs: ['remove'],
    deadlineMs: healthMs,
    async run({ system, signal, note }) {
      const urls = urlsOf(session).filter((url) => !url.includes('<'));
      await Promise.all(
        urls.map(async (url) => {
          for (;;) {
            const said = await fetch(url, { signal, redirect: 'manual' }).then(
              ({ status }) => (status >= 502 && status <= 504 ? `${status}` : undefined),
              (error: Error) => {
                signal.throwIfAborted();
                return error.message;
              },
            );
            if (said === undefined) return;
            note(`${url}: ${said}`);
            await system.clock.sleep(5_000, signal);
          }
        }),
      );
      return undefined;
    },
  });
}

async function removed(client: ClusterClient, selection: Parameters<ClusterClient['list']>[0], signal: AbortSignal) {
  const found = await client.listMetadata(selection, signal);
  for (const { metadata } of found) {
    const { name = '', namespace, uid } = metadata ?? {};
    await client.remove({ apiVersion: selection.apiVersion, kind: selection.kind, name, namespace, uid }, signal);
  }
  return found;
}

/** Before the load balancer goes: services with their volumes, then bindings, whose finalizers need the target groups. */
export function leaveSteps(session: CloudSession, artifacts: Artifacts, dataFolder: string): readonly Step[] {
  const inside = newInside(session, artifacts, dataFolder);
  const { app } = session.situation;
  const apps = step({
    id: 'leave:apps',
    title: 'services and their volumes gone',
    kind: 'change',
    needs: ['reach'],
    deadlineMs: goneMs,
    async run({ signal, note }) {
      const client = clientOf(inside);
      const names = app.layers.map(({ name }) => namespaceName(name));
      await Promise.all(names.map((name) => client.remove({ apiVersion: 'v1', kind: 'Namespace', name }, signal)));
      note('waiting for namespaces and volumes');
      const gone = (left: readonly KubernetesObject[]) =>
        !left.some(({ metadata }) => names.includes(metadata?.name ?? ''));
      await client.watch({ apiVersion: 'v1', kind: 'Namespace' }, gone, signal);
      const ours = (left: readonly KubernetesObject[]) =>
        !left.some((one) =>
          names.includes((one as { spec?: { claimRef?: { namespace?: string } } }).spec?.claimRef?.namespace ?? ''),
        );
      await client.watch({ apiVersion: 'v1', kind: 'PersistentVolume' }, ours, signal);
      return undefined;
    },
  });
  const bindings = step({
    id: 'leave:bindings',
    title: 'bindings of the load balancer gone',
    kind: 'change',
    needs: ['leave:apps'],
    deadlineMs: goneMs,
    async run({ signal }) {
      const { ingress } = choicesOf(app);
      const client = clientOf(inside);
      const kind = { apiVersion: 'elbv2.k8s.aws/v1beta1', kind: 'TargetGroupBinding' };
      const found = await removed(client, kind, signal);
      if (found.length > 0) await client.watch(kind, (left) => left.length === 0, signal);
      // GKE takes its groups of endpoints away with the Service.
      const { namespace } = ingressHomes[ingress];
      await removed(client, { apiVersion: 'v1', kind: 'Service', namespace }, signal);
      return undefined;
    },
  });
  return [reachStep(inside, []), apps, bindings];
}

/** After all is gone: what controllers made outside of state, and would go on costing. */
export function sweepStep(
  session: CloudSession,
  artifacts: Artifacts,
  dataFolder: string,
  needs: readonly string[],
): Step {
  const inside: Inside = newInside(session, artifacts, dataFolder);
  return step({
    id: 'sweep',
    title: 'nothing is left that controllers made',
    kind: 'check',
    needs,
    async run({ note }) {
      const { clusterName } = await import('../../../app/names.ts');
      const { environment } = session.situation;
      const left = await realityOf(inside).account.inside.leftBehind(clusterName(environment.name));
      if (left.length === 0) return undefined;
      note(`left: ${leftText(environment, left)}`);
      return undefined;
    },
  });
}
