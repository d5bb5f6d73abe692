import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { discover } from '../../../../src/app/parse/files.ts';
import { fetchGitFile, parseGitPath } from '../../../../src/app/parse/git-path.ts';
import { definitionFiles } from '../../../../src/app/read.ts';
import { newFindings } from '../../../../src/app/text/findings.ts';
import { sourceOf } from '../../../../src/app/text/source.ts';
import { nodeSystem } from '../../../../src/system/node.ts';
import type { System } from '../../../../src/system/system.ts';
import { appOf, awsEnvironment, layer, readFiles } from '../../../support/definitions.ts';

const local = 'name: laptop\norg_name: acme\nproviders:\n  local: {}\nmodules:\n  - type: local-base\n';
const one = '  - {name: api, type: k8s-service, image: x, env_vars: {ENV: "{env}"}}\n';
const shop = (environments: string, more = '') => `name: shop\nenvironments:\n${environments}${more}modules:\n${one}`;

/** What is missing for a run in the folder `at` below `files`. */
async function withFolders(files: Readonly<Record<string, string>>, at: string, named: readonly string[] = []) {
  const root = await mkdtemp(join(tmpdir(), 'opta-files-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(root, name)), { recursive: true });
      await writeFile(join(root, name), text);
    }
    return { root, ...(await discover(join(root, at), named)) };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

describe('three kinds of file', () => {
  test('a service layer says which environments it goes to', async () => {
    expect((await appOf(shop('  - {name: staging, path: none.yaml}\n'))).environment).toBe('local');
  });

  test('an environment file runs as itself, with its services', async () => {
    const app = await appOf(
      `${awsEnvironment('prod-eu', '  - {type: dns, domain: acme.example}\n')}${one}  - {name: db, type: postgres}\n`,
      { target: 'aws' },
    );
    expect(app).toMatchObject({
      environment: 'prod-eu',
      organisation: 'acme',
      provider: 'aws',
      providerSettings: { region: 'eu-central-1', account_id: '012345678901' },
    });
    expect(app.modules.map((m) => m.type)).toEqual(['aws-base', 'aws-eks', 'aws-k8s-base', 'aws-dns']);
    expect(app.resources[0]).toMatchObject({
      id: 'prod-eu/db',
      type: 'postgres',
      writtenType: 'postgres',
      settings: { multi_az: true, safety: true, engine_version: '17', database_name: 'app' },
    });
  });

  test('a layer without environments runs as it is, with an organisation or without', async () => {
    expect((await appOf(layer(one))).environment).toBe('local');
    expect((await appOf(`name: hello\norg_name: acme\nmodules:\n${one}`)).organisation).toBe('acme');
  });

  test.each([
    ['org_name in a service layer', shop('  - {name: s, path: s.yaml}\n', 'org_name: acme\n'), ['4:1 misplaced']],
    [
      'providers in a service layer',
      shop('  - {name: s, path: s.yaml}\n', 'providers: {aws: {}}\n'),
      ['4:1 misplaced', '4:18 missing-field', '4:18 missing-field'],
    ],
    [
      'two clouds',
      local.replace('local: {}', 'aws: {region: us-east-1, account_id: "1"}\n  google: {region: us-east1, project: b}'),
      ['5:3 provider-conflict'],
    ],
    ['an unknown cloud', local.replace('local:', 'awz:'), ['4:3 unknown-field']],
    ['a cloud without settings', local.replace('local: {}', 'google:'), ['4:3 missing-field', '4:3 missing-field']],
    ['an account that is no number', awsEnvironment().replace('12345678901', 'XXXX'), ['6:17 invalid-value']],
    ['an organisation with capitals', local.replace('acme', 'Acme'), ['2:11 invalid-value']],
    ['no organisation', local.replace('org_name: acme\n', ''), ['1:1 missing-field']],
    ['no name', 'modules: []\n', ['1:1 missing-field']],
    ['no modules', 'name: shop\n', ['1:1 missing-field']],
    ['modules left empty', 'name: shop\nmodules:\n', ['2:1 missing-field']],
    ['a list for the file', '- a\n', ['1:1 wrong-type']],
    ['a text for the file', 'hello\n', ['1:1 wrong-type']],
    ['a map for modules', 'name: shop\nmodules: {a: b}\n', ['2:10 wrong-type']],
    ['a text for a module', 'name: shop\nmodules: [redis]\n', ['2:11 wrong-type']],
    ['a module without type', 'name: shop\nmodules: [{name: a}]\n', ['2:12 missing-field']],
    ['an unknown key', 'name: shop\nmodule: []\nmodules: []\n', ['2:1 unknown-field']],
    ['a map for environments', 'name: shop\nenvironments: {a: b}\nmodules: []\n', ['2:1 wrong-type']],
    [
      'an environment twice',
      shop('  - {name: s, path: s.yaml}\n  - {name: s, path: t.yaml}\n'),
      ['4:12 duplicate-name'],
    ],
    ['an environment without path', shop('  - {name: s}\n'), ['3:5 missing-field']],
    ['a module twice', layer('  - {type: redis}\n  - {type: redis}\n'), ['4:12 duplicate-module']],
    [
      'a unique type twice, by its alias',
      `${awsEnvironment()}  - {type: aws-eks, name: second}\n`,
      ['11:12 duplicate-module'],
    ],
    ['an unknown dependency', layer('  - {type: redis, depends_on: [dbb]}\n'), ['3:32 unknown-module']],
  ])('%s is an error', async (_, text, wanted) => {
    expect((await readFiles(text)).errors).toEqual(wanted);
  });

  test('a circle of depends_on is an error at the entry that closes it; links may go in a circle', async () => {
    const circle = await readFiles(
      layer(
        '  - {name: a, type: redis, depends_on: [b]}\n  - {name: b, type: postgres, depends_on: [d, c]}\n  - {name: c, type: redis, depends_on: a}\n  - {name: d, type: redis}\n',
      ),
    );
    expect(circle.errors).toEqual(['5:40 dependency-circle']);
    expect(circle.diagnostics[0]?.message).toBe('`a` depends on itself, by way of `b` on line 4, then `c` on line 5.');
    const service = (name: string, more: string) =>
      `  - {name: ${name}, type: k8s-service, image: x, port: {http: 80}, ${more}}\n`;
    expect((await readFiles(layer(service('a', 'links: [b]') + service('b', 'links: [a]')))).errors).toEqual([]);
    expect((await readFiles(layer(service('a', 'depends_on: [b]') + service('b', 'links: [a]')))).errors).toEqual([]);
    const several = await readFiles(
      layer(service('a', 'depends_on: [b, c]') + service('b', 'depends_on: [a]') + service('c', 'depends_on: [b, a]')),
    );
    expect(several.errors).toEqual(['4:75 dependency-circle', '5:78 dependency-circle']);
  });

  test('gcp is another word for google', async () => {
    const app = await appOf(
      'name: s\norg_name: acme\nproviders: {gcp: {region: europe-west1, project: p}}\nmodules: [{type: k8s-cluster}]\n',
      { target: 'gcp' },
    );
    expect([app.provider, app.modules[0]?.type, app.modules[0]?.settings.node_instance_type]).toEqual([
      'google',
      'gcp-gke',
      'n2-highcpu-4',
    ]);
  });

  test('azurerm loads', async () => {
    const app = await appOf(
      'name: s\norg_name: acme\nproviders: {azurerm: {location: l, tenant_id: t, subscription_id: s}}\nmodules: [{type: base}, {type: k8s-cluster, admin_group_object_ids: [a]}]\n',
    );
    expect(app.modules.map((m) => m.type)).toEqual(['azure-base', 'azure-aks']);
  });
});

describe('names', () => {
  test.each([
    ['ENV_NAME', 'env-name'],
    ['schedulesQueue', 'schedules-queue'],
    ['1st-shop', 'st-shop'],
    ['shop-', 'shop'],
    ['a'.repeat(41), 'a'.repeat(40)],
  ])('%s is refused, and %s is offered', async (name, offered) => {
    const { diagnostics } = await readFiles(`name: ${name}\nmodules: []\n`);
    expect(diagnostics[0]).toMatchObject({
      code: 'invalid-name',
      hints: [`call it \`${offered}\``],
      place: { line: 1, column: 7 },
    });
    expect((await readFiles(layer(`  - {name: ${name}, type: redis}\n`))).errors).toEqual(['3:12 invalid-name']);
  });

  test('a module without a name has that of its type, without hyphens', async () => {
    expect((await appOf(layer('  - {type: k8s-service, image: x}\n'))).services[0]?.name).toBe('k8sservice');
  });

  test('a layer may not bear the name of its environment, and layers have names of their own', async () => {
    const same = await readFiles(
      { 'opta.yaml': shop('  - {name: s, path: env.yaml}\n'), 'env.yaml': awsEnvironment('shop') },
      { env: 's' },
    );
    expect(same.errors).toEqual(['1:7 duplicate-name']);
    const twins = await readFiles({ 'a.yaml': layer(one), 'b.yaml': layer(one) }, { files: ['a.yaml', 'b.yaml'] });
    expect(twins.errors).toEqual(['1:7 duplicate-name']);
  });
});

describe('which environment a run takes', () => {
  const entries = '  - {name: staging, path: staging.yaml}\n  - {name: dev, path: dev.yml}\n';

  test('the one whose file has the provider local', async () => {
    const app = await appOf({ 'opta.yaml': shop(entries), 'staging.yaml': awsEnvironment(), 'dev.yml': local });
    expect([app.environment, app.provider, app.services[0]?.env[0]?.value]).toEqual(['laptop', 'local', ['laptop']]);
    expect(app.modules.map((m) => m.id)).toEqual(['laptop/localbase']);
  });

  test('else an implicit one named local; other files need not exist or be valid', async () => {
    const broken = awsEnvironment().replace('type: base', 'type: bass');
    expect((await appOf({ 'opta.yaml': shop(entries), 'staging.yaml': broken })).environment).toBe('local');
    expect((await appOf(shop(entries))).environment).toBe('local');
  });

  const errorsOf = async (files: Record<string, string>, more = {}) => {
    const { diagnostics } = await readFiles({ 'opta.yaml': shop(entries), ...files }, more);
    return diagnostics
      .filter((d) => d.severity === 'error')
      .map((d) => [d.code, d.place?.file.split('/').at(-1), d.place?.line, ...d.hints.slice(-1)]);
  };

  test('a local one with mistakes is taken all the same, and they are told', async () => {
    const wrong = `${local.replace(/modules:[\s\S]*/, '')}modules:\n  - type: rediss\n`;
    const line = wrong.split('\n').indexOf('  - type: rediss') + 1;
    expect(await errorsOf({ 'dev.yml': wrong })).toEqual([
      ['unknown-module-type', 'dev.yml', line, '`opta explain` lists all types'],
    ]);
  });

  test('a file that says nothing of its provider is told of, unless another one is local', async () => {
    const hint = 'or run without any of the files: `--env local`';
    expect((await errorsOf({ 'dev.yml': 'name: laptop\norg_name: "acme\n' }))[0]).toEqual([
      'yaml-syntax',
      'dev.yml',
      2,
      hint,
    ]);
    expect((await errorsOf({ 'dev.yml': local.replace('local:', 'lcoal:') }))[0]?.[1]).toBe('dev.yml');
    expect(await errorsOf({ 'staging.yaml': '{{{', 'dev.yml': local })).toEqual([]);
    expect(await errorsOf({ 'staging.yaml': '{{{' }, { env: 'local' })).toEqual([]);
  });

  test('--env chooses', async () => {
    const files = { 'opta.yaml': shop(entries), 'staging.yaml': awsEnvironment(), 'dev.yml': local };
    expect((await appOf(files, { env: 'staging', target: undefined })).provider).toBe('aws');
    expect((await appOf(files, { env: 'local' })).environment).toBe('local');
  });

  test('a name that no entry has is an error with those that there are', async () => {
    const { diagnostics } = await readFiles(shop(entries), { env: 'stagin' });
    expect(diagnostics[0]).toMatchObject({ code: 'unknown-environment', hints: ['did you mean `staging`?'] });
    const known = shop('  - {name: local, path: a.yaml}\n  - {name: prod, path: b.yaml}\n');
    expect((await readFiles(known, { env: 'qa' })).diagnostics[0]?.message).toMatch(/it has `local` and `prod`\.$/);
  });

  test('the chosen file must be there, with either ending, and be an environment', async () => {
    expect((await readFiles(shop(entries), { env: 'staging' })).errors).toEqual(['3:27 file-not-found']);
    expect((await appOf({ 'opta.yaml': shop(entries), 'dev.yaml': local }, { env: 'dev' })).environment).toBe('laptop');
    expect(
      (await readFiles({ 'opta.yaml': shop(entries), 'staging.yaml': layer(one) }, { env: 'staging' })).errors,
    ).toEqual(['3:27 misplaced']);
    expect((await readFiles(shop('  - {name: me, path: opta.yaml}\n'), { env: 'me' })).errors).toEqual([
      '3:22 misplaced',
    ]);
  });

  test('its problems are told with its own place', async () => {
    const { diagnostics } = await readFiles(
      { 'opta.yaml': shop(entries), 'staging.yaml': awsEnvironment().replace('region', 'regoin') },
      { env: 'staging' },
    );
    expect(
      diagnostics
        .filter((d) => d.severity === 'error')
        .map((d) => [d.code, d.place?.file.split('/').at(-1), d.place?.line]),
    ).toEqual([
      ['unknown-field', 'staging.yaml', 5],
      ['missing-field', 'staging.yaml', 5],
    ]);
  });

  test('an input variable without a value names --var', async () => {
    const text = layer(
      '  - {name: api, type: k8s-service, image: "x:{vars.tag}"}\n',
      'input_variables: [{name: tag, description: d}]\n',
    );
    const { diagnostics } = await readFiles(text);
    expect(diagnostics.filter((d) => d.severity === 'error').map((d) => [d.code, d.hints[0]])).toEqual([
      ['missing-variable', 'give it with --var tag=value'],
    ]);
    expect((await appOf(text, { vars: { tag: '1' } })).services[0]?.image).toEqual({
      kind: 'reference',
      reference: 'x:1',
    });
  });

  test('a --var of which no layer knows is an error with near names', async () => {
    const text = `${layer('  - {name: api, type: k8s-service, image: "x:{vars.used}"}\n', 'input_variables: [{name: tag, default: d}]\n')}environments: [{name: s, path: s.yaml, variables: {set: 1}}]\n`;
    const wrong = await readFiles(text, { vars: { tga: '1', used: 'u', tag: 't', set: '2' } });
    expect(wrong.diagnostics.filter((d) => d.severity === 'error')).toEqual([
      {
        severity: 'error',
        code: 'unknown-variable',
        message: 'No layer has a variable `tga`, which --var gives.',
        hints: ['did you mean `tag`?', 'declare it under `input_variables`, or use it as "{vars.tga}"'],
      },
    ]);
    const other = { 'a.yaml': text, 'b.yaml': layer(one).replace('shop', 'b') };
    expect((await readFiles(other, { files: ['a.yaml', 'b.yaml'], vars: { used: 'u' } })).errors).toEqual([]);
    const inEnvironment = `${local}input_variables: [{name: size, default: 1}]\n`;
    const files = { 'opta.yaml': shop('  - {name: dev, path: dev.yml}\n'), 'dev.yml': inEnvironment };
    expect((await readFiles(files, { vars: { size: '2' } })).errors).toEqual([]);
  });

  test('a variable that only environments set serves a local run too, with a notice', async () => {
    const text =
      'name: shop\nenvironments:\n  - {name: s, path: s.yaml, vars: {n: 5}}\nmodules:\n  - {name: api, type: k8s-service, image: x, max_containers: "{vars.n}"}\n';
    const { app, notices } = await readFiles(text);
    expect(app?.services[0]?.replicas.max).toBe(5);
    expect(notices).toContain(
      'stand-in-value: The local run takes `n` from environment `s`, since no default is written.',
    );
  });

  test('layers of two environments do not run together', async () => {
    const files = { 'a.yaml': awsEnvironment('one'), 'b.yaml': awsEnvironment('two') };
    expect((await readFiles(files, { files: ['a.yaml', 'b.yaml'] })).errors).toEqual(['1:7 ambiguous-environment']);
  });
});

describe('which files a run reads', () => {
  const find = async (names: readonly string[], wanted: readonly string[] = []) => {
    const folder = await mkdtemp(join(tmpdir(), 'opta-files-'));
    try {
      for (const name of names) {
        await mkdir(join(folder, name, '..'), { recursive: true });
        await writeFile(join(folder, name), name.includes('values') ? 'a: 1\n' : shop('  - {name: s, path: s.yaml}\n'));
      }
      return (await definitionFiles(folder, wanted)).map((file) => file.slice(folder.length + 1));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };

  test('opta.yaml or opta.yml in the folder', async () => {
    expect(await find(['opta.yaml', 'api/opta.yaml'])).toEqual(['opta.yaml']);
    expect(await find(['opta.yml', 'api/opta.yaml'])).toEqual(['opta.yml']);
  });

  test('else every service layer below, whatever its name, but not in node_modules, .git and .opta', async () => {
    expect(
      await find([
        'b/opta.yaml',
        'a/deploy/api.yml',
        'a/values.yaml',
        'node_modules/x/opta.yaml',
        '.opta/opta.yaml',
        '.git/opta.yaml',
      ]),
    ).toEqual(['a/deploy/api.yml', 'b/opta.yaml']);
  });

  test('those that are named, each once; a folder stands for its opta.yaml', async () => {
    expect(await find(['a.yaml', 'b/opta.yml', 'opta.yaml'], ['a.yaml', 'b', 'a.yml'])).toEqual([
      'a.yaml',
      'b/opta.yml',
    ]);
  });

  test('nothing found says what to do', async () => {
    const { diagnostics } = await readFiles({ 'readme.txt': '' });
    expect(diagnostics[0]).toMatchObject({
      code: 'no-definition',
      hints: ['name the file with -c FILE', 'or write one with `opta init`'],
    });
    expect((await readFiles('', { files: ['nope.yaml'] })).errors).toEqual(['- file-not-found']);
  });

  test('the nearest one above is offered below it', async () => {
    const { root, missing } = await withFolders({ 'opta.yaml': 'name: a\n', 'src/deep/readme.txt': '' }, 'src/deep');
    expect(missing[0]?.hints[0]).toBe(
      `one is above, ${join(root, 'opta.yaml')}: go there, or add \`-c ../../opta.yaml\``,
    );
  });

  test('a folder without a definition is not found', async () => {
    const { missing } = await withFolders({ 'src/readme.txt': '' }, '.', ['src']);
    expect(missing).toMatchObject([{ code: 'file-not-found', message: 'There is no opta.yaml in the folder src.' }]);
    expect((await readFiles({ 'opta.yaml/x': '' }, { files: ['opta.yaml'] })).errors).toEqual(['- file-not-found']);
  });
});

describe('environments in a git repository', () => {
  test('the parts of the address', () => {
    expect(parseGitPath('git@github.com:acme/infra.git//staging/opta.yml?ref=dev')).toEqual({
      repository: 'git@github.com:acme/infra.git',
      file: 'staging/opta.yml',
      branch: 'dev',
    });
    expect(parseGitPath('git@github.com:acme/infra.git//opta.yml')?.branch).toBe('main');
    expect(parseGitPath('git@github.com:acme/infra.git')).toBeUndefined();
    expect(parseGitPath('git@h:a//../../etc/passwd')).toBeUndefined();
    expect(parseGitPath('git@h:a//x?ref=--upload-pack=evil')).toBeUndefined();
  });

  test('a local run does not need them', async () => {
    expect((await appOf(shop('  - {name: s, path: "git@h:a/b.git//env.yaml"}\n'))).environment).toBe('local');
  });

  test('the chosen one is cloned; without a network its last copy serves, with a warning', async () => {
    const home = await mkdtemp(join(tmpdir(), 'opta-git-'));
    try {
      let online = true;
      const asked: (readonly string[])[] = [];
      const real = nodeSystem();
      const run: System['processes']['run'] = async (argv) => {
        asked.push(argv);
        const folder = argv.at(-1) as string;
        if (online) {
          await mkdir(folder, { recursive: true });
          await writeFile(join(folder, 'env.yaml'), awsEnvironment());
        }
        return {
          argv,
          code: online ? 0 : 128,
          signal: undefined,
          stdout: '',
          stderr: online ? '' : 'Cloning into x\nssh: no route to host\n',
        };
      };
      const system: System = { ...real, home, env: {}, processes: { ...real.processes, run } };
      const source = sourceOf('opta.yaml', 'path');
      const fetch = async () => {
        const findings = newFindings();
        const file = await fetchGitFile(system, 'git@h:a/b.git//env.yaml?ref=dev', findings, source, {
          start: 0,
          end: 4,
        });
        return { file, said: findings.list.map((d) => `${d.severity} ${d.message}`) };
      };
      const first = await fetch();
      expect(first.said).toEqual([]);
      expect(asked[0]?.slice(0, 9)).toEqual([
        'git',
        'clone',
        '--quiet',
        '--depth',
        '1',
        '--branch',
        'dev',
        '--',
        'git@h:a/b.git',
      ]);
      online = false;
      expect(await fetch()).toEqual({
        file: first.file,
        said: [
          'warning The environment could not be fetched (ssh: no route to host); the copy of an earlier run serves.',
        ],
      });
      await rm(join(home, '.cache'), { recursive: true });
      expect(await fetch()).toEqual({
        file: undefined,
        said: ['error The environment could not be fetched from git@h:a/b.git: ssh: no route to host.'],
      });
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });
});
