/** The definitions of Gateway API: ours, with one owner for mesh and ingress. */
import type { Step } from '../../engine/step.ts';
import { readManifests } from '../helm.ts';
import { counting, idsOf, type Made, objectsOf, type PlatformSettings, renderStep, step } from './component.ts';
import { install } from './installed.ts';

const ids = idsOf('gateway-api');

/** Definitions go in; nothing is ever removed, because that would delete everyone's routes. */
export function planGatewayApi({ artifacts, client, needs }: PlatformSettings): readonly Step[] {
  const made: Made = { objects: undefined };
  const { version } = artifacts.pins.manifests['gateway-api'];
  return [
    renderStep('gateway-api', `definitions of Gateway API ${version}`, made, async (context) => {
      const file = await artifacts.manifest('gateway-api', counting(context));
      const objects = await readManifests(context.system, file);
      return objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
    }),
    step({
      id: ids.apply,
      title: `Gateway API ${version}`,
      kind: 'change',
      needs: [...needs.cluster, ids.render],
      facts: { version },
      run: (context) => install(client(), objectsOf(made, ids.render), context),
    }),
  ];
}
