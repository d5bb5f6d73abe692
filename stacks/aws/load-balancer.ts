/** The load balancer: ours, not the cluster's, so that the VPC can go when the environment does. */
import { Listener, type ListenerArgs } from '@pulumi/aws/lb/listener.js';
import { LoadBalancer } from '@pulumi/aws/lb/loadBalancer.js';
import { TargetGroup } from '@pulumi/aws/lb/targetGroup.js';
import type { Input, Output } from '@pulumi/pulumi';
import { environmentName } from '../../src/app/names.ts';
import { from, options, part, tagged } from '../context.ts';
import { controllerPorts, flag, settingsOf, texts } from '../settings.ts';
import type { AwsContext } from './context.ts';
import { publicSubnets } from './subnets.ts';

export interface MadeLoadBalancer {
  readonly arn: Output<string>;
  readonly dnsName: Output<string>;
  readonly zoneId: Output<string>;
  /** ARNs by port of the load balancer. */
  readonly targetGroups: Readonly<Record<string, Output<string>>>;
}

/** TLS 1.2 and 1.3; without a name the API takes the policy of 2016. */
const tlsPolicy = 'ELBSecurityPolicy-TLS13-1-2-2021-06';

export function makeLoadBalancer(context: AwsContext, certificate: Input<string> | undefined): MadeLoadBalancer {
  return part(context, 'edge:LoadBalancer', 'load-balancer', (inside) => {
    const balancer = new LoadBalancer(
      'balancer',
      {
        name: environmentName(inside.environment, 'edge', 32),
        loadBalancerType: 'network',
        internal: false,
        subnets: publicSubnets(inside),
        securityGroups: [from(inside, 'network', 'loadBalancerGroupId')],
        enableCrossZoneLoadBalancing: true,
        enableDeletionProtection: inside.production,
        tags: tagged(inside, 'balancer'),
      },
      options(inside, 'balancer', { protect: inside.production }),
    );
    const made = doors(inside, certificate).map(({ port, target, targetProtocol, listener }) => {
      const group = targetGroup(inside, port, target, targetProtocol);
      new Listener(
        `listener-${port}`,
        {
          loadBalancerArn: balancer.arn,
          port,
          ...listener,
          defaultActions: [{ type: 'forward', targetGroupArn: group.arn }],
          tags: tagged(inside, `listener-${port}`),
        },
        options(inside, `listener-${port}`),
      );
      return [String(port), group.arn] as const;
    });
    const targetGroups = Object.fromEntries(made);
    return { arn: balancer.arn, dnsName: balancer.dnsName, zoneId: balancer.zoneId, targetGroups };
  });
}

interface Door {
  readonly port: number;
  /** Port of the controller's pods. */
  readonly target: number;
  readonly targetProtocol: 'TCP' | 'TLS';
  readonly listener: Pick<ListenerArgs, 'protocol' | 'certificateArn' | 'sslPolicy' | 'alpnPolicy'>;
}

/** 80 leads to the controller's redirect, 443 ends TLS and speaks TLS again to the controller's own certificate. */
function doors(context: AwsContext, certificate: Input<string> | undefined): Door[] {
  const settings = settingsOf(context.input.app, 'k8s-base');
  const { http, https } = controllerPorts(context.input.app);
  const ends = (certificateArn: Input<string>) => ({ protocol: 'TLS', certificateArn, sslPolicy: tlsPolicy });
  const web: Door[] = [{ port: 80, target: http, targetProtocol: 'TCP', listener: { protocol: 'TCP' } }];
  if (certificate !== undefined) {
    const listener = { ...ends(certificate), alpnPolicy: 'HTTP2Preferred' };
    web.push({ port: 443, target: https, targetProtocol: 'TLS', listener });
  } else if (flag(settings, 'expose_self_signed_ssl')) {
    // The controller's own certificate goes all the way: nobody vouches for it, which the file accepts.
    web.push({ port: 443, target: https, targetProtocol: 'TCP', listener: { protocol: 'TCP' } });
  }
  const tls = new Set(texts(settings, 'nginx_extra_tcp_ports_tls') ?? []);
  const extra = (texts(settings, 'nginx_extra_tcp_ports') ?? []).map((written): Door => {
    const port = Number(written);
    const listener = tls.has(written) && certificate !== undefined ? ends(certificate) : { protocol: 'TCP' };
    return { port, target: port, targetProtocol: 'TCP', listener };
  });
  return [...web, ...extra];
}

/** Pods themselves are the targets; they learn the caller's address by proxy protocol. */
function targetGroup(context: AwsContext, port: number, target: number, protocol: 'TCP' | 'TLS'): TargetGroup {
  const resource = `targets-${port}`;
  return new TargetGroup(
    resource,
    {
      name: environmentName(context.environment, String(port), 32),
      vpcId: from(context, 'network', 'vpcId'),
      port: target,
      protocol,
      targetType: 'ip',
      proxyProtocolV2: true,
      preserveClientIp: 'false',
      deregistrationDelay: 30,
      connectionTermination: true,
      healthCheck: { protocol: 'TCP', interval: 10, healthyThreshold: 2, unhealthyThreshold: 2 },
      tags: tagged(context, resource),
    },
    options(context, resource),
  );
}
