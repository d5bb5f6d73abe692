import { describe, expect, test } from 'vitest';
import { appOf, layer, readFiles } from '../../../support/definitions.ts';

const modules = `
  - {name: my-db, type: postgres}
  - {name: cache, type: redis}
  - {name: files, type: bucket, bucket_name: acme-files}
  - {name: events, type: queue}
  - {name: news, type: aws-sns}
  - {name: table, type: aws-dynamodb, hash_key: id, attributes: [{name: id, type: S}]}
  - {name: docs, type: aws-documentdb}
  - {name: atlas, type: mongodb-atlas, region: US_EAST_1, mongodb_atlas_project_id: abc}
  - {name: web, type: k8s-service, image: x, ports: [{name: http, type: http, port: 80}, {name: game, type: tcp, port: 7000}]}
  - {name: worker, type: k8s-service, image: x}
`;

const linking = (links: string) =>
  layer(`  - {name: api, type: k8s-service, image: x, links: [${links}]}${modules.trimEnd()}`);

async function linkTo(links: string, target: 'process' | 'aws' = 'process') {
  const app = await appOf(linking(links), { target });
  return app.services.find((service) => service.name === 'api')?.links[0];
}

const names = async (links: string, target: 'process' | 'aws' = 'process') =>
  (await linkTo(links, target))?.variables.map((v) => v.name);

describe('what a link gives', () => {
  test.each([
    [
      'my-db',
      [
        'my_db_db_user',
        'my_db_db_name',
        'my_db_db_password',
        'my_db_db_host',
        'my_db_db_port',
        'my_db_db_url',
        'my_db_db_ca_file',
      ],
    ],
    ['cache', ['cache_cache_host', 'cache_cache_auth_token', 'cache_cache_port', 'cache_cache_url']],
    ['docs', ['docs_db_user', 'docs_db_host', 'docs_db_password']],
    ['atlas', ['atlas_db_user', 'atlas_db_password', 'atlas_mongodb_atlas_connection_string']],
    ['files', ['files_bucket_name', 'files_region', 'files_endpoint']],
    ['events', ['events_queue_url', 'events_region', 'events_endpoint']],
    ['news', ['news_topic_arn', 'news_region', 'news_endpoint']],
    ['table', ['table_table_name', 'table_region', 'table_endpoint']],
    ['web', ['web_url', 'WEB_URL', 'web_game_addr']],
    ['worker', []],
  ])('a link to %s', async (target, wanted) => {
    expect(await names(target)).toEqual(wanted);
  });

  test('endpoints are for local targets', async () => {
    expect(await names('files', 'aws')).toEqual(['files_bucket_name', 'files_region']);
  });

  test('any of the variables may have another name; the others keep theirs', async () => {
    expect(await names('my-db: [{db_user: PGUSER, db_host: PGHOST}]')).toEqual([
      'PGUSER',
      'my_db_db_name',
      'my_db_db_password',
      'PGHOST',
      'my_db_db_port',
      'my_db_db_url',
      'my_db_db_ca_file',
    ]);
    expect(await names('my-db: {db_user: PGUSER}')).toContain('PGUSER');
    expect(await names('web: [{url: WEB}]')).toEqual(['WEB', 'web_game_addr']);
  });

  test('access is the written one, else the default', async () => {
    expect((await linkTo('files'))?.access).toEqual(['write']);
    expect((await linkTo('files: [read]'))?.access).toEqual(['read']);
    expect((await linkTo('files: [read, write]'))?.access).toEqual(['read', 'write']);
    expect((await linkTo('events'))?.access).toEqual(['publish', 'subscribe']);
    expect((await linkTo('news:'))?.access).toEqual(['publish']);
    expect((await linkTo('table'))?.access).toEqual(['write']);
    expect((await linkTo('my-db'))?.access).toEqual([]);
  });

  test('a link says where it is written and what it leads to', async () => {
    expect(await linkTo('web')).toMatchObject({
      from: 'shop/api',
      to: 'shop/web',
      kind: 'service',
      place: { line: 3 },
    });
    expect(await linkTo('my-db')).toMatchObject({ kind: 'resource', to: 'shop/my-db' });
  });
});

describe('links that lead nowhere', () => {
  test.each([
    ['a misspelt module', 'mydb', 'unknown-module', 'my-db'],
    ['an access that does not exist', 'files: [reed]', 'invalid-link', 'read'],
    ['an access to a database', 'my-db: [read]', 'invalid-link', 'has no kinds of access'],
    ['a variable that does not exist', 'my-db: [{db_hots: X}]', 'invalid-link', 'db_host'],
    ['a variable the wrong way round', 'my-db: [{PGHOST: db_host}]', 'invalid-link', 'db_host: PGHOST'],
    ['a name that is none', 'my-db: [{db_host: "A B"}]', 'invalid-link', 'name of an environment variable'],
    ['itself', 'api', 'invalid-link', 'itself'],
    ['a layer that is not there', 'other/web', 'invalid-link', '-c'],
    ['the same twice', 'my-db, my-db', 'invalid-link', 'twice'],
    ['two modules in one link', '{my-db: [], cache: []}', 'invalid-link', 'one module'],
  ])('%s', async (_, links, code, words) => {
    const { diagnostics } = await readFiles(linking(links));
    const [error, ...more] = diagnostics.filter((d) => d.severity === 'error');
    expect([error?.code, more]).toEqual([code, []]);
    expect([error?.message, ...(error?.hints ?? [])].join(' ')).toContain(words);
    expect(error?.place?.line).toBe(3);
  });

  test('a module that cannot be linked', async () => {
    const { errors } = await readFiles(
      layer(
        '  - {name: api, type: k8s-service, image: x, links: [chart]}\n  - {name: chart, type: helm-chart, chart: ./c}\n',
      ),
    );
    expect(errors).toEqual(['3:54 invalid-link']);
  });
});

describe('links between layers', () => {
  const back =
    'name: back\nmodules:\n  - {name: data, type: k8s-service, image: x, port: {grpc: 50051}}\n  - {name: db, type: postgres}\n';
  const front = (links: string) =>
    `name: front\nmodules:\n  - {name: web, type: k8s-service, image: x, links: [${links}]}\n`;
  const files = ['front.yaml', 'back.yaml'];

  test('a service of another layer of the run', async () => {
    const app = await appOf({ 'front.yaml': front('back/data'), 'back.yaml': back }, { files });
    expect(app.services.map((service) => service.id)).toEqual(['back/data', 'front/web']);
    expect(app.services[1]?.links[0]).toMatchObject({
      to: 'back/data',
      variables: [
        { name: 'data_url', output: 'url' },
        { name: 'DATA_URL', output: 'url' },
      ],
    });
    expect(app.layers.map((l) => [l.name, l.authorization])).toEqual([
      ['front', 'links'],
      ['back', 'open'],
    ]);
  });

  test('resources stay in their layer', async () => {
    const { errors } = await readFiles({ 'front.yaml': front('back/db'), 'back.yaml': back }, { files });
    expect(errors).toEqual(['3:54 invalid-link']);
  });

  test('a bare name finds only its own layer, and says where else it is', async () => {
    const { diagnostics } = await readFiles({ 'front.yaml': front('data'), 'back.yaml': back }, { files });
    expect(diagnostics.find((d) => d.severity === 'error')?.hints).toEqual(['there is `back/data` in another layer']);
  });
});

describe('two values of one name', () => {
  const dbs = '  - {name: a, type: postgres}\n  - {name: b, type: postgres}\n';
  const api = (more: string) => layer(`  - {name: api, type: k8s-service, image: x, ${more}}\n${dbs}`);

  test('two variables of links that would have one name are an error at the later new name', async () => {
    const { errors, diagnostics } = await readFiles(api('links: [{a: {db_user: PGUSER}}, {b: {db_user: PGUSER}}]'));
    expect(errors).toEqual(['3:92 duplicate-name']);
    expect(diagnostics[0]).toMatchObject({
      message: 'The variable `PGUSER` would be `db_user` of `a` and `db_user` of `b`.',
      hints: ['give one of them another name: `- b: [{db_user: OTHER_NAME}]`'],
    });
    expect((await readFiles(api('links: [{a: {db_user: X, db_host: X}}]'))).errors).toEqual(['3:80 duplicate-name']);
    expect((await readFiles(api('links: [{a: {db_user: a_db_host}}]'))).errors).toEqual(['3:68 duplicate-name']);
    expect((await readFiles(api('links: [{a: {db_user: X}}, {a: {db_user: Y}}]'))).errors).toEqual([]);
  });

  test('services of one name in two layers need a new name for one of them', async () => {
    const data = '  - {name: data, type: k8s-service, image: x, port: {http: 80}}\n';
    const read = (link: string) =>
      readFiles(
        {
          'a.yaml': layer(`${data}  - {name: web, type: k8s-service, image: x, links: [data, ${link}]}\n`),
          'b.yaml': layer(data).replace('shop', 'back'),
        },
        { files: ['a.yaml', 'b.yaml'] },
      );
    expect((await read('back/data')).errors).toEqual(['4:60 duplicate-name']);
    expect((await read('{back/data: {url: BACK_URL}}')).errors).toEqual([]);
  });

  test('the upper-case name of a URL gives way to a name that was meant', async () => {
    const app = await appOf(
      layer(`  - {name: api, type: k8s-service, image: x, links: [web, {a: {db_url: WEB_URL}}]}
  - {name: web, type: k8s-service, image: x, port: {http: 80}}\n${dbs}`),
    );
    const given = app.services.find((service) => service.name === 'api')?.links.flatMap((link) => link.variables) ?? [];
    expect(given.filter(({ name }) => name === 'WEB_URL')).toEqual([{ name: 'WEB_URL', output: 'db_url' }]);
  });

  test('env_vars take the place of linked variables, with a notice', async () => {
    const { diagnostics, errors } = await readFiles(api('links: [a], env_vars: {a_db_user: me, OTHER: x}'));
    expect(errors).toEqual([]);
    const found = diagnostics.filter((d) => d.code === 'no-effect');
    expect(found.map((d) => [d.place?.line, d.place?.column, d.message])).toEqual([
      [3, 69, '`a_db_user` in `env_vars` takes the place of the one that the link to `shop/a` gives.'],
    ]);
  });
});

describe('order and authorization', () => {
  test('each service comes after what it links to; a cycle keeps the order of the file', async () => {
    const service = (name: string, links: string) =>
      `  - {name: ${name}, type: k8s-service, image: x, links: [${links}]}\n`;
    const order = async (text: string) => (await appOf(layer(text))).services.map((s) => s.name);
    expect(await order(service('a', 'b') + service('b', 'c') + service('c', ''))).toEqual(['c', 'b', 'a']);
    expect(await order(service('a', 'b') + service('b', 'a') + service('c', ''))).toEqual(['a', 'b', 'c']);
    expect(await order(service('x', 'a') + service('a', 'b') + service('b', 'a, d') + service('d', ''))).toEqual([
      'd',
      'a',
      'b',
      'x',
    ]);
    expect(await order(`  - {name: a, type: k8s-service, image: x, depends_on: [b]}\n${service('b', '')}`)).toEqual([
      'b',
      'a',
    ]);
  });

  test('the written authorization wins; without a service link a layer is open, with a notice', async () => {
    const one = '  - {name: a, type: k8s-service, image: x}\n';
    expect((await appOf(layer(one, 'authorization: links\n'))).layers[0]?.authorization).toBe('links');
    const { app, notices } = await readFiles(layer(one));
    expect(app?.layers[0]?.authorization).toBe('open');
    expect(notices).toEqual([expect.stringContaining('open-authorization')]);
    expect((await readFiles(layer(one, 'authorization: open\n'))).notices).toEqual([]);
  });
});
