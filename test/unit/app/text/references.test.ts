import { describe, expect, test } from 'vitest';
import { isReference, piecesOf, placeholderIn } from '../../../../src/app/text/references.ts';
import { appOf, awsEnvironment, layer, readFiles, serviceOf, withService } from '../../../support/definitions.ts';

const shown = (text: string) => piecesOf(text).map((piece) => (isReference(piece) ? piece.path : piece));

describe('finding references in a text', () => {
  const cases: readonly (readonly [string, readonly (string | readonly string[])[]])[] = [
    ['plain', ['plain']],
    ['{vars.x}', [['vars', 'x']]],
    ['{parent[domain]}/api', [['parent', 'domain'], '/api']],
    ['a-{env}-b', ['a-', ['env'], '-b']],
    ['${{module.db.db_host}}', [['module', 'db', 'db_host']]],
    ['${{ module.db.db_host }}:5432', [['module', 'db', 'db_host'], ':5432']],
    ['{module.dns.domain}', [['module', 'dns', 'domain']]],
    ['{{text}}', ['{text}']],
    ['{{ project }}/{{x}}', ['{ project }/{x}']],
    ['{}', ['{}']],
    ['{0}', ['{0}']],
    ['{"a": {"b": 1}}', ['{"a": {"b": 1}}']],
    ['{"a":{"b":{}}}', ['{"a":{"b":{}}}']],
    ['[{{"query": 5}}]', ['[{"query": 5}]']],
    ['{{"a": {"b": 1}}}', ['{"a": {"b": 1}}']],
    ['{{{env}}}', ['{', ['env'], '}']],
    ['cost $5 and ${HOME}', ['cost $5 and $', ['HOME']]],
    ['}} alone {{', ['}} alone {']],
  ];
  test.each(cases)('%s', (text, wanted) => {
    expect(shown(text)).toEqual(wanted);
  });

  test('placeholders of recipes', () => {
    expect(placeholderIn('a <<region::aws_region::Your AWS Region>> b')).toBe(
      '<<region::aws_region::Your AWS Region>>',
    );
    expect(placeholderIn('x << 3')).toBeUndefined();
  });
});

describe('what references stand for', () => {
  const env = (value: string) => `    env_vars:\n      X: "${value}"\n`;

  test('names of the run', async () => {
    const service = await serviceOf(env('{env} {layer_name} {parent_name}'));
    expect(service.env).toEqual([{ name: 'X', value: ['local shop local'] }]);
  });

  test('a whole reference keeps its type, and a text in it stays as written', async () => {
    const app = await appOf(
      layer(
        '  - name: api\n    type: k8s-service\n    image: "nginx:{vars.tag}"\n    max_containers: "{vars.n}"\n    sticky_session: "{vars.sticky}"\n    commands: "{vars.list}"\n',
        'input_variables:\n  - {name: n, default: 7}\n  - {name: tag, default: 1.10}\n  - {name: sticky, default: true}\n  - {name: list, default: [a, b]}\n',
      ),
    );
    const [service] = app.services;
    expect(service?.replicas.max).toBe(7);
    expect(service?.image).toEqual({ kind: 'reference', reference: 'nginx:1.10' });
    expect(service?.stickySession).toEqual({ maxAgeSeconds: 86_400 });
    expect(service?.command).toEqual(['a', 'b']);
  });

  test('--var beats the environment, which beats the default', async () => {
    const files = {
      'opta.yaml': `name: shop
environments:
  - name: staging
    path: env.yaml
    variables: {a: environment, b: environment}
input_variables:
  - {name: a, default: default}
  - {name: b, default: default}
  - {name: c, default: default}
modules:
  - {name: api, type: k8s-service, image: nginx, env_vars: {X: "{vars.a} {variables.b} {vars.c}"}}
`,
      'env.yaml': awsEnvironment(),
    };
    const app = await appOf(files, { env: 'staging', vars: { a: 'line' } });
    expect(app.services[0]?.env[0]?.value).toEqual(['line environment default']);
  });

  test('a variable of --var is text in a text and a number in a number', async () => {
    const service = await serviceOf('    min_containers: "{vars.n}"\n    env_vars: {X: "{vars.n}"}\n', {
      vars: { n: '2' },
    });
    expect([service.replicas.min, service.env[0]?.value]).toEqual([2, ['2']]);
  });

  test('outputs of resources wait until they run', async () => {
    const app = await appOf(
      layer(
        '  - {name: api, type: k8s-service, image: nginx, env_vars: {X: "tcp://${{module.db.db_host}}:5432"}}\n  - {name: db, type: postgres}\n',
      ),
    );
    expect(app.services[0]?.env[0]?.value).toEqual(['tcp://', { resource: 'shop/db', output: 'db_host' }, ':5432']);
  });

  test('on local targets the domain is local, and values of a cloud have stand-ins with one notice each', async () => {
    const { app, notices } = await readFiles(
      withService(
        '    port: {http: 80}\n    public_uri: "{parent.domain}/api"\n    env_vars: {A: "{aws.region}", B: "{aws.account_id} {parent.vpc_id}", C: "{aws.region}"}\n',
      ),
    );
    expect(app?.services[0]?.routes[0]).toMatchObject({ host: 'shop.localhost', path: '/api' });
    expect(app?.services[0]?.env.map((e) => e.value)).toEqual([
      ['us-east-1'],
      ['000000000000 local-vpc-id'],
      ['us-east-1'],
    ]);
    expect(notices.filter((n) => n.startsWith('stand-in-value'))).toHaveLength(3);
  });

  test('in a cloud they are those of the environment', async () => {
    const files = {
      'opta.yaml': `name: shop
environments: [{name: staging, path: env.yaml}]
modules:
  - {name: api, type: k8s-service, image: nginx, port: {http: 80}, public_uri: "api.{parent.domain}", env_vars: {A: "{aws.region} {aws.account_id} {region}", B: "{parent.vpc_id}", C: "{parent.k8s_cluster_name}"}}
`,
      'env.yaml': awsEnvironment('staging', '  - {type: dns, domain: acme.example}\n'),
    };
    const app = await appOf(files, { env: 'staging', target: 'aws' });
    expect(app.services[0]?.routes[0]?.host).toBe('api.acme.example');
    expect(app.services[0]?.env.map((e) => e.value)).toEqual([
      ['eu-central-1 012345678901 eu-central-1'],
      [{ resource: 'staging/base', output: 'vpc_id' }],
      ['opta-staging'],
    ]);
  });

  const wrong: readonly (readonly [string, string, string, RegExp])[] = [
    ['a misspelt root', '{evn}', 'unknown-reference', /`env`/],
    ['a misspelt root with a path', '{parnet.domain}', 'unknown-reference', /`parent`/],
    ['an unknown variable', '{vars.nothing}', 'unknown-reference', /--var nothing=value/],
    ['an unknown output of the environment', '{parent.domian}', 'unknown-reference', /`domain`/],
    ['an unknown module', '${{module.dbb.db_host}}', 'unknown-reference', /`db`/],
    ['an unknown output of a module', '${{module.db.db_hots}}', 'unknown-reference', /`db_host`/],
    ['dollar braces around something else', '${{env}}', 'unknown-reference', /write \{env\}/],
    ['an unknown word', '{something}', 'unknown-reference', /double them: "\{\{something\}\}"/],
  ];
  test.each(wrong)('%s is an error at its place, with what may be meant', async (_, text, code, hint) => {
    const { diagnostics } = await readFiles(
      layer(
        `  - {name: db, type: postgres}\n  - name: api\n    type: k8s-service\n    image: nginx\n    env_vars:\n      X: "a ${text}"\n`,
      ),
    );
    const errors = diagnostics.filter((d) => d.severity === 'error');
    expect(errors.map((d) => [d.code, d.place?.line, d.place?.column, d.place?.length])).toEqual([
      [code, 8, 13, text.length],
    ]);
    expect(errors[0]?.hints.join(' ')).toMatch(hint);
  });

  test('text in braces that is no reference stays', async () => {
    const service = await serviceOf(`    args: ['{"a": {"b": [1]}}', '{}', '{0}', '{HOST}', '{{name}}']\n`);
    expect(service.args).toEqual(['{"a": {"b": [1]}}', '{}', '{0}', '{HOST}', '{name}']);
  });

  test('placeholders of recipes are refused once each, wherever they stand', async () => {
    const { errors } = await readFiles(
      'name: a\norg_name: <<org::org_name::Your organisation>>\nproviders:\n  aws:\n    region: <<r::aws_region::Region>>\n    account_id: "1"\nmodules:\n  - {type: dns, domain: "<<d::string::Domain>>"}\n# <<x::string::a comment>>\n',
    );
    expect(errors).toEqual(['2:11 unfilled-placeholder', '5:13 unfilled-placeholder', '8:26 unfilled-placeholder']);
  });

  test('a map does not fit into a text', async () => {
    const { errors } = await readFiles(
      layer(
        '  - {name: api, type: k8s-service, image: nginx, env_vars: {X: "a {vars.m}"}}\n',
        'input_variables: [{name: m, default: {a: 1}}]\n',
      ),
    );
    expect(errors).toEqual(['4:67 wrong-type']);
  });
});
