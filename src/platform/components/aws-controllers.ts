/** What EKS does not bring: AWS Load Balancer Controller, which puts pods into target groups, and Cluster Autoscaler. */
import type { KubernetesObject } from '@kubernetes/client-node';
import type { Step } from '../../engine/step.ts';
import { readManifests } from '../helm.ts';
import { shortHash } from '../manifests/metadata.ts';
import { waitForWorkload } from '../ready.ts';
import type { KeyPair } from '../x509.ts';
import {
  cloudOf,
  counting,
  idsOf,
  type Made,
  objectsOf,
  type PlatformSettings,
  type PureSettings,
  renderStep,
  step,
} from './component.ts';
import { controllerObjects, systemNamespace as namespace, rule } from './controller.ts';
import { install, removeOthers } from './installed.ts';
import { tlsSecret, webhookKey } from './keys.ts';

/** Names of the accounts are those that the stack `identities` ties roles to. */
const balancer = { name: 'aws-load-balancer-controller', account: 'aws-load-balancer-controller' } as const;
const scaler = { name: 'cluster-autoscaler', account: 'cluster-autoscaler' } as const;
const certificateName = `${balancer.name}-tls`;
/** Milliseconds until a controller must be ready. */
const deadlineMs = 240_000;

const look = ['get', 'list', 'watch'];

/** Load balancers are ours: what would make some is off. */
const balancerGates = ['EnableServiceController', 'NLBGatewayAPI', 'ALBGatewayAPI', 'GlobalAcceleratorController']
  .map((gate) => `${gate}=false`)
  .join(',');

/** All but its definitions. It wants a certificate for webhooks that nothing here asks. Pure. */
export function loadBalancerControllerObjects(settings: PureSettings, key: KeyPair): readonly KubernetesObject[] {
  const { clusterName, region, vpcId } = cloudOf(settings);
  const objects = controllerObjects({
    ...balancer,
    replicas: settings.choices.ingressHighAvailability ? 2 : 1,
    image: settings.artifacts.pins.images['aws-load-balancer-controller'].ref,
    args: [
      `--cluster-name=${clusterName}`,
      // Nodes do not tell pods of the machine that they are on.
      ...[`--aws-region=${region}`, `--aws-vpc-id=${vpcId}`],
      `--feature-gates=${balancerGates}`,
      ...['--enable-shield=false', '--enable-waf=false', '--enable-wafv2=false'],
      '--enable-backend-security-group=false',
    ],
    ports: [{ name: 'webhook', containerPort: 9443 }],
    health: { path: '/healthz', port: 61_779 },
    memory: '256Mi',
    volumes: [
      {
        volume: { name: 'certificate', secret: { secretName: certificateName, defaultMode: 288 } },
        path: '/tmp/k8s-webhook-server/serving-certs',
      },
    ],
    annotations: { 'opta.dev/certificate': shortHash(key.certificate) },
    rules: [
      rule('', ['endpoints', 'namespaces', 'nodes', 'pods', 'services'], look),
      rule('', ['configmaps'], ['get', 'create', 'update', 'delete']),
      rule('', ['events'], ['create', 'patch']),
      // The readiness gate of a pod that waits for its target group.
      rule('', ['pods/status'], ['patch', 'update']),
      rule('discovery.k8s.io', ['endpointslices'], look),
      rule('elbv2.k8s.aws', ['targetgroupbindings'], [...look, 'create', 'delete', 'patch', 'update']),
      rule('elbv2.k8s.aws', ['targetgroupbindings/status'], ['patch', 'update']),
      rule('elbv2.k8s.aws', ['ingressclassparams', 'albtargetcontrolconfigs'], look),
      rule('networking.k8s.io', ['ingresses', 'ingressclasses'], look),
    ],
    ownRules: [
      rule('coordination.k8s.io', ['leases'], ['create']),
      rule('coordination.k8s.io', ['leases'], ['get', 'update', 'patch'], ['aws-load-balancer-controller-leader']),
    ],
  });
  return [tlsSecret(certificateName, namespace, key) as KubernetesObject, ...objects];
}

/** Its minor version is that of the cluster's Kubernetes. Pure. */
export function clusterAutoscalerObjects(settings: PureSettings): readonly KubernetesObject[] {
  const { clusterName, region } = cloudOf(settings);
  const workloads = ['statefulsets', 'replicasets', 'daemonsets'];
  const found = ['enabled', clusterName].map((tag) => `k8s.io/cluster-autoscaler/${tag}`).join(',');
  return controllerObjects({
    ...scaler,
    replicas: 1,
    image: settings.artifacts.pins.images['cluster-autoscaler'].ref,
    command: ['./cluster-autoscaler'],
    args: [
      ...['--cloud-provider=aws', `--node-group-auto-discovery=asg:tag=${found}`],
      ...['--balance-similar-node-groups=true', '--skip-nodes-with-system-pods=false', '--expander=least-waste'],
      ...['--skip-nodes-with-local-storage=false', '--v=2', '--stderrthreshold=info', `--namespace=${namespace}`],
    ],
    ports: [{ name: 'http', containerPort: 8085 }],
    health: { path: '/health-check', port: 8085 },
    memory: '600Mi',
    annotations: { 'opta.dev/region': region },
    rules: [
      rule('', ['events', 'endpoints'], ['create', 'patch']),
      rule('', ['pods/eviction'], ['create']),
      rule('', ['pods/status'], ['update']),
      rule('', ['nodes'], [...look, 'update']),
      rule('', ['namespaces', 'pods', 'services', 'replicationcontrollers'], look),
      rule('', ['persistentvolumeclaims', 'persistentvolumes'], look),
      rule('policy', ['poddisruptionbudgets'], look),
      rule('apps', workloads, look),
      rule('batch', ['jobs', 'cronjobs'], look),
      rule('resource.k8s.io', ['deviceclasses', 'resourceslices', 'resourceclaims'], look),
      rule('storage.k8s.io', ['storageclasses', 'csinodes', 'csidrivers'], look),
      rule('storage.k8s.io', ['csistoragecapacities', 'volumeattachments'], look),
      rule('coordination.k8s.io', ['leases'], ['create']),
      rule('coordination.k8s.io', ['leases'], ['get', 'update'], [scaler.name]),
    ],
    ownRules: [
      rule('', ['configmaps'], ['create', 'list', 'watch']),
      rule('', ['configmaps'], ['get', 'update', 'delete', 'watch'], ['cluster-autoscaler-status']),
    ],
  });
}

type ControllerName = 'load-balancer-controller' | 'cluster-autoscaler';

function planController(
  settings: PlatformSettings,
  component: ControllerName,
  deploymentName: string,
  title: string,
  make: Parameters<typeof renderStep>[3],
): readonly Step[] {
  const { client, needs } = settings;
  const ids = idsOf(component);
  const made: Made = { objects: undefined };
  return [
    // The facts of the cluster are in what is rendered.
    { ...renderStep(component, `objects of ${title}`, made, make), needs: needs.cluster },
    step({
      id: ids.apply,
      title,
      kind: 'change',
      needs: [...needs.cluster, ids.render],
      async run(context) {
        const objects = objectsOf(made, ids.render);
        const outcome = await install(client(), objects, context);
        const gone = await removeOthers(client(), component, objects, context.signal);
        return gone.length > 0 ? undefined : outcome;
      },
    }),
    step({
      id: ids.ready,
      title: `${title} runs`,
      kind: 'wait',
      needs: [ids.apply],
      deadlineMs,
      async run({ signal, note }) {
        const workload = { apiVersion: 'apps/v1', kind: 'Deployment', namespace, name: deploymentName };
        await waitForWorkload(client(), workload, { signal, note, deadlineMs: deadlineMs - 5_000 });
        return undefined;
      },
    }),
  ];
}

/** On AWS only; GKE has both of its own. */
export function planAwsControllers(settings: PlatformSettings): readonly Step[] {
  const { artifacts, keysFolder, choices } = settings;
  const { images } = artifacts.pins;
  const scaling = planController(
    settings,
    'cluster-autoscaler',
    scaler.name,
    `Cluster Autoscaler ${images['cluster-autoscaler'].version}`,
    async () => clusterAutoscalerObjects(settings),
  );
  if (!choices.ingressEnabled) return scaling;
  const title = `AWS Load Balancer Controller ${images['aws-load-balancer-controller'].version}`;
  const make = async (context: Parameters<typeof counting>[0]) => {
    const file = await artifacts.manifest('aws-load-balancer-controller-crds', counting(context));
    const service = { name: balancer.name, namespace };
    const { server } = await webhookKey(context.system, keysFolder, balancer.name, service);
    return [...(await readManifests(context.system, file)), ...loadBalancerControllerObjects(settings, server)];
  };
  return [...planController(settings, 'load-balancer-controller', balancer.name, title, make), ...scaling];
}
