/** What every cluster carries, as the steps of a plan: Gateway API, Linkerd, an ingress controller, metrics-server. */
import type { Step } from '../../engine/step.ts';
import type { Diagnostic } from '../../errors.ts';
import { titleOf } from '../apply.ts';
import type { Artifacts } from '../artifacts.ts';
import type { PlatformChoices } from '../choices.ts';
import { removeStaleWebhooks } from '../ready/webhooks.ts';
import type { ImageName } from '../versions.ts';
import { planAwsControllers } from './aws-controllers.ts';
import { type ComponentName, idsOf, type PlatformSettings, step } from './component.ts';
import { planGateway } from './gateway.ts';
import { planGatewayApi } from './gateway-api.ts';
import { planIngressNginx, retirement } from './ingress-nginx.ts';
import { removeOthers } from './installed.ts';
import { planLinkerd } from './linkerd.ts';
import { planMetricsServer } from './metrics-server.ts';
import { planStorage } from './storage.ts';

export type { PlatformSettings } from './component.ts';

export interface PlatformPlan {
  readonly steps: readonly Step[];
  /** Steps after which pods get their proxies: workloads need them. Empty without a mesh. */
  readonly mesh: readonly string[];
  /** Steps after which definitions of Gateway API are there, and routes are checked and served. */
  readonly ingress: readonly string[];
  readonly notices: readonly Diagnostic[];
}

const charts = ['linkerd-crds', 'linkerd-control-plane'] as const;

/** Whether the mesh is on, and why not when it was asked for. */
export function meshOf(
  choices: PlatformChoices,
  artifacts: Artifacts,
): { readonly on: boolean; readonly notices: readonly Diagnostic[] } {
  if (!choices.mesh) return { on: false, notices: [] };
  const lacking = charts.filter((name) => !artifacts.has('charts', name));
  if (lacking.length === 0) return { on: true, notices: [] };
  const notice: Diagnostic = {
    severity: 'notice',
    code: 'mesh-off',
    message: `The mesh is off: the mirror ${artifacts.mirror} has no ${lacking.join(' and no ')}.`,
    hints: [`\`opta mirror sync ${artifacts.mirror}\` brings them, from a machine with a network.`],
  };
  return { on: false, notices: [notice] };
}

/** Images of the platform's own pods, to bring into a cluster before they are asked for. */
export function platformImages({
  mesh,
  metrics,
  choices,
}: Pick<PlatformSettings, 'mesh' | 'metrics' | 'choices'>): readonly ImageName[] {
  return [
    ...(mesh ? (['linkerd-controller', 'linkerd-proxy'] as const) : []),
    ...(choices.ingressEnabled
      ? [choices.ingress === 'nginx' ? ('ingress-nginx' as const) : ('traefik' as const)]
      : []),
    ...(metrics ? (['metrics-server'] as const) : []),
  ];
}

/** Pure: everything that is asked of the world is asked by the steps. */
export function planPlatform(settings: PlatformSettings): PlatformPlan {
  const { mesh, metrics, choices } = settings;
  const wantsGatewayApi = mesh || choices.ingress === 'gateway';
  const meshed = mesh ? [idsOf('linkerd').ready] : [];
  const nginx = choices.ingressEnabled && choices.ingress === 'nginx';
  const gateway = choices.ingressEnabled && choices.ingress === 'gateway';
  const unwanted: ComponentName[] = [];
  if (!mesh) unwanted.push('linkerd');
  if (!nginx) unwanted.push('ingress-nginx');
  if (!gateway) unwanted.push('gateway');
  // Clouds bring their own, which is not ours to take away.
  if (!metrics && settings.target === 'kind') unwanted.push('metrics-server');
  const cleaned = cleanStep(settings, unwanted);
  const after = [cleaned.id, ...meshed];
  return {
    steps: [
      cleaned,
      ...(settings.target === 'kind' ? [] : planStorage(settings)),
      ...(wantsGatewayApi ? planGatewayApi(settings) : []),
      ...(mesh ? planLinkerd(settings) : []),
      ...(nginx ? planIngressNginx(settings, after) : []),
      ...(gateway ? planGateway(settings, after) : []),
      ...(metrics ? planMetricsServer(settings) : []),
      ...(settings.target === 'aws' ? planAwsControllers(settings) : []),
    ],
    mesh: meshed,
    ingress: [
      ...(wantsGatewayApi ? [idsOf('gateway-api').apply] : []),
      ...(nginx ? [idsOf('ingress-nginx').ready] : []),
      ...(gateway ? [idsOf('gateway').ready] : []),
    ],
    notices: nginx ? [retirement] : [],
  };
}

/** Two ingress controllers would want the same ports, and a webhook without its service refuses everything. */
function cleanStep(
  { client, needs, target, fresh = false }: PlatformSettings,
  unwanted: readonly ComponentName[],
): Step {
  return step({
    id: 'platform-clean',
    title: 'nothing is left of other choices',
    kind: 'change',
    needs: needs.cluster,
    facts: { unwanted },
    isDone: async () => fresh,
    async run({ signal, note }) {
      const lists = await Promise.all(unwanted.map((one) => removeOthers(client(), one, [], signal)));
      const stale = target === 'kind' ? await removeStaleWebhooks(client(), signal) : [];
      const gone = [...lists.flat().map(titleOf), ...stale.map((name) => `webhook ${name}`)];
      if (gone.length === 0) return 'unchanged';
      note(`removed ${gone.join(', ')}`);
      return undefined;
    },
  });
}
