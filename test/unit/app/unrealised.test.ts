import { expect, test } from 'vitest';
import { explain } from '../../../src/app/explain.ts';
import { unrealised } from '../../../src/app/unrealised.ts';
import { moduleTypes } from '../../../src/resources/index.ts';
import { appOf, layer } from '../../support/definitions.ts';

const modules = `
  - {name: api, type: k8s-service, image: x}
  - {name: db, type: postgres}
  - {name: metrics, type: datadog, api_key: k}
  - {name: tools, type: helm-chart, chart: ./tools}
  - {name: own, type: custom-terraform, source: ./own}
  - {name: role, type: aws-iam-role}
  - {name: front, type: cloudfront-distribution}
  - {type: dns, domain: example.com}
`;

test('each module without effect on process is told at its place; services, databases and the network are not', async () => {
  const found = unrealised(await appOf(layer(modules)), 'process');
  expect(found.map((d) => [d.severity, d.code, d.place?.line, d.message])).toEqual([
    ['notice', 'no-effect', 5, 'On process, `metrics` (datadog) makes nothing: there is no cluster.'],
    ['notice', 'no-effect', 6, 'On process, `tools` (helm-chart) makes nothing: there is no cluster.'],
    [
      'notice',
      'no-effect',
      7,
      'On process, `own` (custom-terraform) makes nothing: your code is not run; its outputs are stand-ins.',
    ],
    [
      'notice',
      'no-effect',
      8,
      'On process, `role` (aws-iam-role) makes nothing: it exists only in a cloud; its outputs are stand-ins.',
    ],
    [
      'notice',
      'no-effect',
      9,
      'On process, `front` (cloudfront-distribution) makes nothing: it exists only in a cloud; its outputs are stand-ins.',
    ],
  ]);
});

test('modules of an environment file are not told, whether it runs itself or is chosen', async () => {
  const environment =
    'name: laptop\norg_name: acme\nproviders: {local: {}}\nmodules:\n  - {type: local-base}\n  - {type: datadog, api_key: k}\n';
  expect(unrealised(await appOf(environment), 'process')).toEqual([]);
  const files = {
    'opta.yaml': `${layer('  - {name: role, type: aws-iam-role}\n')}environments: [{name: dev, path: dev.yaml}]\n`,
    'dev.yaml': environment,
  };
  expect(unrealised(await appOf(files), 'process').map((d) => d.message)).toEqual([
    'On process, `role` (aws-iam-role) makes nothing: it exists only in a cloud; its outputs are stand-ins.',
  ]);
});

test('what is of another cloud is not there', async () => {
  const app = await appOf(layer('  - {name: account, type: gcp-service-account}\n'));
  expect(unrealised(app, 'aws')[0]?.message).toBe('On aws, `account` (gcp-service-account) is not there.');
});

test('explain calls a module unneeded on process only where process has its own in its place', () => {
  const unneeded = moduleTypes.filter((type) => /not needed/.test(explain(type.name).targets.process));
  expect(unneeded).toEqual([]);
  expect(explain('custom-terraform').targets.process).toBe('nothing: your code is not run; its outputs are stand-ins');
  const silent = moduleTypes.filter((type) => type.ownLocally && type.kind !== 'other');
  expect(silent).toEqual([]);
});

test('in a cloud every module and field that is not realised yet is told, and a resource that is not there is an error', async () => {
  const files = {
    'opta.yaml': `${layer('  - {name: table, type: aws-dynamodb, hash_key: id, attributes: [{name: id, type: S}]}\n  - {name: files, type: bucket, bucket_name: abc, files: ./public}\n  - {name: front, type: cloudfront-distribution}\n')}environments: [{name: dev, path: dev.yaml}]\n`,
    'dev.yaml':
      'name: dev\norg_name: acme\nproviders: {google: {region: us-central1, project: p}}\nmodules:\n  - {type: base}\n  - {type: datadog, api_key: k}\n',
  };
  const found = unrealised(await appOf(files, { env: 'dev', target: 'gcp' }), 'gcp');
  expect(found.map((d) => `${d.severity}: ${d.message}`)).toEqual([
    'warning: On gcp, `front` (cloudfront-distribution) is not there.',
    'warning: On gcp, `datadog` (datadog) makes nothing yet.',
    'error: On gcp, `table` (aws-dynamodb) is not there.',
    'warning: On gcp, `files` of `files` has no effect yet: nothing is uploaded.',
  ]);
});
