/** How an ingress controller stands behind a cloud's load balancer, which is not the cluster's own. Pure. */
import type { Values } from '../values.ts';
import { type CloudFacts, cloudOf, type PureSettings } from './component.ts';

/** Where Google's load balancers speak from (Cloud Load Balancing, firewall rules). */
const googleRanges = '130.211.0.0/22,35.191.0.0/16';

/**
 * GKE makes a group of endpoints a zone from it: the pods themselves, at the port of the Service's https. Left alone it
 * makes them where pods are; `zones` asks for the others too, of controllers that know the word (ingress-gce 3152).
 */
const groupAnnotation = (port: number, { endpointGroup, zones }: CloudFacts): Readonly<Record<string, string>> => ({
  'cloud.google.com/neg': JSON.stringify({ exposed_ports: { [port]: { name: endpointGroup } }, zones }),
});

/** Annotations of the controller's Service. */
export function edgeAnnotations(settings: PureSettings): Readonly<Record<string, string>> {
  return settings.target === 'gcp' ? groupAnnotation(443, cloudOf(settings)) : {};
}

/**
 * The caller's own address: by proxy protocol from AWS, which is on for both sides or none; by a header of the load
 * balancer on Google, which nobody else can send since only its ranges are let in.
 */
const callers = {
  kind: {},
  aws: { 'use-proxy-protocol': 'true' },
  gcp: { 'enable-real-ip': 'true', 'forwarded-for-header': 'X-Client-Ip', 'proxy-real-ip-cidr': googleRanges },
} as const;

/** Values of the nginx chart in a cloud: no load balancer of the cluster's own, which would keep the network from going. */
export function nginxEdgeValues(settings: PureSettings): Values {
  if (settings.target === 'kind') return {};
  const annotations = edgeAnnotations(settings);
  return {
    config: callers[settings.target],
    service: { type: 'ClusterIP', ...(Object.keys(annotations).length > 0 && { annotations }) },
    // The load balancer learns late that a pod comes or leaves, and goes on sending until then.
    minReadySeconds: 30,
    lifecycle: { preStop: { exec: { command: ['/bin/sh', '-c', 'sleep 30; /wait-shutdown'] } } },
  };
}

/** The same for Traefik, as its arguments. */
export function gatewayEdgeFlags(settings: PureSettings): readonly string[] {
  if (settings.target === 'kind') return [];
  const entries = ['web', 'websecure'];
  if (settings.target === 'gcp')
    return entries.map((one) => `--entryPoints.${one}.forwardedHeaders.trustedIPs=${googleRanges}`);
  const { addressRange } = cloudOf(settings);
  return entries.map((one) => `--entryPoints.${one}.proxyProtocol.trustedIPs=${addressRange}`);
}
