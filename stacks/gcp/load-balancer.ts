/** The global load balancer: ours, with one address, TLS at the edge, and TLS again to the controller's pods. */
import { BackendService } from '@pulumi/gcp/compute/backendService.js';
import { GlobalAddress } from '@pulumi/gcp/compute/globalAddress.js';
import { GlobalForwardingRule } from '@pulumi/gcp/compute/globalForwardingRule.js';
import { HealthCheck } from '@pulumi/gcp/compute/healthCheck.js';
import { SSLPolicy } from '@pulumi/gcp/compute/sslpolicy.js';
import { TargetHttpProxy } from '@pulumi/gcp/compute/targetHttpProxy.js';
import { TargetHttpsProxy } from '@pulumi/gcp/compute/targetHttpsProxy.js';
import { URLMap } from '@pulumi/gcp/compute/urlmap.js';
import type { Input, Output } from '@pulumi/pulumi';
import { endpointGroupName, environmentName } from '../../src/app/names.ts';
import { options, part, tagged } from '../context.ts';
import type { MadeCertificate } from './certificate.ts';
import type { GcpContext } from './context.ts';

export interface MadeLoadBalancer {
  readonly address: Output<string>;
}

/** Connections of one endpoint at a time; the number only tells Google when a zone is full. */
const ratePerEndpoint = 1000;

export function makeLoadBalancer(context: GcpContext, certificate: MadeCertificate | undefined): MadeLoadBalancer {
  return part(context, 'edge:LoadBalancer', 'load-balancer', (inside) => {
    const name = (suffix: string) => environmentName(inside.environment, suffix, 63);
    const address = new GlobalAddress(
      'address',
      { name: name('edge'), addressType: 'EXTERNAL', ipVersion: 'IPV4', labels: tagged(inside, 'address') },
      // Zones of others may point at it.
      options(inside, 'address', { keep: inside.production }),
    );
    const urls = new URLMap(
      'urls',
      { name: name('edge'), defaultService: backend(inside).id },
      options(inside, 'urls'),
    );
    if (certificate === undefined) {
      openDoor(inside, { title: 'http', port: 80, urlMap: urls.id, ipAddress: address.address });
    } else {
      const redirect = new URLMap(
        'urls-redirect',
        {
          name: name('redirect'),
          defaultUrlRedirect: {
            httpsRedirect: true,
            redirectResponseCode: 'MOVED_PERMANENTLY_DEFAULT',
            stripQuery: false,
          },
        },
        options(inside, 'urls-redirect'),
      );
      openDoor(inside, { title: 'http', port: 80, urlMap: redirect.id, ipAddress: address.address });
      openDoor(inside, { title: 'https', port: 443, urlMap: urls.id, ipAddress: address.address, certificate });
    }
    return { address: address.address };
  });
}

/** The groups of endpoints are made by GKE, one a zone, under a name that the platform gives to the controller. */
function backend(context: GcpContext): BackendService {
  const { project, input } = context;
  const health = new HealthCheck(
    'health',
    {
      name: environmentName(context.environment, 'edge', 63),
      checkIntervalSec: 10,
      timeoutSec: 5,
      healthyThreshold: 2,
      unhealthyThreshold: 2,
      tcpHealthCheck: { portSpecification: 'USE_SERVING_PORT' },
    },
    options(context, 'health'),
  );
  const group = (zone: string) =>
    `https://www.googleapis.com/compute/v1/projects/${project}/zones/${zone}/networkEndpointGroups/${endpointGroupName(context.environment)}`;
  return new BackendService(
    'backend',
    {
      name: environmentName(context.environment, 'edge', 63),
      loadBalancingScheme: 'EXTERNAL_MANAGED',
      protocol: 'HTTPS',
      // The limit of a whole websocket connection.
      timeoutSec: 3600,
      connectionDrainingTimeoutSec: 30,
      healthChecks: health.id,
      backends: input.zones.map((zone) => ({
        group: group(zone),
        balancingMode: 'RATE',
        maxRatePerEndpoint: ratePerEndpoint,
      })),
      // The caller's address, which the controller believes: only the load balancer reaches it.
      customRequestHeaders: ['X-Client-Ip: {client_ip_address}'],
      logConfig: { enable: true, sampleRate: 0.1 },
    },
    options(context, 'backend'),
  );
}

interface Door {
  readonly title: 'http' | 'https';
  readonly port: number;
  readonly urlMap: Input<string>;
  readonly ipAddress: Input<string>;
  readonly certificate?: MadeCertificate;
}

function openDoor(context: GcpContext, { title, port, urlMap, ipAddress, certificate }: Door): void {
  const proxyName = `proxy-${title}`;
  const name = environmentName(context.environment, title, 63);
  const proxy =
    certificate === undefined
      ? new TargetHttpProxy(proxyName, { name, urlMap }, options(context, proxyName))
      : new TargetHttpsProxy(
          proxyName,
          { name, urlMap, certificateMap: certificate.mapLink, sslPolicy: tlsPolicy(context).id },
          options(context, proxyName),
        );
  const rule = `rule-${title}`;
  new GlobalForwardingRule(
    rule,
    {
      name,
      target: proxy.id,
      ipAddress,
      portRange: String(port),
      loadBalancingScheme: 'EXTERNAL_MANAGED',
      labels: tagged(context, rule),
    },
    options(context, rule),
  );
}

function tlsPolicy(context: GcpContext): SSLPolicy {
  return new SSLPolicy(
    'tls-policy',
    { name: environmentName(context.environment, 'edge', 63), profile: 'MODERN', minTlsVersion: 'TLS_1_2' },
    options(context, 'tls-policy'),
  );
}
