/** Builds Apps for tests of what comes after the definition: every field has a plain default. */
import type { App, Layer, Link, Port, Resource, Service } from '../../src/app/app.ts';

export const place = { file: '/shop/opta.yaml', line: 1, column: 1 } as const;

type Given<T, K extends keyof T> = Pick<T, K> & Partial<Omit<T, K>>;

export function port(protocol: Port['protocol'], containerPort: number, name = 'main', servicePort?: number): Port {
  return { name, protocol, port: containerPort, servicePort: servicePort ?? (protocol === 'tcp' ? containerPort : 80) };
}

export function service(given: Given<Service, 'name'>): Service {
  const layer = given.layer ?? 'shop';
  return {
    id: `${layer}/${given.name}`,
    layer,
    image: { kind: 'reference', reference: `registry.test/${given.name}:1` },
    ports: [port('http', 8080)],
    replicas: { min: 1, max: 3, cpuPercent: 80, memoryPercent: 80 },
    env: [],
    links: [],
    routes: [],
    liveness: undefined,
    readiness: undefined,
    startupSeconds: 30,
    probePort: undefined,
    stickySession: undefined,
    consistentHash: undefined,
    storage: [],
    cronJobs: [],
    command: undefined,
    args: undefined,
    resources: { cpuMilli: 100, memoryMi: 128, memoryLimitMi: 256 },
    timeouts: {},
    retries: undefined,
    dev: { watch: [], sync: [], env: {} },
    settings: {},
    place,
    ...given,
  };
}

export function resource(given: Given<Resource, 'name' | 'type'>): Resource {
  const layer = given.layer ?? 'shop';
  return { id: `${layer}/${given.name}`, layer, writtenType: given.type, settings: {}, links: [], place, ...given };
}

const sqlOutputs = ['db_user', 'db_name', 'db_password', 'db_host', 'db_port', 'db_url', 'db_ca_file'];

/** A link with the variables that the language gives by default. */
export function link(
  from: string,
  to: string,
  kind: Link['kind'] = 'service',
  outputs: readonly string[] = kind === 'service' ? ['url'] : sqlOutputs,
): Link {
  const module = to.slice(to.indexOf('/') + 1).replaceAll('-', '_');
  const variable = (output: string) =>
    output.startsWith('addr:') ? `${module}_${output.slice(5)}_addr` : `${module}_${output}`;
  return { from, to, kind, access: [], variables: outputs.map((output) => ({ name: variable(output), output })) };
}

export function layer(name: string, authorization: Layer['authorization'] = 'links'): Layer {
  return { name, file: `/${name}/opta.yaml`, folder: `/${name}`, authorization };
}

export function app(given: Partial<App> = {}): App {
  return {
    environment: 'local',
    organisation: undefined,
    provider: undefined,
    providerSettings: {},
    layers: [layer('shop')],
    services: [],
    resources: [],
    modules: [],
    diagnostics: [],
    ...given,
  };
}

/** A page, an HTTP service, a gRPC service and a database. */
export function shop(): App {
  const two = { min: 2, max: 6, cpuPercent: 80, memoryPercent: 80 };
  const health = { path: '/health' };
  const data = service({
    name: 'data',
    ports: [port('grpc', 50051)],
    replicas: { ...two, max: 2 },
    links: [link('shop/data', 'shop/db', 'resource')],
    retries: { attempts: 2, on: ['5xx', 'connect'] },
    timeouts: { request: 0.3 },
  });
  const api = service({
    name: 'api',
    replicas: two,
    liveness: health,
    readiness: health,
    links: [link('shop/api', 'shop/data')],
    env: [{ name: 'DATA_ADDRESS', value: ['data.shop:80'] }],
    routes: [{ service: 'shop/api', port: 'main', host: 'shop.localhost', path: '/api', strip: true }],
  });
  const web = service({
    name: 'web',
    readiness: health,
    replicas: { ...two, max: 2 },
    links: [link('shop/web', 'shop/api')],
    routes: [{ service: 'shop/web', port: 'main', host: 'shop.localhost', path: '/', strip: true }],
  });
  return app({
    services: [data, api, web],
    resources: [resource({ name: 'db', type: 'postgres', settings: { engine_version: '17', database_name: 'app' } })],
  });
}
