import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { jsonSchema } from '../../../src/app/json-schema.ts';
import { awsEnvironment, layer, readFiles, withService } from '../../support/definitions.ts';
import { grounds } from '../../support/mutations.ts';

const validate = new Ajv2020({ strict: false, allErrors: true }).compile(jsonSchema());

const accepted: readonly (readonly [string, string])[] = [
  ['a service layer', grounds[0] as string],
  ['an environment', grounds[1] as string],
  ['a layer without environments', layer('  - {type: redis}')],
  [
    'references in the place of numbers',
    withService('    min_containers: "{vars.n}"\n    sticky_session: "{vars.s}"\n').replace(
      'modules:',
      'input_variables: [{name: n, default: 1}, {name: s, default: true}]\nmodules:',
    ),
  ],
  ['numbers in quotes', withService('    min_containers: "1"\n    port: {http: "80"}\n')],
  ['optional fields left empty', withService('    links:\n    port:\n')],
  ['a local environment', 'name: laptop\norg_name: acme\nproviders:\n  local:\nmodules: []\n'],
  ['a version as a number', layer('  - {type: postgres, engine_version: 17}')],
];

const refused: readonly (readonly [string, string])[] = [
  ['an unknown key', 'name: shop\nmodules: []\nmodulez: []\n'],
  ['an unknown type', layer('  - {type: postgress}')],
  ['an unknown field', withService('    imagee: x\n')],
  ['a missing field', layer('  - {type: k8s-service}')],
  ['a port out of range', withService('    port: {http: 70000}\n')],
  ['a number for a text', withService('    env_vars: {PORT: 80}\n')],
  ['a text for a list', withService('    args: run\n')],
  ['a bad name', 'name: Shop\nmodules: []\n'],
  ['org_name in a service layer', 'name: shop\norg_name: acme\nenvironments: [{name: a, path: b}]\nmodules: []\n'],
  ['a number for org_name', awsEnvironment().replace('acme', '1')],
  ['an unknown cloud', awsEnvironment().replace('aws:', 'awz:')],
  ['an environment without path', 'name: shop\nenvironments: [{name: a}]\nmodules: []\n'],
  ['no modules', 'name: shop\n'],
  ['an unknown effect', withService('    tolerations: [{key: a, effect: never}]\n')],
];

describe('the JSON Schema agrees with the checks', () => {
  test.each(accepted)('accepted: %s', async (_, text) => {
    expect((await readFiles(text)).errors).toEqual([]);
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  });

  test.each(refused)('refused: %s', async (_, text) => {
    expect((await readFiles(text)).errors).not.toEqual([]);
    expect(validate(parse(text))).toBe(false);
  });
});
