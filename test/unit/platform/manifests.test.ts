import { describe, expect, test } from 'vitest';
import { manifests } from '../../../src/platform/manifests.ts';
import { printManifests } from '../../../src/platform/print-manifests.ts';
import { app, layer, link, port, resource, service, shop } from '../../support/app.ts';
import { all, find, options, templateOf } from '../../support/manifests.ts';

const pick = { min: 1, max: 1, cpuPercent: 80, memoryPercent: 80 };

describe('the shop, whole', () => {
  test('on kind behind nginx', async () => {
    await expect(printManifests(shop(), options())).toMatchFileSnapshot('goldens/shop.kind.nginx.yaml');
  });

  test('on AWS behind the gateway', async () => {
    const text = printManifests(shop(), options({ target: 'aws', ingress: 'gateway' }));
    await expect(text).toMatchFileSnapshot('goldens/shop.aws.gateway.yaml');
  });

  test('without secrets shows a placeholder in place of each', () => {
    const { secrets: _none, ...printed } = options();
    const objects = manifests(shop(), printed);
    for (const secret of all(objects, 'Secret')) {
      const values = Object.entries<string>(secret.data).filter(([key]) => key !== 'pg_hba.conf');
      for (const [key, value] of values) expect(Buffer.from(value, 'base64').toString(), key).toContain('made-by-opta');
    }
  });
});

describe('replicas', () => {
  const objects = (min: number, max: number) =>
    manifests(app({ services: [service({ name: 'api', replicas: { ...pick, min, max } })] }), options());

  test('belong to the autoscaler when there is one; the manifest only says how many to begin with', () => {
    const deployment = find(objects(2, 6), 'Deployment', 'api');
    expect(deployment.spec.replicas).toBeUndefined();
    expect(deployment.metadata.annotations).toEqual({ 'opta.dev/initial-replicas': '2' });
    expect(find(objects(2, 6), 'HorizontalPodAutoscaler', 'api').spec).toMatchObject({
      minReplicas: 2,
      maxReplicas: 6,
      behavior: { scaleDown: { stabilizationWindowSeconds: 30 } },
    });
  });

  test('are fixed without one', () => {
    expect(find(objects(2, 2), 'Deployment', 'api').spec.replicas).toBe(2);
    expect(find(objects(2, 2), 'HorizontalPodAutoscaler', 'api')).toBeUndefined();
  });

  test('are measured on the container of the service alone: the proxy has no requests', () => {
    const { metrics } = find(objects(1, 2), 'HorizontalPodAutoscaler', 'api').spec;
    expect(metrics.map((one: { type: string }) => one.type)).toEqual(['ContainerResource', 'ContainerResource']);
  });

  test('have a disruption budget from two on, which a drain gets past', () => {
    expect(find(objects(1, 6), 'PodDisruptionBudget', 'api')).toBeUndefined();
    expect(find(objects(2, 6), 'PodDisruptionBudget', 'api').spec.maxUnavailable).toBe(1);
  });

  test('calm down for five minutes in a cloud', () => {
    const cloud = manifests(shop(), options({ target: 'gcp' }));
    expect(find(cloud, 'HorizontalPodAutoscaler', 'api').spec.behavior.scaleDown.stabilizationWindowSeconds).toBe(300);
  });
});

describe('a rollout', () => {
  const { spec } = find(manifests(shop(), options()), 'Deployment', 'api');

  test('never has fewer ready replicas than wanted', () => {
    expect(spec.strategy).toEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } });
    expect(spec.minReadySeconds).toBeGreaterThan(0);
  });

  test('tells everybody that a replica leaves before it is asked to end, and gives it time after', () => {
    const [container] = spec.template.spec.containers;
    const { seconds } = container.lifecycle.preStop.sleep;
    expect(seconds).toBeGreaterThanOrEqual(5);
    expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(seconds + 30);
  });

  test('waits for requests as long as the definition lets them take', () => {
    const slow = service({ name: 'slow', timeouts: { request: 120 } });
    const pod = templateOf(find(manifests(app({ services: [slow] }), options()), 'Deployment', 'slow'));
    expect(pod.spec.terminationGracePeriodSeconds).toBe(125);
  });

  test('happens when a secret changes', () => {
    const hash = (password: string) => {
      const secrets = { ...options().secrets, password: () => password } as NonNullable<
        ReturnType<typeof options>['secrets']
      >;
      const pod = templateOf(find(manifests(shop(), options({ secrets })), 'Deployment', 'data'));
      return pod.metadata.annotations['opta.dev/configuration'];
    };
    expect(hash('one')).not.toBe(hash('two'));
    expect(hash('one')).toBe(hash('one'));
  });
});

describe('pods', () => {
  test('keep to the restricted standard, with a memory limit and no CPU limit', () => {
    for (const kind of ['Deployment', 'StatefulSet']) {
      for (const workload of all(manifests(shop(), options()), kind)) {
        const { spec } = templateOf(workload);
        expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
        expect(spec.automountServiceAccountToken).toBe(false);
        for (const { securityContext, resources } of spec.containers) {
          expect(securityContext).toEqual({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
          expect(Object.keys(resources.limits)).toEqual(['memory']);
        }
      }
    }
  });

  test('may bind a port below 1024 without being root', () => {
    const low = app({ services: [service({ name: 'api', ports: [port('http', 80)] })] });
    expect(templateOf(find(manifests(low, options()), 'Deployment', 'api')).spec.securityContext.sysctls).toEqual([
      { name: 'net.ipv4.ip_unprivileged_port_start', value: '0' },
    ]);
  });

  test('take the labels, annotations and tolerations of the definition, which displace none of ours', () => {
    const settings = {
      pod_labels: { team: 'shop', 'app.kubernetes.io/name': 'mine' },
      pod_annotations: { 'example.com/number': 1 },
      tolerations: [{ key: 'gpu' }],
    };
    const pod = templateOf(
      find(manifests(app({ services: [service({ name: 'api', settings })] }), options()), 'Deployment', 'api'),
    );
    expect(pod.metadata.labels).toMatchObject({ team: 'shop', 'app.kubernetes.io/name': 'api' });
    expect(pod.metadata.annotations['example.com/number']).toBe('1');
    expect(pod.spec.tolerations).toEqual([{ key: 'gpu', operator: 'Equal', value: 'opta', effect: 'NoSchedule' }]);
  });
});

describe('probes', () => {
  const probesOf = (given: Parameters<typeof service>[0], mesh = true) => {
    const objects = manifests(app({ services: [service(given)] }), options({ mesh }));
    const [container] = templateOf(find(objects, 'Deployment', given.name)).spec.containers;
    return { container, server: find(objects, 'Server', `${given.name}.main`) };
  };

  test('ask each second while starting, for as long as the definition says', () => {
    const { container } = probesOf({ name: 'api', readiness: { path: '/ready' }, startupSeconds: 45 });
    expect(container.startupProbe).toMatchObject({
      httpGet: { path: '/ready', port: 8080 },
      periodSeconds: 1,
      failureThreshold: 45,
    });
    expect(container.livenessProbe).toBeUndefined();
  });

  test('never knock on an opaque port, which refuses the kubelet', () => {
    const { container, server } = probesOf({ name: 'queue', ports: [port('tcp', 9000)] });
    expect(server.spec.proxyProtocol).toBe('opaque');
    expect([container.startupProbe, container.readinessProbe, container.livenessProbe]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(probesOf({ name: 'queue', ports: [port('tcp', 9000)] }, false).container.readinessProbe).toMatchObject({
      tcpSocket: { port: 9000 },
    });
  });

  test('over HTTP on a tcp port keep its Server from being opaque', () => {
    const { container, server } = probesOf({
      name: 'queue',
      ports: [port('tcp', 9000)],
      readiness: { path: '/ready' },
    });
    expect(container.readinessProbe.httpGet.port).toBe(9000);
    expect(server.spec.proxyProtocol).toBe('unknown');
  });

  test('by command need no network', () => {
    const { container } = probesOf({
      name: 'queue',
      ports: [port('tcp', 9000)],
      liveness: { command: ['check', '-q'] },
    });
    expect(container.livenessProbe.exec.command).toEqual(['check', '-q']);
    expect(container.readinessProbe.exec.command).toEqual(['check', '-q']);
  });
});

describe('services', () => {
  const everything = service({
    name: 'hub',
    ports: [
      port('http', 8080),
      port('grpc', 50051, 'rpc', 81),
      port('websocket', 8081, 'live', 82),
      port('tcp', 1883, 'mqtt'),
    ],
    timeouts: { request: 0.3, idle: 60 },
    retries: { attempts: 2, on: ['connect'] },
  });
  const objects = manifests(app({ services: [everything] }), options());

  test('declare every port with a protocol that the mesh knows', () => {
    const { ports, clusterIP } = find(objects, 'Service', 'hub').spec;
    expect(clusterIP).toBeUndefined();
    expect(
      ports.map((one: Record<string, unknown>) => [one['name'], one['port'], one['targetPort'], one['appProtocol']]),
    ).toEqual([
      ['main', 80, 8080, 'http'],
      ['rpc', 81, 50051, 'kubernetes.io/h2c'],
      ['live', 82, 8081, 'http'],
      ['mqtt', 1883, 1883, 'linkerd.io/opaque'],
    ]);
  });

  test('carry opaque ports, time-outs and retries with their units', () => {
    expect(find(objects, 'Service', 'hub').metadata.annotations).toEqual({
      'config.linkerd.io/opaque-ports': '1883',
      'timeout.linkerd.io/request': '300ms',
      'timeout.linkerd.io/idle': '60000ms',
      'retry.linkerd.io/http': 'gateway-error',
      'retry.linkerd.io/grpc': 'unavailable',
      'retry.linkerd.io/limit': '2',
    });
  });

  test('with volumes have a headless one beside the one that is balanced', () => {
    const kept = service({ name: 'kept', storage: [{ path: '/data', gigabytes: 3 }] });
    const made = manifests(app({ services: [kept] }), options());
    expect(all(made, 'Service').map(({ metadata, spec }) => [metadata.name, spec.clusterIP])).toEqual([
      ['kept', undefined],
      ['kept-headless', 'None'],
    ]);
    const { spec } = find(made, 'StatefulSet', 'kept');
    expect(spec.volumeClaimTemplates[0].spec.resources.requests.storage).toBe('3Gi');
    expect(spec.volumeClaimTemplates[0].spec).not.toHaveProperty('storageClassName');
    for (const target of ['aws', 'gcp'] as const) {
      const cloud = find(manifests(app({ services: [kept] }), options({ target })), 'StatefulSet', 'kept');
      expect(cloud.spec.volumeClaimTemplates[0].spec.storageClassName).toBe('opta');
    }
    expect(spec.persistentVolumeClaimRetentionPolicy).toEqual({ whenDeleted: 'Retain', whenScaled: 'Retain' });
    expect(templateOf(find(made, 'StatefulSet', 'kept')).spec.containers[0].volumeMounts).toEqual([
      { name: 'data-0', mountPath: '/data' },
    ]);
  });
});

describe('cron jobs', () => {
  const cronJobs = [{ schedule: '*/5 * * * *', command: ['clean'], args: ['--all'] }];

  test('run in the mesh as the service, and take no calls', () => {
    const objects = manifests(app({ services: [service({ name: 'api', cronJobs })] }), options());
    const job = find(objects, 'CronJob', 'api-cron-0');
    const { metadata, spec } = templateOf(job);
    expect(metadata.annotations['linkerd.io/inject']).toBe('enabled');
    expect(spec).toMatchObject({
      serviceAccountName: 'api',
      restartPolicy: 'Never',
      containers: [{ command: ['clean'], args: ['--all'] }],
    });
    const { selector } = find(objects, 'Service', 'api').spec;
    expect(Object.entries(selector).every(([key, value]) => metadata.labels[key] === value)).toBe(false);
  });

  test('are all there is of a service without replicas', () => {
    const only = service({ name: 'night', cronJobs, ports: [], replicas: { ...pick, min: 0, max: 0 } });
    // The Server is the layer's, for metrics of its proxies.
    const kinds = manifests(app({ services: [only] }), options()).map(({ kind }) => kind);
    expect(kinds).toEqual(['Namespace', 'ServiceAccount', 'Server', 'CronJob']);
  });
});

describe('without the mesh', () => {
  test('nothing of Linkerd is left', () => {
    expect(printManifests(shop(), options({ mesh: false }))).not.toContain('linkerd.io/');
  });
});

test('a cloud runs no databases in the cluster', () => {
  const objects = manifests(shop(), options({ target: 'aws' }));
  expect(all(objects, 'StatefulSet')).toEqual([]);
});

test('every layer is a namespace of its environment', () => {
  const two = app({
    layers: [layer('shop'), layer('back')],
    services: [
      service({ name: 'api', links: [link('shop/api', 'back/data')] }),
      service({ name: 'data', layer: 'back' }),
    ],
  });
  const objects = manifests(
    { ...two, resources: [resource({ name: 'db', layer: 'back', type: 'postgres' })] },
    options(),
  );
  expect(
    all(objects, 'Namespace').map(({ metadata }) => [metadata.name, metadata.labels['opta.dev/environment']]),
  ).toEqual([
    ['back', 'local'],
    ['shop', 'local'],
  ]);
});
