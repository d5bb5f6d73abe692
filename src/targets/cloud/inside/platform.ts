/** The platform of a real cluster, and what ties it to the load balancer. */
import { choicesOf } from '../../../app/choices.ts';
import { endpointGroupName } from '../../../app/names.ts';
import type { Step } from '../../../engine/step.ts';
import { targetGroupBindings } from '../../../platform/components/bindings.ts';
import { idsOf, type PlatformSettings } from '../../../platform/components/component.ts';
import { planPlatform } from '../../../platform/components/index.ts';
import { install } from '../../../platform/components/installed.ts';
import { keepKeys } from '../../../platform/components/kept-keys.ts';
import { ingressHomes } from '../../../platform/manifests.ts';
import { conditionOf } from '../../../platform/ready/conditions.ts';
import { factsOf } from '../components.ts';
import { made, step } from '../session.ts';
import { groupsStep } from './groups.ts';
import { clientOf, type Inside } from './inside.ts';

/** Milliseconds that AWS may take for the first healthy target. */
const bindingMs = 600_000;

function platformSettings(inside: Inside): PlatformSettings {
  const { app, environment } = inside.session.situation;
  const choices = choicesOf(app);
  const outputs = (stack: 'network' | 'cluster') => (inside.session.outputs.get(stack) ?? {}) as Record<string, string>;
  return {
    target: environment.cloud,
    choices,
    mesh: choices.mesh,
    metrics: false,
    artifacts: inside.artifacts,
    dataFolder: inside.dataFolder,
    keysFolder: inside.keysFolder,
    httpsPort: 443,
    nodes: 3,
    kubernetes: inside.artifacts.pins.images.node.version,
    client: () => clientOf(inside),
    helm: () => inside.artifacts.binary('helm'),
    certificate: () => made(inside.certificate, 'reach'),
    cloud: () => ({
      ...factsOf(environment, inside.session.situation.placement),
      vpcId: outputs('network')['vpcId'] ?? '',
      volumeKey: outputs('network')['keyVolumes'] ?? '',
    }),
    // Certificates come out of the cluster, so that nothing is rendered before it is reached.
    needs: { cluster: ['reach'], certificate: ['reach'] },
  };
}

/** Its last step is `platform`, which the load balancer waits for: on Google it is nothing without its endpoint groups. */
export function platformSteps(inside: Inside): { readonly steps: readonly Step[]; readonly ready: readonly string[] } {
  const settings = platformSettings(inside);
  const { steps, ingress, mesh } = planPlatform(settings);
  const all = steps.map((one) => (one.id.startsWith('render:') ? { ...one, needs: [...one.needs, 'reach'] } : one));
  const groups = settings.target === 'gcp' && settings.choices.ingressEnabled ? [groupsOf(inside, settings)] : [];
  const needs = [...all, ...groups].map(({ id }) => id);
  const done = step({
    id: 'platform',
    title: 'platform of the cluster',
    kind: 'change',
    needs,
    async run({ signal }) {
      return (await keepKeys(clientOf(inside), inside.keysFolder, signal)) ? undefined : 'unchanged';
    },
  });
  return { steps: [...all, ...groups, done], ready: [...ingress, ...mesh] };
}

const services = { nginx: 'ingress-nginx-controller', gateway: 'traefik' } as const;

function groupsOf(inside: Inside, { choices: { ingress }, client }: PlatformSettings): Step {
  const { environment, placement } = inside.session.situation;
  return groupsStep({
    client,
    group: endpointGroupName(environment.name),
    zones: placement.zones,
    service: { namespace: ingressHomes[ingress].namespace, name: services[ingress] },
    needs: [idsOf(ingress === 'nginx' ? 'ingress-nginx' : 'gateway').apply],
  });
}

/** On Google the load balancer names the groups itself. */
export function bindingStep(inside: Inside): Step {
  const settings = platformSettings(inside);
  const { ingress } = settings.choices;
  return step({
    id: 'bindings',
    title: 'the load balancer leads to the ingress',
    kind: 'change',
    needs: ['apply:edge', 'platform'],
    deadlineMs: bindingMs,
    async run(context) {
      if (settings.target !== 'aws' || settings.cloud === undefined) return 'unchanged';
      const groups = (inside.session.outputs.get('edge')?.['targetGroups'] ?? {}) as Readonly<Record<string, string>>;
      const objects = targetGroupBindings(ingress, groups, settings.cloud());
      const outcome = await install(clientOf(inside), objects, context);
      const { namespace } = ingressHomes[ingress];
      const selection = { apiVersion: 'elbv2.k8s.aws/v1beta1', kind: 'TargetGroupBinding', namespace };
      await clientOf(inside).watch(
        selection,
        (found) =>
          found.length > 0 && found.every((one) => observed(one) || conditionOf(one, 'Ready')?.status === 'True'),
        context.signal,
      );
      return outcome;
    },
  });
}

/** The controller has registered the pods of this generation. */
function observed(object: {
  readonly metadata?: { readonly generation?: number };
  readonly status?: unknown;
}): boolean {
  const { observedGeneration = -1 } = (object.status ?? {}) as { observedGeneration?: number };
  return observedGeneration >= (object.metadata?.generation ?? 0);
}
