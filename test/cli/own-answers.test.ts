/** Answers about one's own code: the same files whichever way they are given, valid whatever they are. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { Asked, Given } from '../../src/app/asked.ts';
import { parseArguments } from '../../src/arguments.ts';
import { type Detection, detect } from '../../src/recipes/detect.ts';
import { readLayer, withEnvironments, withServices } from '../../src/recipes/own/add.ts';
import { interviewServices } from '../../src/recipes/own/add-questions.ts';
import { filesOf } from '../../src/recipes/own/files.ts';
import { answersOfFlags, checkAnswers, flagsOfAnswers, placed } from '../../src/recipes/own/flags.ts';
import type { Context } from '../../src/recipes/own/project.ts';
import { interview } from '../../src/recipes/own/questions.ts';
import { readFiles } from '../support/definitions.ts';
import { doorOf, type Sample, samples } from '../support/samples.ts';
import '../support/seed.ts';

const contextOf = (detection: Detection, folder = 'my-project'): Context => ({
  folder,
  detection,
  recipes: [],
  credentials: { awsAccounts: [] },
});
const lookAt = async (sample: Sample) => contextOf(await detect(doorOf(sample)));
const contexts = new Map(
  await Promise.all(Object.entries(samples).map(async ([name, sample]) => [name, await lookAt(sample)] as const)),
);

const filesFor = (context: Context, answers: Given) => filesOf(interview(context, answers).outcome, undefined).files;
const byPath = (context: Context, answers: Given) =>
  Object.fromEntries(filesFor(context, answers).map(({ path, text }) => [path, text]));

/** An answer to a question, some of them far from its default. */
function answerTo(question: Asked): fc.Arbitrary<string> {
  const values = (question.options ?? []).map(({ value }) => value);
  const own = fc.constant(question.default);
  const of = (key: string): fc.Arbitrary<string> => {
    if (key === 'name') return fc.constantFrom('shop', 'a-b', 'kiosk2');
    if (key.startsWith('port.')) return fc.constantFrom('', '3000', 'grpc:50051', 'websocket:9000');
    if (key.startsWith('health.')) return fc.constantFrom('', '/health', '/a=b');
    if (key.startsWith('command.')) return fc.constantFrom('npm start', 'node a.js --x=1 "two words"', "sh -c 'a, b'");
    if (key === 'environments') return fc.constantFrom('demo', 'staging,production', 'a,b,production');
    if (key === 'domain') return fc.constantFrom('', 'example.com');
    return own;
  };
  if (question.kind === 'many') return fc.subarray(values).map((chosen) => chosen.join(','));
  if (question.kind === 'choice' && values.length > 0) return fc.oneof(own, fc.constantFrom(...values));
  return fc.oneof(own, of(question.key));
}

/** Answers to all questions of a context, as they come up one after the other. */
function answersFor(context: Context): fc.Arbitrary<Given> {
  const go = (answers: Given): fc.Arbitrary<Given> => {
    const question = interview(context, answers).questions.find(({ key }) => answers[key] === undefined);
    if (question === undefined) return fc.constant(answers);
    return answerTo(question).chain((answer) =>
      go({ ...answers, [question.key]: question.wrong(answer) === undefined ? answer : question.default }),
    );
  };
  return go({});
}

describe.each(['express', 'fastify-monorepo', 'rails'])('for %s', (name) => {
  const context = contexts.get(name) as Context;

  test('flags in a pipe give the same files as the answers in a wizard', () => {
    fc.assert(
      fc.property(answersFor(context), (answers) => {
        const { questions } = interview(context, answers);
        const argv = ['init', ...flagsOfAnswers(answers, questions)];
        const chosen = parseArguments(argv, '0.0.0', () => {});
        const given = answersOfFlags((chosen?.flags ?? {}) as Parameters<typeof answersOfFlags>[0]);
        const whole = placed(given, interview(context, given).questions);
        checkAnswers(whole, interview(context, whole).questions);
        expect(filesFor(context, whole)).toEqual(filesFor(context, answers));
      }),
      { numRuns: 25 },
    );
  });
});

test.each([...contexts])('the defaults for %s are a valid project on every target', async (_, context) => {
  for (const cloud of ['aws', 'gcp', 'none']) {
    const files = byPath(context, { cloud });
    const targets = [
      ['local', 'process'],
      ['local', 'kind'],
      ...(cloud === 'none' ? [] : [['production', cloud]]),
    ] as const;
    for (const [env, target] of targets) {
      const { errors } = await readFiles(files, { env, target: target as 'process' });
      expect(errors).toEqual([]);
    }
  }
});

describe('compose.yaml', () => {
  const sample: Sample = {
    'compose.yaml': `services:
  api:
    build: ./api
    command: node server.js --verbose
    ports: ["8080:4000", "9229:9229"]
    environment:
      DATABASE_URL: postgres://app:secret@db:5432/app
      REDIS_HOST: cache
      LOG_LEVEL: debug
      STRIPE_SECRET: sk_test
      SEARCH_URL: http://search:7700
    volumes:
      - ./api:/app
      - uploads:/data
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost:4000/healthz"]
    depends_on: [db, cache, search]
    networks: [back]
    deploy:
      replicas: 2
  search:
    image: getmeili/meilisearch:v1.9
    expose: ["7700"]
  db:
    image: postgres:17
    environment:
      POSTGRES_PASSWORD: secret
  cache:
    image: redis:7-alpine
  mail:
    image: axllent/mailpit
volumes:
  uploads:
networks:
  back:
`,
    'api/package.json': '{"name":"api","scripts":{"start":"node server.js"},"dependencies":{"express":"4"}}',
    'api/server.js': 'app.listen(process.env.PORT || 4000)',
  };

  test('becomes a layer, and says what has no word in it', async () => {
    const context = await lookAt(sample);
    const { files, leftOut } = filesOf(interview(context, { cloud: 'none' }).outcome, undefined);
    const layer = parse(files[0]?.text ?? '');
    const [api, search] = layer.modules;
    expect(api).toMatchObject({
      name: 'api',
      build: { context: 'api' },
      port: { http: 4000 },
      healthcheck_path: '/healthz',
      min_containers: 2,
      env_vars: { LOG_LEVEL: 'debug' },
      args: ['node', 'server.js', '--verbose'],
      persistent_storage: [{ size: 10, path: '/data' }],
      links: [
        { db: [{ db_url: 'DATABASE_URL' }] },
        { cache: [{ cache_host: 'REDIS_HOST' }] },
        { search: [{ url: 'SEARCH_URL' }] },
      ],
    });
    expect(search).toMatchObject({ name: 'search', image: 'getmeili/meilisearch:v1.9', port: { http: 7700 } });
    expect(layer.modules.slice(2)).toEqual([
      { name: 'db', type: 'postgres' },
      { name: 'cache', type: 'redis' },
    ]);
    const told = leftOut.join('\n');
    for (const word of ['STRIPE_SECRET', './api', '9229', '`networks` of api', 'mail']) expect(told).toContain(word);
    const written = Object.fromEntries(files.map(({ path, text }) => [path, text]));
    expect((await readFiles(written, { target: 'kind' })).errors).toEqual([]);
  });

  test('is left aside when that is the answer', async () => {
    const context = await lookAt(sample);
    const { files } = filesOf(interview(context, { cloud: 'none', compose: 'no' }).outcome, undefined);
    expect(files[0]?.text).not.toContain('LOG_LEVEL');
  });
});

describe('adding to a project', () => {
  const layer = `# ours
name: shop   # the name
environments:
- {name: local, path: environments/local.yaml}
modules:
  # the page
  - name: web
    type: k8s-service
    image: AUTO
    port: {http: 8080}   # as in the image
`;
  test('keeps comments and layout', () => {
    const service = {
      name: 'mailer',
      folder: 'mailer',
      command: 'npm start',
      port: { protocol: 'http', number: 80 },
      health: '',
      publicUri: '',
      links: [{ to: 'web', names: {} }],
      more: {},
    };
    const { text } = withServices('opta.yaml', layer, [service], [{ name: 'db', type: 'postgres' }]);
    for (const kept of ['# ours', 'shop # the name', '# the page', '# as in the image'])
      expect(text.replaceAll(/ +#/g, ' #')).toContain(kept);
    expect(readLayer('opta.yaml', text)).toMatchObject({
      services: ['web', 'mailer'],
      resources: [{ name: 'db', type: 'postgres' }],
    });
  });

  test('a service gets an address that no other has', async () => {
    const context = contextOf({ services: [], definitions: ['opta.yaml'] });
    const added = (text: string, answers: Given = {}) => {
      const known = readLayer('opta.yaml', text);
      const asked = { services: 'mailer=mailer', 'port.mailer': '9000', ...answers };
      const { questions, services } = interviewServices(context, known, asked);
      return { questions, uri: services[0]?.publicUri, text: withServices('opta.yaml', text, services, []).text };
    };
    const atRoot = `${layer}    public_uri: /\n`;
    expect(added(layer).uri).toBe('/');
    expect(added(`${layer}    public_uri: ["shop.example.com", "*"]\n`).uri).toBe('/mailer');
    expect(added(`${layer}    public_uri: [/, /mailer/]\n`).uri).toBe('');
    expect(added(atRoot).uri).toBe('/mailer');
    expect(() => checkAnswers({ 'public.mailer': '/' }, added(atRoot).questions)).toThrow(
      expect.objectContaining({ message: expect.stringContaining('an address that no other service has') }),
    );
    const local = 'name: local\norg_name: acme\nproviders: {local: {}}\nmodules: [{type: local-base}]\n';
    const files = { 'opta.yaml': added(atRoot).text, 'environments/local.yaml': local };
    expect((await readFiles(files, { target: 'kind' })).errors).toEqual([]);
  });

  test('adds an environment with its file', () => {
    const where = {
      organisation: 'acme',
      cloud: 'aws',
      region: 'eu-west-1',
      owner: '123456789012',
      domain: '',
      environments: [],
    } as const;
    const [changed, made] = withEnvironments('opta.yaml', layer, [{ name: 'demo', size: 'small' }], where);
    expect(readLayer('opta.yaml', changed?.text ?? '').environments.at(-1)).toEqual({
      name: 'demo',
      path: 'environments/demo.yaml',
    });
    expect(made).toMatchObject({ path: 'environments/demo.yaml', text: expect.stringContaining('region: eu-west-1') });
  });
});

test('without a cloud nothing about clouds is asked', () => {
  const { questions } = interview(contexts.get('express') as Context, { cloud: 'none' });
  const after = questions.slice(questions.findIndex(({ key }) => key === 'cloud') + 1);
  expect(after.filter(({ settled }) => settled !== true).map(({ key }) => key)).toEqual([]);
});

test('an answer that nothing asks for, or that does not fit, is refused with all others', () => {
  const context = contexts.get('express') as Context;
  const given = { 'port.nobody': '3000', 'port.todo-api': 'many', account: '12' };
  expect(() => checkAnswers(given, interview(context, given).questions)).toThrow(
    expect.objectContaining({
      code: 'invalid-answer',
      detail: [expect.stringContaining('port nobody='), expect.stringContaining('--port todo-api')],
    }),
  );
});
