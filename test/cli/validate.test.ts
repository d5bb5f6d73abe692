/** `opta validate` on real files: every problem with its place, one summary, an exit code. */
import { describe, expect, test } from 'vitest';
import { inProject } from '../support/cli.ts';

const good = `name: back
authorization: open
modules:
  - name: api
    type: k8s-service
    image: nginx:1.29
    port: {http: 80}
    public_uri: /
`;

const twoProblems = `name: back
modules:
  - name: api
    type: k8s-service
    image: nginx:1.29
    prot: {http: 80}
  - name: db
    type: postgers
`;

const withVariable = `name: back
authorization: open
input_variables:
  - name: replicas
modules:
  - name: api
    type: k8s-service
    image: nginx:1.29
    max_containers: "{vars.replicas}"
`;

test('a valid file is one line on standard output and exit code 0', async () => {
  await inProject({ 'opta.yaml': good }, async ({ opta }) => {
    expect(await opta(['validate'])).toEqual({
      code: 0,
      stdout: 'back: 1 service, 0 resources, environment local: valid\n',
      stderr: '',
    });
  });
});

describe('a file with problems', () => {
  test('shows each with file:line:column, the line, a caret, a code and a fix', async () => {
    await inProject({ 'opta.yaml': twoProblems }, async ({ opta }) => {
      const { code, stdout, stderr } = await opta(['validate']);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain('error[unknown-field]');
      expect(stderr).toMatch(/--> opta\.yaml:6:5\n {2}6 \| {5}prot: \{http: 80\}\n {4}\| {5}\^{4}\n/);
      expect(stderr).toContain('`port`');
      expect(stderr).toContain('error[unknown-module-type]');
      expect(stderr).toMatch(/--> opta\.yaml:8:11/);
      expect(stderr).toContain('`postgres`');
      expect(stderr.trimEnd().endsWith('2 problems')).toBe(true);
    });
  });

  test('gives the same as JSON on standard output', async () => {
    await inProject({ 'opta.yaml': twoProblems }, async ({ folder, opta }) => {
      const { code, stdout, stderr } = await opta(['validate', '--json']);
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      const read = JSON.parse(stdout) as {
        ok: boolean;
        diagnostics: { severity: string; code: string; place: unknown }[];
      };
      expect(read.ok).toBe(false);
      const errors = read.diagnostics.filter(({ severity }) => severity === 'error');
      expect(errors.map(({ code }) => code).sort()).toEqual(['unknown-field', 'unknown-module-type']);
      const field = errors.find(({ code }) => code === 'unknown-field');
      expect(field?.place).toMatchObject({ file: `${folder}/opta.yaml`, line: 6, column: 5 });
    });
  });

  test('of YAML itself is told by its line, not by a stack trace', async () => {
    await inProject({ 'opta.yaml': 'name: back\nmodules:\n\t- name: api\n' }, async ({ opta }) => {
      const { code, stderr } = await opta(['validate']);
      expect(code).toBe(1);
      expect(stderr).toContain('error[yaml-tab]');
      expect(stderr).toContain('opta.yaml:3:1');
    });
  });
});

describe('which files', () => {
  test('-c names them, several times for several layers', async () => {
    const front = good.replace('back', 'front').replace('public_uri: /', 'public_uri: /front');
    await inProject({ 'a/back.yaml': good, 'b/front.yaml': front }, async ({ opta }) => {
      const { code, stdout } = await opta(['validate', '-c', 'a/back.yaml', '--config', 'b/front.yaml']);
      expect(code).toBe(0);
      expect(stdout).toContain('back, front: 2 services');
    });
  });

  test('a folder without a definition names the two ways on', async () => {
    await inProject({}, async ({ opta }) => {
      const { code, stderr } = await opta(['validate']);
      expect(code).toBe(1);
      expect(stderr).toContain('error[no-definition]');
      expect(stderr).toContain('-c FILE');
      expect(stderr).toContain('opta init');
    });
  });

  test('one that is not there is an error', async () => {
    await inProject({}, async ({ opta }) => {
      const { code, stderr } = await opta(['validate', '-c', 'nope.yaml']);
      expect(code).toBe(1);
      expect(stderr).toContain('error[file-not-found]');
    });
  });
});

describe('which values', () => {
  test('a variable without a value names --var, and --var gives it', async () => {
    await inProject({ 'opta.yaml': withVariable }, async ({ opta }) => {
      const without = await opta(['validate']);
      expect(without.code).toBe(1);
      expect(without.stderr).toContain('error[missing-variable]');
      expect(without.stderr).toContain('--var replicas=');
      expect(await opta(['validate', '--var', 'replicas=4'])).toMatchObject({ code: 0 });
      const wrong = await opta(['validate', '--var', 'replicas=many']);
      expect(wrong.code).toBe(1);
      expect(wrong.stderr).toContain('max_containers');
    });
  });

  test('--env picks the environment, and an unknown one lists those there are', async () => {
    await inProject({}, async ({ opta }) => {
      await opta(['init', '--recipe', 'hello', '--yes']);
      expect((await opta(['validate'])).stdout).toContain('environment local: valid');
      expect((await opta(['validate', '--env', 'staging'])).stdout).toContain('environment staging: valid');
      const unknown = await opta(['validate', '--env', 'stagin']);
      expect(unknown.code).toBe(1);
      expect(unknown.stderr).toContain('error[unknown-environment]');
      expect(unknown.stderr).toContain('staging');
    });
  });
});

test('for an environment in a cloud, what that cloud refuses is a problem too', async () => {
  const environment = (provider: string) =>
    `name: dev\norg_name: acme\nproviders: {${provider}}\nmodules: [{type: base}, {type: aws-ses}]\n`;
  const files = {
    'opta.yaml': `${good}  - {name: db, type: postgres, database_name: main-db}\nenvironments: [{name: dev, path: dev.yaml}]\n`,
    'dev.yaml': environment('aws: {region: us-east-1, account_id: "123456789012"}'),
  };
  await inProject(files, async ({ opta }) => {
    const { code, stderr } = await opta(['validate', '--env', 'dev']);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'error[invalid-value] On aws, `database_name` of `db` must be letters, digits and underscores',
    );
    expect(stderr).toContain('opta.yaml:9:12');
    expect(stderr).toContain('warning[no-effect] On aws, `awsses` (aws-ses) makes nothing yet.');
  });
  await inProject({ ...files, 'dev.yaml': environment('local: {}') }, async ({ opta }) => {
    expect((await opta(['validate', '--env', 'dev'])).code).toBe(0);
  });
});
