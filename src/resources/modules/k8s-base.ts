/** k8s-base: what every cluster carries. */
import { anyMap, aws, bool, cloud, cluster, field, list, oneOf, text, texts, types } from '../field.ts';
import { moduleType } from '../module-type.ts';

export const k8sBase = moduleType({
  name: 'k8s-base',
  concrete: { aws: 'aws-k8s-base', google: 'gcp-k8s-base', azurerm: 'azure-k8s-base' },
  kind: 'other',
  environment: true,
  ownLocally: true,
  unique: true,
  doc: 'What every cluster carries: Linkerd, the ingress controller, the load balancer in front.',
  fields: {
    ingress: oneOf(['nginx', 'gateway'], 'Controller of the ingress; gateway is Gateway API with Traefik.', {
      default: 'nginx',
      on: cluster,
    }),
    nginx_high_availability: bool('Several replicas of the controller.', { default: false, on: cluster }),
    linkerd_high_availability: bool('Several replicas of Linkerd.', { default: false, on: cluster }),
    linkerd_enabled: bool('Service mesh.', { default: true, on: cluster }),
    nginx_enabled: bool('Ingress.', { default: true, on: cluster }),
    admin_arns: field(texts, 'Users and roles that administer the cluster.', { default: [], on: aws }),
    nginx_config: field(anyMap, 'Settings of the controller.', { default: {}, on: cluster }),
    nginx_extra_tcp_ports: list(types.port, 'TCP ports that the load balancer opens.', { default: [], on: cluster }),
    nginx_extra_tcp_ports_tls: list(types.port, 'Those of them that end TLS.', { default: [], on: cluster }),
    expose_self_signed_ssl: bool('Offers HTTPS with a self-signed certificate until a domain is there.', {
      default: false,
      on: cloud,
    }),
    cert_manager_values: field(anyMap, 'Values for the chart of cert-manager.', { default: {}, on: cluster }),
    linkerd_values: field(anyMap, 'Values for the charts of Linkerd.', { default: {}, on: cluster }),
    ingress_nginx_values: field(anyMap, 'Values for the chart of ingress-nginx.', { default: {}, on: cluster }),
    domain: text('Domain of the load balancer, together with zone_id.', { default: '', on: aws }),
    zone_id: text('Zone of that domain.', { default: '', on: aws }),
    cert_arn: text('Certificate of the load balancer.', { default: '', on: aws }),
  },
  outputs: {
    load_balancer_raw_dns: 'Host name of the load balancer (AWS).',
    load_balancer_raw_ip: 'Address of the load balancer (Google).',
    load_balancer_arn: 'ARN of the load balancer (AWS).',
  },
  on: {
    process: 'the ingress and the mesh of the process target',
    kind: 'Linkerd and the ingress controller',
    aws: 'Linkerd, the ingress controller, a network load balancer',
    gcp: 'Linkerd, the ingress controller, a global load balancer',
  },
});
