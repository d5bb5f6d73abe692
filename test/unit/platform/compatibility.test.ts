import satisfies from 'semver/functions/satisfies.js';
import validRange from 'semver/ranges/valid.js';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/errors.ts';
import { resolvePins } from '../../../src/platform/compatibility.ts';
import { parseVersions, partNames } from '../../../src/platform/versions.ts';
import { versions } from '../../support/manifests.ts';

const nothing = { origin: 'mirror /srv/opta' };

describe('kind/versions.yaml', () => {
  test('holds a set that was tested together: nothing to say, nothing replaced', () => {
    expect(resolvePins(versions)).toEqual({ pins: versions.pins, replaced: [], notices: [] });
  });

  test('names a digest for every image, or why it has none', () => {
    for (const [name, { ref, unpinned }] of Object.entries(versions.pins.images)) {
      const hasDigest = /@sha256:[0-9a-f]{64}$/.test(ref);
      expect(hasDigest ? unpinned : unpinned?.length, name).toSatisfy((one: unknown) =>
        hasDigest ? one === undefined : Number(one) > 10,
      );
      expect(ref, `${name}: full name with registry and tag`).toMatch(/^[\w.-]+\.[\w.-]+\/[\w./-]+:[\w.-]+/);
    }
  });

  test('names a sha256 for every chart and manifest, or why it has none', () => {
    for (const [name, { sha256, unpinned }] of [
      ...Object.entries(versions.pins.charts),
      ...Object.entries(versions.pins.manifests),
    ]) {
      expect((sha256 === undefined) !== (unpinned === undefined), name).toBe(true);
    }
  });

  test('says the same version in the version, the tag and the address of each pin', () => {
    for (const [name, { ref, version }] of Object.entries(versions.pins.images)) {
      const tag = /:[a-z-]*v?([\d.]+)(@|$)/.exec(ref)?.[1] ?? '';
      expect(version.startsWith(tag), `${name}: ${tag} and ${version}`).toBe(true);
    }
    for (const [name, { version, files }] of Object.entries(versions.pins.binaries)) {
      for (const { url } of Object.values(files)) expect(url, name).toContain(version);
    }
    for (const [name, { version, url }] of Object.entries({ ...versions.pins.charts, ...versions.pins.manifests })) {
      expect(url, name).toContain(version);
    }
  });

  test('has charts that bring the pinned images', () => {
    const { charts, images } = versions.pins;
    expect(charts['ingress-nginx'].app).toBe(images['ingress-nginx'].version);
    expect(charts['metrics-server'].app).toBe(images['metrics-server'].version);
    expect(charts['linkerd-control-plane'].app).toBe(images['linkerd-controller'].version);
    expect(charts['linkerd-crds'].version).toBe(charts['linkerd-control-plane'].version);
  });

  test('has a compatibility table of valid ranges, no tested one of which is broken', () => {
    for (const rule of versions.compatibility) {
      const ranges = [
        rule.tested,
        ...(rule.of === undefined ? [] : [rule.of]),
        ...rule.broken.map(({ range }) => range),
      ];
      for (const range of ranges) expect(validRange(range), `${rule.part} with ${rule.with}: ${range}`).not.toBeNull();
      for (const { range } of rule.broken) {
        const probe = (/\d+(\.\d+)*/.exec(rule.tested)?.[0] ?? '0').split('.');
        const lowest = [...probe, '0', '0'].slice(0, 3).join('.');
        expect(satisfies(lowest, range), `${rule.part} with ${rule.with}: ${lowest} is tested and broken`).toBe(false);
      }
      expect(partNames).toContain(rule.with);
    }
  });
});

describe('a pin out of its range', () => {
  const node = (ref: string) => ({ ...nothing, images: { node: { ref } } });

  test('prints one line for each untested combination and goes on', () => {
    const { notices, replaced, pins } = resolvePins(versions, node('kindest/node:v1.37.0'), ['kubernetes', 'linkerd']);
    expect(pins.images.node.version).toBe('1.37.0');
    expect(replaced).toEqual([{ pin: 'images.node', from: versions.pins.images.node.ref, to: 'kindest/node:v1.37.0' }]);
    expect(notices.map(({ code, message }) => [code, message])).toEqual([
      ['pins-untested', 'opta was not tested with kubernetes 1.37.0 (tested: opta with kubernetes 1.31 - 1.35).'],
      [
        'pins-untested',
        'linkerd 26.6.3 was not tested with kubernetes 1.37.0 (tested: linkerd 26.6.x with kubernetes 1.31 - 1.35).',
      ],
    ]);
  });

  test('an older controller on a tested Kubernetes is untested, not broken', () => {
    const old = {
      ...nothing,
      images: { 'ingress-nginx': { ref: 'registry.k8s.io/ingress-nginx/controller:kit', version: '1.11.1' } },
    };
    const { notices } = resolvePins(versions, old);
    expect(notices.map(({ message }) => message)).toEqual([
      'ingress-nginx 1.11.1 was not tested with kubernetes 1.35.8 (tested: ingress-nginx 1.15.x with kubernetes 1.31 - 1.35).',
    ]);
  });

  test('a broken set is refused and the pin to change is named', () => {
    const refusal = (() => {
      try {
        resolvePins(versions, node('kindest/node:v1.29.4'));
      } catch (error) {
        return error;
      }
      return undefined;
    })();
    expect(refusal).toBeInstanceOf(UserError);
    expect(refusal).toMatchObject({
      code: 'pins-broken',
      message:
        'opta does not work with kubernetes 1.29.4: pods wait with the sleep action of preStop, which is off before Kubernetes 1.30. It was replaced by kindest/node:v1.29.4.',
      hints: ['Change the pin images.node.'],
    });
    expect((refusal as UserError).detail).toHaveLength(2);
  });

  test('parts that a run does not use are not judged', () => {
    expect(resolvePins(versions, node('kindest/node:v1.30.1'), ['kubernetes', 'ingress-nginx']).notices).toHaveLength(
      2,
    );
    expect(() => resolvePins(versions, node('kindest/node:v1.30.1'), ['kubernetes', 'linkerd'])).toThrow(
      /Linkerd 2\.20 refuse/,
    );
  });
});

describe('a mirror', () => {
  test('may replace an image by one without a digest, whose tag tells the version', () => {
    const { pins, replaced } = resolvePins(versions, {
      ...nothing,
      images: { postgres: { ref: 'mirror.test/postgres:17' } },
    });
    expect(pins.images.postgres).toEqual({
      ref: 'mirror.test/postgres:17',
      version: '17.0.0',
      source: 'mirror /srv/opta',
    });
    expect(replaced).toHaveLength(1);
  });

  test('never lends the sha256 of a pin to another file', () => {
    const { pins } = resolvePins(versions, {
      ...nothing,
      charts: { 'ingress-nginx': { version: '4.11.1', app: '1.11.1' } },
    });
    expect(pins.charts['ingress-nginx']).toMatchObject({ version: '4.11.1', app: '1.11.1' });
    expect(pins.charts['ingress-nginx'].sha256).toBeUndefined();
  });

  test('that says what is pinned anyway replaces nothing', () => {
    const { ref } = versions.pins.images.node;
    expect(resolvePins(versions, node(ref)).replaced).toEqual([]);
    function node(one: string) {
      return { ...nothing, images: { node: { ref: one } } };
    }
  });

  test('must say the version of an image whose tag is none', () => {
    const unclear = { ...nothing, images: { traefik: { ref: 'mirror.test/traefik:latest' } } };
    expect(() => resolvePins(versions, unclear)).toThrow('whose tag tells no version');
  });
});

test('a versions file with mistakes is refused with all of them', () => {
  expect(() => parseVersions('schema: 2\n', 'versions.yaml')).toThrow(
    expect.objectContaining({ code: 'pins-invalid' }),
  );
  const caught = (() => {
    try {
      parseVersions('schema: 2\ndated: today\n', 'versions.yaml');
    } catch (error) {
      return error as UserError;
    }
    return undefined;
  })();
  expect(caught?.detail.length).toBeGreaterThan(4);
});
