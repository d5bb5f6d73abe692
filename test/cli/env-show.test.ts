/** `opta env show` where nobody may ask the account: what stands is unknown, never none, and the way without an account is told. */
import { expect, test } from 'vitest';
import { inProject } from '../support/cli.ts';

/** Nothing here gives credentials, whatever the machine has. */
const nobody = {
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_PROFILE: 'nobody',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_ACCESS_KEY_ID: '',
  AWS_SECRET_ACCESS_KEY: '',
  AWS_WEB_IDENTITY_TOKEN_FILE: '',
  AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '',
  AWS_CONTAINER_CREDENTIALS_FULL_URI: '',
};

const files = {
  'opta.yaml':
    'name: shop\nenvironments:\n  - name: production\n    path: production.yaml\nmodules:\n  - name: web\n    type: k8s-service\n    image: nginx\n    port: {http: 80}\n',
  'production.yaml':
    'name: production\norg_name: acme\nproviders:\n  aws: {region: eu-central-1, account_id: "123456789012"}\nmodules:\n  - type: base\n  - type: k8s-cluster\n',
};

test('env show without credentials says what is unknown, and hints at rehearsals', async () => {
  await inProject(files, async ({ opta }) => {
    const { code, stdout, stderr } = await opta(['env', 'show', 'production'], { env: nobody });
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('release: unknown\n');
    expect(stdout).toContain('region: eu-central-1\n');
    expect(stderr).toContain('warning[credentials-missing]');
    expect(stderr).toContain('`--rehearse` needs no account.');
    const rehearsed = await opta(['env', 'show', 'production', '--rehearse'], { env: nobody });
    expect(rehearsed.stdout).toContain('release: none\n');
    expect(rehearsed.stderr).toBe('');
  });
});

test('a project of this machine alone says how an environment is added', async () => {
  await inProject({ 'opta.yaml': 'name: shop\nmodules: []\n' }, async ({ opta }) => {
    const asked = await opta(['promote', 'staging']);
    expect(asked.code).toBe(1);
    expect(asked.stderr).toContain('`opta init env` adds one');
    const listed = await opta(['releases']);
    expect(listed).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('`opta init env` adds one') });
  });
});
