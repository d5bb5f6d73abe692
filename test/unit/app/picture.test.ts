import { describe, expect, test } from 'vitest';
import type { TargetName } from '../../../src/app/app.ts';
import { targetNames } from '../../../src/app/app.ts';
import { pictureOf } from '../../../src/app/picture.ts';
import { app, layer, link, port, resource, service, shop } from '../../support/app.ts';
import { appOf, awsEnvironment } from '../../support/definitions.ts';

const spotOf = (picture: ReturnType<typeof pictureOf>, id: string) => picture.spots.find((spot) => spot.id === id);
const edgesOf = (picture: ReturnType<typeof pictureOf>) =>
  picture.edges.map(({ from, to, security, because }) => `${from} > ${to}: ${security}, ${because}`);

const cloudFile = `
name: shop
environments: [{name: staging, path: staging.yaml}]
modules:
  - {name: api, type: k8s-service, image: nginx:1.29, port: {http: 80}, public_uri: /, links: [db, files]}
  - {name: db, type: postgres}
  - {name: files, type: bucket, bucket_name: shop-files-of-acme}
`;

const onAws = async (modules = '', name = 'staging') =>
  pictureOf(
    await appOf(
      { 'opta.yaml': cloudFile, 'staging.yaml': awsEnvironment(name, modules) },
      { target: 'aws', env: name },
    ),
    'aws',
  );

describe.each([...targetNames])('on %s', (target: TargetName) => {
  const picture = pictureOf(shop(), target);

  test('every end of an edge and every area around something is part of the picture', () => {
    const known = new Set([...picture.spots, ...picture.areas].map(({ id }) => id));
    expect(new Set([...picture.spots, ...picture.areas].map(({ id }) => id)).size).toBe(
      picture.spots.length + picture.areas.length,
    );
    for (const { from, to } of picture.edges)
      expect([known.has(from), known.has(to)], `${from} > ${to}`).toEqual([true, true]);
    const areas = new Set(picture.areas.map(({ id }) => id));
    for (const { id, inside } of [...picture.spots, ...picture.areas])
      expect(inside === undefined || areas.has(inside), id).toBe(true);
  });

  test('requests pass the ingress, links carry mTLS, the database has TLS of its own', () => {
    expect(edgesOf(picture)).toEqual(
      expect.arrayContaining([
        'ingress > shop/web: mTLS, public',
        'ingress > shop/api: mTLS, public',
        'shop/web > shop/api: mTLS, link',
        'shop/api > shop/data: mTLS, link',
        'shop/data > shop/db: TLS, link',
      ]),
    );
  });

  test('only those who link may call', () => {
    const of = (id: string) => picture.access.find(({ to }) => to === id);
    expect(of('shop/data')).toEqual({ to: 'shop/data', from: ['shop/api'], environment: false, ingress: false });
    expect(of('shop/db')?.from).toEqual(['shop/data']);
    expect(of('shop/web')?.ingress).toBe(true);
  });

  test('is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(picture))).toEqual(picture);
  });
});

describe('what is not decided', () => {
  test('on a cloud without an environment of it: region, account, ranges', () => {
    for (const target of ['aws', 'gcp'] as const) {
      const { undecided, areas } = pictureOf(shop(), target);
      expect(undecided.join('\n')).toMatch(/environment local names no provider/);
      expect(areas.find(({ kind }) => kind === 'region')?.facts).toEqual([]);
    }
  });

  test('the certificate, until a delegated domain is there', async () => {
    const without = await onAws();
    expect(without.undecided.join('\n')).toContain('no module `dns` names a domain');
    const waiting = await onAws('  - {type: dns, domain: staging.acme.test}');
    expect(waiting.undecided.join('\n')).toContain('staging.acme.test is not delegated yet');
    expect(edgesOf(waiting)).toContain('internet > load-balancer: undecided, entrance');
    const delegated = await onAws('  - {type: dns, domain: staging.acme.test, delegated: true}');
    expect(delegated.undecided.join('\n')).not.toContain('certificate');
    expect(edgesOf(delegated)).toContain('internet > load-balancer: TLS, entrance');
    expect(spotOf(delegated, 'load-balancer')?.facts).toContain(
      'ACM certificate for staging.acme.test and *.staging.acme.test',
    );
  });

  test('which controller takes requests, when opta installs none', () => {
    const off = {
      ...shop(),
      modules: [{ ...resource({ name: 'base', type: 'redis' }), type: 'k8s-base', settings: { nginx_enabled: false } }],
    };
    const picture = pictureOf(off, 'kind');
    expect(spotOf(picture, 'ingress')).toBeUndefined();
    expect(picture.undecided.join('\n')).toContain('nginx_enabled is false');
  });
});

describe('AWS', () => {
  test('puts databases into data subnets and buckets beside the VPC', async () => {
    const picture = await onAws();
    expect(spotOf(picture, 'shop/db')?.inside).toBe('data');
    expect(spotOf(picture, 'shop/files')?.inside).toBe('managed');
    expect(picture.areas.find(({ id }) => id === 'region')).toMatchObject({
      title: 'AWS eu-central-1',
      facts: ['account 012345678901'],
    });
  });

  test('has a NAT gateway a zone in production, one elsewhere', async () => {
    expect(spotOf(await onAws(), 'nat')?.facts).toContain('in one zone');
    const files = {
      'opta.yaml': cloudFile.replaceAll('staging', 'production'),
      'production.yaml': awsEnvironment('production'),
    };
    const production = pictureOf(await appOf(files, { target: 'aws', env: 'production' }), 'aws');
    expect(spotOf(production, 'nat')?.facts).toContain('one in each zone');
  });
});

describe('the mesh', () => {
  test('switched off, leaves services without TLS between them', () => {
    const off = {
      ...shop(),
      modules: [
        { ...resource({ name: 'base', type: 'redis' }), type: 'k8s-base', settings: { linkerd_enabled: false } },
      ],
    };
    const picture = pictureOf(off, 'kind');
    expect(edgesOf(picture)).toContain('shop/web > shop/api: none, link');
    expect(picture.spots.filter(({ sidecar }) => sidecar)).toEqual([]);
  });

  test('on process it is always there, and processes do not scale', () => {
    const picture = pictureOf(shop(), 'process');
    expect(spotOf(picture, 'shop/api')).toMatchObject({ sidecar: true, replicas: { min: 2, max: 2 } });
    expect(spotOf(picture, 'shop/db')?.sidecar).toBe(false);
  });
});

test('a layer that is open says so, and nothing public has no entrance', () => {
  const open = app({
    layers: [layer('shop', 'open')],
    services: [
      service({ name: 'feed', ports: [port('tcp', 7000, 'feed')] }),
      service({ name: 'reader', links: [link('shop/reader', 'shop/feed')] }),
    ],
  });
  const picture = pictureOf(open, 'process');
  expect(picture.areas.find(({ id }) => id === 'layer shop')?.facts).toEqual([
    'every service of the environment may call its services',
  ]);
  expect(picture.access.find(({ to }) => to === 'shop/feed')?.environment).toBe(true);
  expect(picture.spots.map(({ id }) => id)).toEqual(['shop/reader', 'shop/feed']);
  expect(picture.edges).toMatchObject([{ protocol: 'TCP 7000' }]);
});
