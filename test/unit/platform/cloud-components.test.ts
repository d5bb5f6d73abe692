/** The platform in a cloud: how the controller stands behind the load balancer, and what EKS lacks. Pure. */
import { describe, expect, test } from 'vitest';
import type { Artifacts } from '../../../src/platform/artifacts.ts';
import {
  clusterAutoscalerObjects,
  loadBalancerControllerObjects,
} from '../../../src/platform/components/aws-controllers.ts';
import { targetGroupBindings } from '../../../src/platform/components/bindings.ts';
import type { PureSettings } from '../../../src/platform/components/component.ts';
import { traefikObjects } from '../../../src/platform/components/gateway.ts';
import { planPlatform } from '../../../src/platform/components/index.ts';
import { nginxValues } from '../../../src/platform/components/ingress-nginx.ts';
import { storageObjects } from '../../../src/platform/components/storage.ts';
import { readVersions } from '../../../src/platform/versions.ts';
import { all, find } from '../../support/manifests.ts';

const { pins } = await readVersions('kind/versions.yaml');
type Written = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

describe('behind the load balancer of a cloud', () => {
  const facts = {
    clusterName: 'opta-staging',
    region: 'us-east-1',
    vpcId: 'vpc-1',
    addressRange: '10.4.0.0/16',
    zones: ['a', 'b', 'c'],
    endpointGroup: 'opta-staging-ingress',
    volumeKey: 'key-1',
  };
  const inCloud = (target: 'kind' | 'aws' | 'gcp'): PureSettings => ({
    target,
    choices: {
      mesh: true,
      meshHighAvailability: true,
      ingress: 'nginx',
      ingressEnabled: true,
      ingressHighAvailability: true,
    },
    mesh: true,
    artifacts: { pins },
    cloud: () => facts,
    httpsPort: 443,
    nodes: 3,
  });

  test('no controller has a load balancer of its own, which would keep the network from going', () => {
    for (const target of ['aws', 'gcp'] as const) {
      expect(nginxValues(inCloud(target), 'CA')).toMatchObject({ controller: { service: { type: 'ClusterIP' } } });
      expect(find(traefikObjects(inCloud(target)), 'Service', 'traefik').spec.type).toBe('ClusterIP');
    }
  });

  test("the caller's address comes by proxy protocol on AWS, and by the load balancer's own header on Google", () => {
    const config = (target: 'aws' | 'gcp') =>
      (nginxValues(inCloud(target), 'CA') as { controller: Written }).controller.config;
    expect(config('aws')).toEqual({ 'use-proxy-protocol': 'true' });
    expect(config('gcp')).toMatchObject({ 'enable-real-ip': 'true', 'forwarded-for-header': 'X-Client-Ip' });
    expect(nginxValues(inCloud('kind'), 'CA')).not.toHaveProperty('controller.config.use-proxy-protocol');
    const args = (target: 'aws' | 'gcp') =>
      find(traefikObjects(inCloud(target)), 'Deployment', 'traefik').spec.template.spec.containers[0].args.join(' ');
    expect(args('aws')).toContain('--entryPoints.websecure.proxyProtocol.trustedIPs=10.4.0.0/16');
    expect(args('gcp')).toContain('forwardedHeaders.trustedIPs=130.211.0.0/22,35.191.0.0/16');
  });

  test('GKE is told the name of the endpoint group that the load balancer looks for, and every zone', () => {
    const exposed = { 443: { name: 'opta-staging-ingress' } };
    const group = JSON.stringify({ exposed_ports: exposed, zones: ['a', 'b', 'c'] });
    const annotations = (nginxValues(inCloud('gcp'), 'CA') as { controller: Written }).controller.service?.annotations;
    expect(annotations).toEqual({ 'cloud.google.com/neg': group });
    expect(find(traefikObjects(inCloud('gcp')), 'Service', 'traefik').metadata.annotations).toEqual(annotations);
  });

  test('AWS binds each target group to the port of the Service', () => {
    const bound = targetGroupBindings('nginx', { 80: 'arn:80', 443: 'arn:443' }, facts);
    expect(bound).toMatchObject([
      {
        metadata: { name: 'opta-80', namespace: 'ingress-nginx' },
        spec: { targetGroupARN: 'arn:80', targetType: 'ip' },
      },
      { spec: { serviceRef: { name: 'ingress-nginx-controller', port: 443 }, ipAddressType: 'ipv4', vpcID: 'vpc-1' } },
    ]);
    expect(JSON.stringify(bound)).not.toContain('networking"');
  });

  test('volumes are encrypted with our key, in the zone of their pod, and are the default', () => {
    const common = { volumeBindingMode: 'WaitForFirstConsumer', allowVolumeExpansion: true };
    const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
    expect(storageObjects(inCloud('aws'))).toMatchObject([
      {
        ...{ ...common, metadata: { name: 'opta', annotations }, provisioner: 'ebs.csi.aws.com' },
        parameters: { type: 'gp3', encrypted: 'true', kmsKeyId: 'key-1' },
      },
    ]);
    expect(storageObjects(inCloud('gcp'))).toMatchObject([
      {
        ...{ ...common, metadata: { name: 'opta', annotations }, provisioner: 'pd.csi.storage.gke.io' },
        parameters: { type: 'pd-balanced', 'disk-encryption-kms-key': 'key-1' },
      },
    ]);
  });

  test('EKS gets what it lacks, and GKE nothing', () => {
    const never = (): never => {
      throw new Error('asked while planning');
    };
    const steps = (target: 'aws' | 'gcp') =>
      planPlatform({
        ...inCloud(target),
        artifacts: { pins } as Artifacts,
        metrics: false,
        dataFolder: 'kind',
        keysFolder: 'keys',
        kubernetes: '1.35.0',
        ...{ client: never, helm: never, certificate: never, cloud: never },
        needs: { cluster: ['cluster'], certificate: [] },
      }).steps.map(({ id }) => id);
    expect(steps('aws')).toEqual(
      expect.arrayContaining(['platform:load-balancer-controller', 'platform:cluster-autoscaler']),
    );
    for (const target of ['aws', 'gcp'] as const) expect(steps(target)).toContain('platform:storage');
    expect(steps('gcp').join()).not.toMatch(/autoscaler|load-balancer/);
  });

  test('its controllers make no load balancers, know their machines by flags, and find node groups by tags', () => {
    const key = { certificate: 'CERT', key: 'KEY' };
    const balancer = loadBalancerControllerObjects(inCloud('aws'), key);
    const [container] = find(balancer, 'Deployment', 'aws-load-balancer-controller').spec.template.spec.containers;
    expect(container.args).toEqual(
      expect.arrayContaining(['--cluster-name=opta-staging', '--aws-vpc-id=vpc-1', '--aws-region=us-east-1']),
    );
    expect(container.args.join()).toContain('EnableServiceController=false');
    const scaler = clusterAutoscalerObjects(inCloud('aws'));
    const { args } = find(scaler, 'Deployment', 'cluster-autoscaler').spec.template.spec.containers[0];
    expect(args.join()).toContain('k8s.io/cluster-autoscaler/opta-staging');
    for (const objects of [balancer, scaler]) {
      for (const { rules } of all(objects, 'ClusterRole')) {
        for (const one of rules) expect([...one.resources, ...one.verbs, ...one.apiGroups]).not.toContain('*');
      }
    }
  });
});
