import { expect, test } from 'vitest';
import type { DataPlaneConfig } from '../../../../src/targets/process/data-plane.ts';
import type { ProgramStatus } from '../../../../src/targets/process/spec.ts';
import { statusOf } from '../../../../src/targets/process/status.ts';
import type { SupervisorClient } from '../../../../src/targets/process/supervisor/index.ts';

const program = (id: string): ProgramStatus => ({ id, kind: 'service', ready: 1, wanted: 1, hash: '', replicas: [] });
const upstream = (service: string, port: string, protocol: 'http' | 'tcp', servicePort: number) => ({
  key: `${service}:${port}`,
  service,
  protocol,
  hosts: [service.split('/').reverse().join('.')],
  servicePort,
});

test('a service has the name that others reach it by, and none when it takes no requests', async () => {
  const config = {
    ingress: { routes: [] },
    upstreams: [
      upstream('shop/api', 'admin', 'tcp', 9000),
      upstream('shop/api', 'main', 'http', 80),
      upstream('shop/mail', 'smtp', 'tcp', 25),
    ],
  };
  const client = {
    hello: { pid: 1, version: '0' },
    list: async () => ['shop/api', 'shop/mail', 'shop/worker'].map(program),
    configuration: async () => config as unknown as DataPlaneConfig,
    metrics: async () => undefined,
  } as unknown as SupervisorClient;
  const { services } = await statusOf(client);
  expect(services.map(({ service, name, tcpPort }) => [service, name, tcpPort])).toEqual([
    ['shop/api', 'api.shop', undefined],
    ['shop/mail', 'mail.shop', 25],
    ['shop/worker', undefined, undefined],
  ]);
});
