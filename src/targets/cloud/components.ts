/** The platform of a cluster in a cloud, as a list: each part with its version, its values, and its own objects. Pure. */
import type { KubernetesObject } from '@kubernetes/client-node';
import type { App } from '../../app/app.ts';
import { choicesOf } from '../../app/choices.ts';
import { clusterName, endpointGroupName } from '../../app/names.ts';
import { clusterAutoscalerObjects, loadBalancerControllerObjects } from '../../platform/components/aws-controllers.ts';
import { targetGroupBindings } from '../../platform/components/bindings.ts';
import type { CloudFacts, PureSettings } from '../../platform/components/component.ts';
import { traefikObjects } from '../../platform/components/gateway.ts';
import { nginxValues, ownValues } from '../../platform/components/ingress-nginx.ts';
import { linkerdChoices } from '../../platform/components/linkerd.ts';
import { storageObjects } from '../../platform/components/storage.ts';
import { merged, type Values } from '../../platform/values.ts';
import type { Pins } from '../../platform/versions.ts';
import type { CloudEnvironment } from './environment.ts';
import { type Placement, usualZones } from './placement.ts';

export interface ListedComponent {
  readonly name: string;
  /** chart: rendered by helm when there is a cluster. manifest: its own file. add-on: the cloud installs it. */
  readonly from: 'chart' | 'manifest' | 'objects' | 'add-on';
  readonly version?: string;
  /** Those that are laid over the values of kind/values, exactly as the chart is rendered with them. */
  readonly values: Values;
  /** For `objects`: they need no download. */
  readonly objects?: readonly KubernetesObject[];
}

/** What is known of a cluster before it stands goes by its name, as between stacks. */
export function factsOf(
  environment: CloudEnvironment,
  { addressRange, zones }: Pick<Placement, 'addressRange' | 'zones'> = {
    addressRange: '<network.addressRange>',
    zones: usualZones(environment),
  },
): CloudFacts {
  return {
    clusterName: clusterName(environment.name),
    region: environment.region,
    vpcId: '<network.vpcId>',
    addressRange,
    zones,
    endpointGroup: endpointGroupName(environment.name),
    volumeKey: '<network.keyVolumes>',
  };
}

/** Stands in the place of a certificate that is made when the platform is installed. */
const laterKey = { certificate: '<made on installation>', key: '<made on installation>' };

export function cloudComponents(environment: CloudEnvironment, app: App, pins: Pins): readonly ListedComponent[] {
  const choices = choicesOf(app);
  const settings: PureSettings = {
    target: environment.cloud,
    choices,
    mesh: choices.mesh,
    httpsPort: 443,
    nodes: 3,
    artifacts: { pins },
    cloud: () => factsOf(environment),
  };
  return [
    { name: 'storage', from: 'objects', values: {}, objects: storageObjects(settings) },
    ...(choices.mesh ? meshComponents(settings) : []),
    ...(choices.ingressEnabled ? ingressComponents(settings) : []),
    ...(environment.cloud === 'aws' ? controllers(settings, environment) : []),
    {
      name: 'metrics-server',
      from: 'add-on',
      values: { by: environment.cloud === 'aws' ? 'the add-on of EKS' : 'GKE itself' },
    },
  ];
}

function meshComponents(settings: PureSettings): readonly ListedComponent[] {
  const { charts, manifests } = settings.artifacts.pins;
  const values = merged(linkerdChoices(settings), settings.choices.values?.linkerd ?? {});
  return [
    { name: 'gateway-api', from: 'manifest', version: manifests['gateway-api'].version, values: {} },
    { name: 'linkerd-crds', from: 'chart', version: charts['linkerd-crds'].app, values: {} },
    { name: 'linkerd-control-plane', from: 'chart', version: charts['linkerd-control-plane'].app, values },
  ];
}

function ingressComponents(settings: PureSettings): readonly ListedComponent[] {
  const { pins } = settings.artifacts;
  if (settings.choices.ingress === 'gateway') {
    const objects = traefikObjects(settings);
    return [{ name: 'traefik', from: 'objects', version: pins.images.traefik.version, values: {}, objects }];
  }
  const values = merged(nginxValues(settings, laterKey.certificate), ownValues(settings));
  return [{ name: 'ingress-nginx', from: 'chart', version: pins.charts['ingress-nginx'].app, values }];
}

function controllers(settings: PureSettings, environment: CloudEnvironment): readonly ListedComponent[] {
  const { images } = settings.artifacts.pins;
  const { ingress, ingressEnabled } = settings.choices;
  const part = (name: 'aws-load-balancer-controller' | 'cluster-autoscaler', objects: readonly KubernetesObject[]) =>
    ({ name, from: 'objects', version: images[name].version, values: {}, objects }) as const;
  const scaling = part('cluster-autoscaler', clusterAutoscalerObjects(settings));
  if (!ingressEnabled) return [scaling];
  const ports = ['80', ...(environment.domain === undefined ? [] : ['443'])];
  const groups = Object.fromEntries(ports.map((port) => [port, `<edge.targetGroups.${port}>`]));
  const bindings = targetGroupBindings(ingress, groups, factsOf(environment));
  return [
    part('aws-load-balancer-controller', loadBalancerControllerObjects(settings, laterKey)),
    scaling,
    { name: 'bindings', from: 'objects', values: {}, objects: bindings },
  ];
}
