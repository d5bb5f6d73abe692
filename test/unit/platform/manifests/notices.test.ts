import { expect, test } from 'vitest';
import { choicesOf } from '../../../../src/platform/choices.ts';
import { manifestNotices } from '../../../../src/platform/manifests.ts';
import { app, place, port, resource, service, shop } from '../../../support/app.ts';
import { options } from '../../../support/manifests.ts';

test('a meshed service without a health check is told of, since its proxy accepts before it listens', () => {
  const [notice, ...rest] = manifestNotices(shop(), options());
  expect(notice).toMatchObject({ severity: 'notice', code: 'no-health-check', place });
  expect(notice?.message).toContain('shop/data');
  expect(rest).toEqual([]);
});

test('nothing is said where the port itself is asked, or nothing listens', () => {
  expect(manifestNotices(shop(), options({ mesh: false }))).toEqual([]);
  const asked = service({ name: 'a', ports: [port('grpc', 1)], liveness: { command: ['true'] } });
  const worker = service({ name: 'b', ports: [] });
  expect(manifestNotices(app({ services: [asked, worker] }), options())).toEqual([]);
});

test('a stand-in that forgets is told of on local targets only', () => {
  const given = app({ resources: [resource({ name: 'files', type: 'queue' })] });
  expect(manifestNotices(given, options()).map(({ code }) => code)).toEqual(['stand-in-forgets']);
  expect(manifestNotices(given, options({ target: 'aws' }))).toEqual([]);
});

test('the platform is what k8s-base says, whichever cloud named it', () => {
  const defaults = {
    mesh: true,
    meshHighAvailability: false,
    ingress: 'nginx',
    ingressEnabled: true,
    ingressHighAvailability: false,
  };
  expect(choicesOf(app())).toEqual(defaults);
  const values = { linkerd: { proxy: { logLevel: 'debug' } }, ingressNginx: {}, nginxConfig: { 'hsts-max-age': 1 } };
  const written = { linkerd_values: values.linkerd, nginx_config: values.nginxConfig };
  const settings = { ...written, ingress: 'gateway', linkerd_enabled: false, nginx_high_availability: true };
  const base = { id: 'prod/k8s-base', layer: 'prod', name: 'k8s-base', type: 'aws-k8s-base', settings, place };
  expect(choicesOf(app({ modules: [base] }))).toEqual({
    ...defaults,
    values,
    ingress: 'gateway',
    mesh: false,
    ingressHighAvailability: true,
  });
});
