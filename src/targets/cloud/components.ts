/** The platform of a cluster in a cloud, as a list: each part with its version and the values that matter. Pure. */
import type { KubernetesObject } from '@kubernetes/client-node';
import type { App } from '../../app/app.ts';
import { choicesOf } from '../../app/choices.ts';
import type { Pins } from '../../platform/versions.ts';
import type { CloudEnvironment } from './environment.ts';

export interface ListedComponent {
  readonly name: string;
  /** chart: rendered by helm when there is a cluster. manifest: its own file. add-on: the cloud installs it. */
  readonly from: 'chart' | 'manifest' | 'objects' | 'add-on';
  readonly version?: string;
  /** What is set differently from its defaults, as far as it says something. */
  readonly values: Readonly<Record<string, unknown>>;
  /** For `objects`: they need no download. */
  readonly objects?: readonly KubernetesObject[];
}

export function cloudComponents(environment: CloudEnvironment, app: App, pins: Pins): readonly ListedComponent[] {
  const choices = choicesOf(app);
  return [
    ...(choices.mesh ? meshComponents(choices.meshHighAvailability, pins) : []),
    ...(choices.ingressEnabled
      ? [ingressComponent(environment, choices.ingress, choices.ingressHighAvailability, pins)]
      : []),
  ];
}

function meshComponents(high: boolean, pins: Pins): readonly ListedComponent[] {
  const { charts, manifests } = pins;
  return [
    { name: 'gateway-api', from: 'manifest', version: manifests['gateway-api'].version, values: {} },
    { name: 'linkerd-crds', from: 'chart', version: charts['linkerd-crds'].app, values: {} },
    {
      name: 'linkerd-control-plane',
      from: 'chart',
      version: charts['linkerd-control-plane'].app,
      values: { highAvailability: high, controllerReplicas: high ? 3 : 1, enablePodAntiAffinity: high },
    },
  ];
}

function ingressComponent(
  { cloud }: CloudEnvironment,
  ingress: 'nginx' | 'gateway',
  high: boolean,
  pins: Pins,
): ListedComponent {
  const values = { replicas: high ? 3 : 1, ...(high && { minAvailable: 2, spreadOver: 'zones' }) };
  if (ingress === 'gateway') return { name: 'traefik', from: 'objects', version: pins.images.traefik.version, values };
  return {
    name: 'ingress-nginx',
    from: 'chart',
    version: pins.charts['ingress-nginx'].app,
    values: { ...values, service: 'ClusterIP', proxyProtocol: cloud === 'aws' },
  };
}
