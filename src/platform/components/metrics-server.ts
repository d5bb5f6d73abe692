/** metrics-server: what autoscalers measure by. In local clusters only; the clouds bring their own. */
import { join } from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import type { Step } from '../../engine/step.ts';
import type { ClusterClient } from '../cluster.ts';
import { readValues, render } from '../helm.ts';
import { conditionOf } from '../ready/conditions.ts';
import { endpointReady } from '../ready/webhooks.ts';
import { waitForWorkload } from '../ready.ts';
import { referenceIn } from '../registry/reference.ts';
import { merged, type Values } from '../values.ts';
import {
  counting,
  idsOf,
  inNamespace,
  type Made,
  objectsOf,
  type PlatformSettings,
  renderStep,
  step,
} from './component.ts';
import { withImage } from './images.ts';
import { install } from './installed.ts';

const ids = idsOf('metrics-server');
const registration = 'platform-register:metrics-server';
const namespace = 'kube-system';
const name = 'metrics-server';
/** Milliseconds. */
const deadlineMs = 180_000;

/** Goes in when the pod is ready: while a registered part of the API does not answer, nothing that lists all kinds works. */
const isRegistration = ({ kind }: KubernetesObject): boolean => kind === 'APIService';

/** Resolves when the API server gets answers; until then `note` is told why it does not. */
async function available(client: ClusterClient, note: (why: string) => void, signal: AbortSignal): Promise<void> {
  const registered = {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    fields: 'metadata.name=v1beta1.metrics.k8s.io',
  };
  const isAvailable = ([one]: readonly Parameters<typeof conditionOf>[0][]) => {
    const condition = one && conditionOf(one, 'Available');
    if (condition?.status === 'False') note(condition.message ?? condition.reason ?? 'the API server gets no answer');
    return condition?.status === 'True';
  };
  await client.watch(registered, isAvailable, signal);
}

export function planMetricsServer(settings: PlatformSettings): readonly Step[] {
  const { artifacts, dataFolder, kubernetes, client, helm, needs } = settings;
  const made: Made = { objects: undefined };
  const { version, ref } = artifacts.pins.images[name];
  return [
    renderStep(name, 'chart of metrics-server', made, async (context) => {
      const [file, values] = await Promise.all([
        artifacts.chart(name, counting(context)),
        readValues(join(dataFolder, 'values', 'metrics-server.yaml')),
      ]);
      const { repository, tag } = referenceIn(ref);
      const own: Values = { image: { repository, tag }, podAnnotations: { 'linkerd.io/inject': 'disabled' } };
      const chart = { file, release: name, namespace, values: merged(values, own), kubernetes };
      return withImage(inNamespace(await render(context.system, helm, chart, context.signal), namespace), name, ref);
    }),
    step({
      id: ids.apply,
      title: `metrics-server ${version}`,
      kind: 'change',
      needs: [...needs.cluster, ids.render],
      facts: { version },
      run: (context) => {
        const objects = objectsOf(made, ids.render).filter((one) => !isRegistration(one));
        return install(client(), objects, context);
      },
    }),
    step({
      id: registration,
      title: 'metrics are part of the API',
      kind: 'change',
      needs: [ids.apply],
      async run(context) {
        const { signal, note } = context;
        const workload = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name };
        await waitForWorkload(client(), workload, { signal, note, deadlineMs });
        await endpointReady(client(), { name, namespace }, signal);
        return install(client(), objectsOf(made, ids.render).filter(isRegistration), context);
      },
    }),
    step({
      id: ids.ready,
      title: 'metrics are served',
      kind: 'wait',
      needs: [registration],
      deadlineMs,
      async run({ signal, note }) {
        note('waiting for the API server to take it in');
        await available(client(), note, signal);
        return undefined;
      },
    }),
  ];
}
