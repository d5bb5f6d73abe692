import { describe, expect, test } from 'vitest';
import { manifests } from '../../../../src/platform/manifests.ts';
import { app, layer, link, port, resource, service } from '../../../support/app.ts';
import { find, type Loose, options, templateOf } from '../../../support/manifests.ts';

/** The environment of a service as its process sees it, secrets resolved. */
function environmentOf(given: Parameters<typeof app>[0], name: string, chosen = options()) {
  const objects = manifests(app(given), chosen);
  const [container] = templateOf(find(objects, 'Deployment', name)).spec.containers;
  const secret = find(objects, 'Secret', `${name}.env`);
  const entries = container.env.map(({ name: key, value, valueFrom }: Loose) => [
    key,
    value ?? Buffer.from(secret.data[valueFrom.secretKeyRef.key], 'base64').toString(),
  ]);
  return { values: Object.fromEntries(entries) as Record<string, string>, container, secret, objects };
}

const database = [resource({ name: 'my-db', type: 'postgres', settings: { database_name: 'orders' } })];

describe('variables of links', () => {
  const services = [service({ name: 'api', links: [link('shop/api', 'shop/my-db', 'resource')] })];

  test('have the names of the language, and values that work in the cluster', () => {
    const { values } = environmentOf({ services, resources: database }, 'api');
    expect(values).toMatchObject({
      my_db_db_user: 'app',
      my_db_db_name: 'orders',
      my_db_db_password: 'password-of-shop/my-db',
      my_db_db_host: 'my-db.shop',
      my_db_db_port: '5432',
      my_db_db_ca_file: '/etc/opta/my-db/ca.pem',
      my_db_db_url:
        'postgres://app:password-of-shop%2Fmy-db@my-db.shop:5432/orders?sslmode=verify-full&sslrootcert=%2Fetc%2Fopta%2Fmy-db%2Fca.pem',
    });
  });

  test('keep what is secret in a Secret', () => {
    const { container, secret } = environmentOf({ services, resources: database }, 'api');
    expect(Object.keys(secret.data)).toEqual(['my_db_db_password', 'my_db_db_url']);
    expect(JSON.stringify(container)).not.toContain('password-of');
  });

  test('point to an authority that is mounted there', () => {
    const { container, objects } = environmentOf({ services, resources: database }, 'api');
    expect(container.volumeMounts).toContainEqual({
      name: 'authorities',
      mountPath: '/etc/opta/my-db/ca.pem',
      subPath: 'my-db.pem',
      readOnly: true,
    });
    expect(find(objects, 'ConfigMap', 'api.authorities').data).toEqual({ 'my-db.pem': 'AUTHORITY' });
  });

  test('come from the stacks in a cloud, with the authority of the cloud', () => {
    const { values, objects } = environmentOf({ services, resources: database }, 'api', options({ target: 'gcp' }));
    expect(values).toMatchObject({ my_db_db_host: 'shop/my-db.db_host', my_db_db_ca_file: '/etc/opta/my-db/ca.pem' });
    expect(find(objects, 'ConfigMap', 'api.authorities').data).toEqual({ 'my-db.pem': 'AUTHORITY of shop/my-db' });
  });

  test('to services are addresses by name, port 80 unsaid', () => {
    const back = [layer('shop'), layer('back')];
    const api = service({ name: 'api', links: [link('shop/api', 'back/hub', 'service', ['url', 'addr:mqtt'])] });
    const hub = service({
      name: 'hub',
      layer: 'back',
      ports: [port('tcp', 1883, 'mqtt', 1884), port('grpc', 9, 'rpc')],
    });
    expect(environmentOf({ layers: back, services: [hub, api] }, 'api').values).toMatchObject({
      hub_url: 'http://hub.back',
      hub_mqtt_addr: 'hub.back:1884',
    });
  });

  test('of the AWS stand-in say where it is', () => {
    const bucket = [resource({ name: 'files', type: 'bucket', settings: { bucket_name: 'shop-files' } })];
    const api = service({
      name: 'api',
      links: [link('shop/api', 'shop/files', 'resource', ['bucket_name', 'region', 'endpoint'])],
    });
    const { values, objects } = environmentOf({ services: [api], resources: bucket }, 'api');
    expect(values).toMatchObject({
      files_bucket_name: 'shop-files',
      files_endpoint: 'http://opta-aws.shop',
      AWS_ENDPOINT_URL_S3: 'http://opta-aws.shop',
    });
    expect(find(objects, 'Service', 'opta-aws').spec.ports).toMatchObject([{ port: 80, targetPort: 5000 }]);
    const calls = Buffer.from(find(objects, 'Secret', 'opta-aws.server').data['calls.json'], 'base64').toString();
    expect(JSON.parse(calls)).toEqual([['s3', 'create_bucket', { Bucket: 'shop-files' }]]);
  });
});

describe('variables as written', () => {
  test('win over those of links, and may hold outputs', () => {
    const env = [
      {
        name: 'DSN',
        value: [
          'host=',
          { resource: 'shop/my-db', output: 'db_host' },
          ' password=',
          { resource: 'shop/my-db', output: 'db_password' },
        ],
      },
      { name: 'OPTA_LAYER', value: ['mine'] },
      { name: 'COST', value: ['$(PRICE)'] },
    ];
    const { values, secret } = environmentOf({ services: [service({ name: 'api', env })], resources: database }, 'api');
    expect(values).toMatchObject({
      DSN: 'host=my-db.shop password=password-of-shop/my-db',
      OPTA_LAYER: 'mine',
      COST: '$$(PRICE)',
    });
    expect(Object.keys(secret.data)).toEqual(['DSN']);
  });

  test('for development are there on local targets only', () => {
    const services = [service({ name: 'api', dev: { watch: [], sync: [], env: { DEBUG: '1' } } })];
    expect(environmentOf({ services }, 'api').values).toHaveProperty('DEBUG');
    expect(environmentOf({ services }, 'api', options({ target: 'aws' })).values).not.toHaveProperty('DEBUG');
  });
});

test('a service finds its ports, its name and the local authority', () => {
  const services = [service({ name: 'api', ports: [port('http', 8080), port('tcp', 1883, 'mq-tt')] })];
  const trust = { authority: 'ONE', bundle: 'ALL' };
  const { values, container } = environmentOf({ services }, 'api', options({ trust }));
  expect(values).toEqual({
    OPTA_ENVIRONMENT: 'local',
    OPTA_LAYER: 'shop',
    OPTA_SERVICE: 'api',
    PORT: '8080',
    PORT_MQ_TT: '1883',
    NODE_EXTRA_CA_CERTS: '/etc/opta/trust/authority.pem',
    SSL_CERT_FILE: '/etc/opta/trust/bundle.pem',
    REQUESTS_CA_BUNDLE: '/etc/opta/trust/bundle.pem',
  });
  expect(container.volumeMounts).toEqual([{ name: 'trust', mountPath: '/etc/opta/trust', readOnly: true }]);
});
