/** Linkerd: definitions, then identity, then the rest, then the proof that a pod gets its proxy. */
import { join } from 'node:path';
import type { KubernetesObject, V1Pod } from '@kubernetes/client-node';
import type { Step, StepContext } from '../../engine/step.ts';
import { UserError } from '../../errors.ts';
import { apply } from '../apply.ts';
import type { ClusterClient } from '../cluster.ts';
import { readValues, render } from '../helm.ts';
import { changesOf } from '../prune.ts';
import { authoritySet, dryRunAccepted, endpointReady } from '../ready/webhooks.ts';
import { waitForWorkload } from '../ready.ts';
import { referenceIn } from '../registry/reference.ts';
import { merged, type Values } from '../values.ts';
import {
  counting,
  idsOf,
  inNamespace,
  type Made,
  namespaceObject,
  objectsOf,
  type PlatformSettings,
  type PureSettings,
  renderStep,
  step,
} from './component.ts';
import { removeOthers } from './installed.ts';
import { issuerEnd, keySecrets, keyValues, type LinkerdKeys, linkerdKeys, namespace } from './linkerd-keys.ts';
import { isMeshed } from './meshed.ts';

const ids = idsOf('linkerd');
const identity = 'linkerd-identity';
const deployments = [identity, 'linkerd-destination', 'linkerd-proxy-injector'] as const;
const injector = { name: 'linkerd-proxy-injector', namespace };
const injectorWebhook = 'linkerd-proxy-injector-webhook-config';
/** Milliseconds until all of it must be ready; 20 s when its images are there. */
const deadlineMs = 300_000;
/** Three replicas keep apart from each other, so they need as many nodes. */
const highAvailabilityNodes = 3;

/** Values that depend on the run, over those of the file. Pure. */
export const linkerdValues = (settings: PureSettings, keys: LinkerdKeys): Values =>
  merged(keyValues(keys), linkerdChoices(settings));

/** The same without certificates. */
export function linkerdChoices(settings: PureSettings): Values {
  const { artifacts, choices, nodes, target } = settings;
  const controller = referenceIn(artifacts.pins.images['linkerd-controller'].ref);
  const proxy = referenceIn(artifacts.pins.images['linkerd-proxy'].ref);
  const version = ({ tag, digest }: typeof proxy) => (digest === '' ? tag : `${tag}@${digest}`);
  const high = choices.meshHighAvailability && (target !== 'kind' || nodes >= highAvailabilityNodes);
  return {
    linkerdVersion: controller.tag,
    controllerImage: controller.repository,
    controllerImageVersion: version(controller),
    proxy: { image: { name: proxy.repository, version: version(proxy) } },
    ...(high && {
      controllerReplicas: 3,
      enablePodAntiAffinity: true,
      enablePodDisruptionBudget: true,
      highAvailability: true,
      deploymentStrategy: { rollingUpdate: { maxUnavailable: 1, maxSurge: '25%' } },
      webhookFailurePolicy: 'Fail',
    }),
  };
}

function home(): KubernetesObject {
  return namespaceObject(namespace, {
    labels: {
      'linkerd.io/is-control-plane': 'true',
      'linkerd.io/control-plane-ns': namespace,
      // Its own webhooks never wait for themselves.
      'config.linkerd.io/admission-webhooks': 'disabled',
      'pod-security.kubernetes.io/enforce': 'privileged',
    },
    annotations: { 'linkerd.io/inject': 'disabled' },
  });
}

async function objectsFor(settings: PlatformSettings, context: StepContext): Promise<readonly KubernetesObject[]> {
  const { artifacts, dataFolder, keysFolder, kubernetes, helm } = settings;
  const values = (name: string) => readValues(join(dataFolder, 'values', `${name}.yaml`));
  const [crds, control, crdValues, controlValues, keys] = await Promise.all([
    artifacts.chart('linkerd-crds', counting(context)),
    artifacts.chart('linkerd-control-plane', counting(context)),
    values('linkerd-crds'),
    values('linkerd-control-plane'),
    linkerdKeys(context.system, keysFolder),
  ]);
  const common = { namespace, kubernetes };
  const own = merged(controlValues, linkerdValues(settings, keys), settings.choices.values?.linkerd ?? {});
  const [definitions, rest] = await Promise.all([
    render(context.system, helm, { ...common, file: crds, release: 'linkerd-crds', values: crdValues }, context.signal),
    render(
      context.system,
      helm,
      { ...common, file: control, release: 'linkerd-control-plane', values: own },
      context.signal,
    ),
  ]);
  const secrets = keySecrets(keys, rest, context.system.clock.now());
  return [home(), ...secrets, ...inNamespace([...definitions, ...rest], namespace)];
}

/** Webhooks and what they serve come after identity: a proxy that cannot find it waits for half a minute. */
function comesLater({ kind = '', metadata }: KubernetesObject): boolean {
  if (kind.endsWith('WebhookConfiguration')) return true;
  return ['Deployment', 'DaemonSet', 'CronJob'].includes(kind) && metadata?.name !== identity;
}

async function installInOrder(client: ClusterClient, objects: readonly KubernetesObject[], context: StepContext) {
  const { signal, note, system } = context;
  const expired = ((await issuerEnd(client, signal)) ?? Infinity) <= system.clock.now();
  const first = await apply(
    client,
    objects.filter((one) => !comesLater(one)),
    { signal },
  );
  if (expired) {
    note('its issuer had expired: starting identity anew');
    await restart(client, 'identity', signal);
  }
  note('waiting for identity');
  const workload = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: identity };
  await waitForWorkload(client, workload, { signal, note, deadlineMs: deadlineMs / 2 });
  await endpointReady(client, { name: `${identity}-headless`, namespace }, signal);
  const second = await apply(client, objects.filter(comesLater), { signal });
  const gone = await removeOthers(client, 'linkerd', objects, signal);
  const changed = changesOf([...first, ...second]).length + gone.length;
  return changed === 0 ? ('unchanged' as const) : undefined;
}

/** Deletes the pods of a component; its Deployment makes new ones. */
async function restart(client: ClusterClient, component: string, signal: AbortSignal): Promise<void> {
  const labels = `linkerd.io/control-plane-component=${component}`;
  const pods = await client.listMetadata({ apiVersion: 'v1', kind: 'Pod', namespace, labels }, signal);
  const names = pods.map(({ metadata }) => metadata?.name ?? '');
  await Promise.all(names.map((name) => client.remove({ apiVersion: 'v1', kind: 'Pod', namespace, name }, signal)));
}

const trial: V1Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'opta-trial', namespace: 'default', annotations: { 'linkerd.io/inject': 'enabled' } },
  spec: { automountServiceAccountToken: true, containers: [{ name: 'trial', image: 'trial.opta.invalid/trial:1' }] },
};

/** Milliseconds between trials: nodes learn of the injector's endpoint a moment after the API server. */
const pauses = [50, 100, 200, 400, 800, 1600, 3000, 5000];

/** The webhook lets pods pass unmeshed when it cannot be asked, so only a pod that got its proxy proves that it can. */
async function injects(client: ClusterClient, signal: AbortSignal): Promise<void> {
  for (const pause of [...pauses, undefined]) {
    if (isMeshed((await dryRunAccepted(client, trial, signal)) as V1Pod)) return;
    if (pause !== undefined) await client.system.clock.sleep(pause, signal);
  }
  throw new UserError('mesh-not-injecting', 'Linkerd is ready, but gives new pods no proxy', {
    hints: ['See its log: `kubectl -n linkerd logs deploy/linkerd-proxy-injector`.'],
  });
}

export function planLinkerd(settings: PlatformSettings): readonly Step[] {
  const { artifacts, client, needs } = settings;
  const made: Made = { objects: undefined };
  const { tag } = referenceIn(artifacts.pins.images['linkerd-controller'].ref);
  return [
    renderStep('linkerd', 'charts and certificates of Linkerd', made, (context) => objectsFor(settings, context)),
    step({
      id: ids.apply,
      title: `Linkerd ${tag}`,
      kind: 'change',
      needs: [...needs.cluster, ids.render, idsOf('gateway-api').apply],
      facts: { version: tag },
      run: (context) => installInOrder(client(), objectsOf(made, ids.render), context),
    }),
    step({
      id: ids.ready,
      title: 'Linkerd gives pods their proxies',
      kind: 'wait',
      needs: [ids.apply],
      deadlineMs,
      async run({ signal, note }) {
        const wait = { signal, note, deadlineMs: deadlineMs - 5_000 };
        const workload = (name: string) => ({ apiVersion: 'apps/v1', kind: 'Deployment', namespace, name });
        await Promise.all(deployments.map((name) => waitForWorkload(client(), workload(name), wait)));
        note('waiting for its injector');
        await endpointReady(client(), injector, signal);
        await authoritySet(client(), 'MutatingWebhookConfiguration', injectorWebhook, signal);
        await injects(client(), signal);
        return undefined;
      },
    }),
  ];
}
