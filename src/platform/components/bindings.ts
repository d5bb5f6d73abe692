/** Ties the ingress controller's pods to the target groups of the load balancer on AWS. Pure. */
import type { KubernetesObject } from '@kubernetes/client-node';
import { custom } from '../manifests/metadata.ts';
import type { IngressChoice } from '../manifests/options.ts';
import { ingressHomes } from '../manifests.ts';
import { type CloudFacts, labelled } from './component.ts';

/** The Service of each controller. */
const ingressServices: Readonly<Record<IngressChoice, string>> = {
  nginx: 'ingress-nginx-controller',
  gateway: 'traefik',
};

/** `targetGroups` are ARNs by port of the load balancer; the Service has the same ports. */
export function targetGroupBindings(
  ingress: IngressChoice,
  targetGroups: Readonly<Record<string, string>>,
  { vpcId }: Pick<CloudFacts, 'vpcId'>,
): readonly KubernetesObject[] {
  const { namespace } = ingressHomes[ingress];
  return Object.entries(targetGroups).map(([port, targetGroupARN]) =>
    labelled(
      custom(
        'elbv2.k8s.aws/v1beta1',
        'TargetGroupBinding',
        { name: `opta-${port}`, namespace },
        {
          // All that the controller's webhook would fill in; without `networking` it leaves security groups alone.
          serviceRef: { name: ingressServices[ingress], port: Number(port) },
          targetGroupARN,
          targetType: 'ip',
          ipAddressType: 'ipv4',
          vpcID: vpcId,
        },
      ),
      'bindings',
    ),
  );
}
