/** ingress-nginx: its chart with our values, our certificates, and a webhook that is asked only when it can answer. */
import { join } from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import type { Step, StepContext } from '../../engine/step.ts';
import type { Diagnostic } from '../../errors.ts';
import { readValues, render } from '../helm.ts';
import { ingressHomes } from '../manifests.ts';
import { dryRunAccepted, endpointReady } from '../ready/webhooks.ts';
import { waitForWorkload } from '../ready.ts';
import { referenceIn } from '../registry/reference.ts';
import { merged, type Values } from '../values.ts';
import { nginxEdgeValues } from './cloud-edge.ts';
import {
  counting,
  idsOf,
  inNamespace,
  labelled,
  type Made,
  namespaceObject,
  objectsOf,
  type PlatformSettings,
  type PureSettings,
  renderStep,
  step,
} from './component.ts';
import { withImage } from './images.ts';
import { ingressReplicas, localPlacement } from './ingress-placement.ts';
import { install, removeOthers } from './installed.ts';
import { tlsSecret, webhookKey } from './keys.ts';

const ids = idsOf('ingress-nginx');
const { namespace } = ingressHomes.nginx;
const controller = 'ingress-nginx-controller';
const webhookService = { name: `${controller}-admission`, namespace };
const zone = 'topology.kubernetes.io/zone';

/** Its values name this Secret as the certificate of hosts that have none of their own. */
const certificateName = 'opta-tls';

/** Printed once a run: the project has ended. */
export const retirement: Diagnostic = {
  severity: 'notice',
  code: 'ingress-retired',
  message: 'ingress-nginx is retired: 1.15.1 of March 2026 was its last release.',
  hints: ['`ingress: gateway` in k8s-base serves the same routes by Gateway API, with Traefik.'],
};

/** Milliseconds until the controller must be ready: its image is 110 MB. */
const deadlineMs = 240_000;

/** Where the controller's webhook listens, in its pod. */
const webhookPort = 8443;

/**
 * Where clients reach HTTPS at another port than 443 the controller listens there too: it tells its own port in redirects
 * and in X-Forwarded-Port.
 */
function portValues({ httpsPort = 443, mesh }: PureSettings): Values {
  if (httpsPort === 443) return {};
  const webhook = httpsPort === webhookPort ? webhookPort + 1 : webhookPort;
  return {
    config: { 'use-port-in-redirects': 'true' },
    containerPort: { https: httpsPort },
    extraArgs: { 'https-port': String(httpsPort) },
    admissionWebhooks: { port: webhook },
    ...(mesh && { podAnnotations: { 'config.linkerd.io/skip-inbound-ports': `80,${httpsPort},${webhook}` } }),
  };
}

/** Values that depend on the run, over those of the files. Pure. */
export function nginxValues(settings: PureSettings, authority: string): Values {
  const { artifacts, mesh, target } = settings;
  const { ref, version } = artifacts.pins.images['ingress-nginx'];
  const { repository, digest } = referenceIn(ref);
  const replicas = ingressReplicas(settings);
  const spread = {
    maxSkew: 1,
    topologyKey: zone,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labels },
  };
  const own = {
    controller: {
      // The chart takes versions for tags only; the reference itself is put in after rendering.
      image: { repository, tag: `v${version}`, digest, chroot: false },
      replicaCount: replicas,
      ...(replicas > 1 && { minAvailable: replicas - 1, topologySpreadConstraints: [spread] }),
      ...(target === 'kind' && localPlacement(replicas)),
      admissionWebhooks: { annotations: {}, caBundle: authority },
      ...(!mesh && { podAnnotations: { 'linkerd.io/inject': 'disabled' } }),
    },
  };
  return merged(own, { controller: target === 'kind' ? portValues(settings) : nginxEdgeValues(settings) });
}

/** What the definition says of the chart and of the controller. Its settings are texts. */
export function ownValues({ choices: { values } }: PureSettings): Values {
  const config = Object.entries(values?.nginxConfig ?? {}).map(([key, value]) => [key, String(value)]);
  return merged({ controller: { config: Object.fromEntries(config) } }, values?.ingressNginx ?? {});
}

const labels = {
  'app.kubernetes.io/name': 'ingress-nginx',
  'app.kubernetes.io/instance': 'ingress-nginx',
  'app.kubernetes.io/component': 'controller',
};

interface Webhook extends KubernetesObject {
  readonly webhooks: readonly { readonly clientConfig: object }[];
}

/** The chart leaves it to a Job to set the authority. */
function withAuthority(objects: readonly KubernetesObject[], authority: string): readonly KubernetesObject[] {
  const caBundle = Buffer.from(authority).toString('base64');
  return objects.map((object) => {
    if (object.kind !== 'ValidatingWebhookConfiguration') return object;
    const { webhooks } = object as Webhook;
    const asked = webhooks.map((one) => ({ ...one, clientConfig: { ...one.clientConfig, caBundle } }));
    return { ...object, webhooks: asked };
  });
}

async function objectsFor(settings: PlatformSettings, context: StepContext): Promise<readonly KubernetesObject[]> {
  const { artifacts, dataFolder, keysFolder, kubernetes, target, helm } = settings;
  const values = (name: string) => readValues(join(dataFolder, 'values', `${name}.yaml`));
  const [file, common, local, key] = await Promise.all([
    artifacts.chart('ingress-nginx', counting(context)),
    values('ingress-nginx'),
    target === 'kind' ? values('ingress-nginx-local') : {},
    webhookKey(context.system, keysFolder, 'ingress-webhook', webhookService),
  ]);
  const chart = { file, release: 'ingress-nginx', namespace, kubernetes };
  const all = merged(common, local, nginxValues(settings, key.authority), ownValues(settings));
  const rendered = await render(context.system, helm, { ...chart, values: all }, context.signal);
  const { certificate, key: privateKey } = key.server;
  const data = { cert: btoa(certificate), key: btoa(privateKey), ca: btoa(key.authority) };
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'ingress-nginx-admission', namespace }, data };
  const imaged = withImage(inNamespace(rendered, namespace), 'controller', artifacts.pins.images['ingress-nginx'].ref);
  return [namespaceObject(namespace), secret as KubernetesObject, ...withAuthority(imaged, key.authority)];
}

/** Refused by the webhook when it can be reached, and never stored. */
const trial: KubernetesObject & { readonly spec: unknown } = {
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'opta-trial', namespace },
  spec: {
    ingressClassName: ingressHomes.nginx.className,
    rules: [
      {
        host: 'trial.opta.invalid',
        http: {
          paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: controller, port: { number: 80 } } } }],
        },
      },
    ],
  },
};

export function planIngressNginx(settings: PlatformSettings, after: readonly string[]): readonly Step[] {
  const { artifacts, client, certificate, needs } = settings;
  const made: Made = { objects: undefined };
  const { version } = artifacts.pins.images['ingress-nginx'];
  return [
    renderStep('ingress-nginx', 'chart of ingress-nginx', made, (context) => objectsFor(settings, context)),
    step({
      id: ids.apply,
      title: `ingress-nginx ${version}`,
      kind: 'change',
      needs: [...needs.cluster, ...needs.certificate, ids.render, ...after],
      facts: { version },
      async run(context) {
        const own = labelled(tlsSecret(certificateName, namespace, certificate()), 'ingress-nginx');
        const objects = [...objectsOf(made, ids.render), own];
        const outcome = await install(client(), objects, context);
        const gone = await removeOthers(client(), 'ingress-nginx', objects, context.signal);
        return gone.length > 0 ? undefined : outcome;
      },
    }),
    step({
      id: ids.ready,
      title: 'ingress-nginx answers',
      kind: 'wait',
      needs: [ids.apply],
      deadlineMs,
      async run({ signal, note }) {
        const workload = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: controller };
        await waitForWorkload(client(), workload, { signal, note, deadlineMs: deadlineMs - 5_000 });
        note('waiting for its webhook');
        await endpointReady(client(), webhookService, signal);
        await dryRunAccepted(client(), trial, signal);
        return undefined;
      },
    }),
  ];
}
