/** What the parts of the platform share: their settings, their labels, and the steps that each of them has. */
import type { KubernetesObject, V1ObjectMeta } from '@kubernetes/client-node';
import type { Step, StepContext } from '../../engine/step.ts';
import type { Artifacts } from '../artifacts.ts';
import type { PlatformChoices } from '../choices.ts';
import type { ClusterClient } from '../cluster.ts';
import { managedBy } from '../manifests/metadata.ts';
import type { ClusterTarget } from '../manifests.ts';
import type { KeyPair } from '../x509.ts';

export type ComponentName =
  | 'gateway-api'
  | 'linkerd'
  | 'ingress-nginx'
  | 'gateway'
  | 'metrics-server'
  | 'storage'
  | 'load-balancer-controller'
  | 'cluster-autoscaler'
  | 'bindings';

/** What components know of the cloud that their cluster is in. */
export interface CloudFacts {
  readonly clusterName: string;
  readonly region: string;
  readonly vpcId: string;
  /** Of the network, such as `10.4.0.0/16`: the load balancer speaks from it. */
  readonly addressRange: string;
  /** Three. */
  readonly zones: readonly string[];
  /** Name that GKE gives to the groups of the controller's pods, one a zone. */
  readonly endpointGroup: string;
  /** ARN or id of our key that disks are encrypted with. */
  readonly volumeKey: string;
}

/** Made when planning. What is a function is asked while steps run, after the steps of `needs`. */
export interface PlatformSettings {
  readonly target: ClusterTarget;
  readonly choices: PlatformChoices;
  /** Asked for, and its charts can be had. */
  readonly mesh: boolean;
  /** Something scales by load. */
  readonly metrics: boolean;
  readonly artifacts: Artifacts;
  /** Folder `kind/` of the package: values of charts. */
  readonly dataFolder: string;
  /** Keeps keys and certificates of the platform, mode 0700. */
  readonly keysFolder: string;
  /** The port of this machine that HTTPS is reached at. */
  readonly httpsPort: number | undefined;
  /** How many nodes the cluster has; replicas that keep apart need several. */
  readonly nodes: number;
  /** This run makes the cluster: nothing of an earlier choice is in it. */
  readonly fresh?: boolean;
  /** Version of the cluster, to render charts for. */
  readonly kubernetes: string;
  readonly client: () => ClusterClient;
  /** Program of helm. */
  readonly helm: () => Promise<string>;
  /** PEM texts of the ingress's own certificate. */
  readonly certificate: () => KeyPair;
  /** In a cloud only. */
  readonly cloud?: () => CloudFacts;
  /** Steps after which `client` and `certificate` can be asked. */
  readonly needs: { readonly cluster: readonly string[]; readonly certificate: readonly string[] };
}

/** What the objects and values of a component follow from: known before anything is downloaded. */
export type PureSettings = Pick<PlatformSettings, 'target' | 'choices' | 'mesh' | 'httpsPort' | 'nodes' | 'cloud'> & {
  readonly artifacts: Pick<Artifacts, 'pins'>;
};

/** Of every object of a component: pruning and removing go by it. */
export const componentLabel = 'opta.dev/platform';

/** Bears our labels, so that nothing of a chart is left behind. */
export function labelled(object: KubernetesObject, component: ComponentName): KubernetesObject {
  const { metadata = {} } = object;
  const labels = { ...metadata.labels, 'app.kubernetes.io/managed-by': managedBy, [componentLabel]: component };
  return { ...object, metadata: { ...metadata, labels } };
}

const clusterKinds = new Set([
  'Namespace',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleBinding',
  'IngressClass',
  'GatewayClass',
  'APIService',
  'PriorityClass',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
]);

/** Charts may leave the namespace of an object to whoever installs them. */
export function inNamespace(objects: readonly KubernetesObject[], namespace: string): readonly KubernetesObject[] {
  return objects.map((object) => {
    if (object.metadata?.namespace !== undefined || clusterKinds.has(object.kind ?? '')) return object;
    return { ...object, metadata: { ...object.metadata, namespace } };
  });
}

export function namespaceObject(
  name: string,
  more: Pick<V1ObjectMeta, 'labels' | 'annotations'> = {},
): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, ...more } };
}

/** The facts of the cloud, for what is installed in one. */
export function cloudOf({ cloud, target }: PureSettings): CloudFacts {
  if (cloud === undefined) throw new Error(`a platform on ${target} is told nothing of its cloud`);
  return cloud();
}

/** Step ids of a component. */
export const idsOf = (component: ComponentName) => ({
  render: `render:${component}`,
  apply: `platform:${component}`,
  ready: `platform-ready:${component}`,
});

export function step(rest: Omit<Step, 'needs'> & { readonly needs?: readonly string[] }): Step {
  return { needs: [], ...rest };
}

/** Objects that one step makes and later ones use. */
export interface Made {
  objects: readonly KubernetesObject[] | undefined;
}

export function objectsOf({ objects }: Made, id: string): readonly KubernetesObject[] {
  if (objects === undefined) throw new Error(`a step that needs what "${id}" makes does not name it in its needs`);
  return objects;
}

/** The step that renders; `make` needs no cluster, so that it runs while one boots. */
export function renderStep(
  component: ComponentName,
  title: string,
  made: Made,
  make: (context: StepContext) => Promise<readonly KubernetesObject[]>,
): Step {
  return step({
    id: idsOf(component).render,
    title,
    kind: 'check',
    async run(context) {
      const objects = await make(context);
      made.objects = objects.map((object) => labelled(object, component));
      return undefined;
    },
  });
}

/** How many bytes of a download have come. */
export const counting = ({ signal, progress }: StepContext) => ({
  signal,
  onBytes: (done: number, total: number | undefined) => progress(done, total, 'bytes'),
});
