import { expect, test } from 'vitest';
import { placeOf, referenceIn } from '../../../../src/platform/registry/reference.ts';

test.each([
  [
    'registry.k8s.io/x/controller:v1@sha256:ab',
    { repository: 'registry.k8s.io/x/controller', tag: 'v1', digest: 'sha256:ab' },
  ],
  ['localhost:5001/shop', { repository: 'localhost:5001/shop', tag: '', digest: '' }],
  ['traefik:v3.6', { repository: 'traefik', tag: 'v3.6', digest: '' }],
])('%s taken apart', (text, parts) => {
  expect(referenceIn(text)).toEqual(parts);
});

test.each([
  ['nginx', 'docker.io', 'library/nginx'],
  ['index.docker.io/nginx', 'docker.io', 'library/nginx'],
  ['docker.io/grafana/grafana', 'docker.io', 'grafana/grafana'],
  ['ghcr.io/acme/web', 'ghcr.io', 'acme/web'],
  ['localhost:5000/web', 'localhost:5000', 'web'],
  ['localhost/web', 'localhost', 'web'],
])('%s is at %s', (repository, host, path) => {
  expect(placeOf(repository)).toEqual({ host, path });
});
