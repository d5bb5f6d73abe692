/** Promotions to an account, without --rehearse: our calls against stand-ins for the cloud, the engine one that PATH has. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inProject, type Project } from '../../support/cli.ts';
import { engineOnPath } from '../../support/engine-on-path.ts';
import { motoLacking, type StandIn, startMoto } from '../../support/stand-ins.ts';

const lacking = motoLacking();
if (lacking !== undefined) console.log(`skipped: ${lacking}`);

/** A busy machine takes minutes for what takes seconds on a quiet one. */
const deadline = 900_000;

const definition = `name: shop
modules:
  - {name: db, type: postgres}
  - {name: api, type: k8s-service, image: 'docker.io/library/nginx@sha256:${'a'.repeat(64)}', port: {http: 80}, public_uri: /, links: [db]}
environments:
  - {name: staging, path: staging.yaml}
  - {name: production, path: production.yaml}
`;

const environment = (name: string, account = '123456789012') => `name: ${name}
org_name: acme
providers: {aws: {region: us-east-1, account_id: '${account}'}}
modules: [{type: base}, {type: k8s-cluster}, {type: k8s-base}]
`;

const files = {
  'opta.yaml': definition,
  'staging.yaml': environment('staging'),
  'production.yaml': environment('production'),
};

const eventsOf = (stdout: string) =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));

const codesOf = (stdout: string) =>
  eventsOf(stdout).flatMap(({ failure, diagnostic }) => failure?.code ?? diagnostic?.code ?? []);

describe.skipIf(lacking !== undefined)('a promotion to an account of AWS', () => {
  let moto: StandIn;
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.stop());

  const accountEnv = () => ({
    AWS_ENDPOINT_URL: moto.url,
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY',
    OPTA_CALLERS: '203.0.113.7/32',
  });

  async function buckets(): Promise<string> {
    const answer = await fetch(`${moto.url}/moto-api/data.json`);
    return JSON.stringify(((await answer.json()) as { s3?: unknown }).s3 ?? {});
  }

  test('looks first, asks for a yes, then makes the bucket, applies, and moves the release on', {
    timeout: deadline,
  }, async () => {
    await inProject(files, async ({ opta, folder }: Project) => {
      const env = { ...accountEnv(), ...(await engineOnPath(folder)) };
      const promote = (args: readonly string[]) => opta(['promote', ...args, '--json'], { env });

      const unverified = await promote(['production', '--yes']);
      expect(unverified.code, unverified.stdout + unverified.stderr).toBe(12);
      expect(codesOf(unverified.stdout)).toContain('release-unverified');

      const unasked = await promote(['staging']);
      expect(unasked.code, unasked.stdout.slice(-3000) + unasked.stderr).toBe(11);
      expect(await buckets()).not.toContain('opta-acme');

      const staged = await promote(['staging', '--yes']);
      expect(staged.code, staged.stdout.slice(-3000) + staged.stderr).toBe(0);
      const result = eventsOf(staged.stdout).find(({ type }) => type === 'result').value;
      expect(result.rehearsal).toBe(false);
      expect(unasked.stdout).toContain(result.planHash.slice(0, 12));
      expect(await buckets()).toContain('opta-acme-staging-state-123456789012');

      const next = await promote(['production', '--plan-only']);
      expect(next.code, next.stdout.slice(-3000) + next.stderr).toBe(10);
      expect(eventsOf(next.stdout).find(({ type }) => type === 'result').value.release).toEqual(result.release);
      expect(await buckets()).not.toContain('opta-acme-production');

      const listed = await opta(['releases', 'staging', '--json'], { env });
      expect(listed.code, listed.stderr).toBe(0);
      expect(JSON.parse(listed.stdout)[0]).toMatchObject({ standing: result.release.hash });

      const texts = await Promise.all(
        (await readdir(join(folder, '.opta', 'cloud'), { recursive: true, withFileTypes: true }))
          .filter((entry) => entry.isFile())
          .map(({ parentPath, name }) => readFile(join(parentPath, name), 'utf8')),
      );
      const everything =
        [unverified, unasked, staged, next].map((one) => one.stdout + one.stderr).join('') + texts.join('');
      expect(everything).not.toContain(env.AWS_SECRET_ACCESS_KEY);
    });
  });

  test('ends at once, and says what to do, with another account and without credentials', {
    timeout: deadline,
  }, async () => {
    await inProject({ ...files, 'staging.yaml': environment('staging', '999999999999') }, async ({ opta, folder }) => {
      const programs = await engineOnPath(folder);
      const other = await opta(['promote', 'staging', '--yes'], { env: { ...accountEnv(), ...programs } });
      expect([other.code, other.stderr]).toEqual([1, expect.stringContaining('account-differs')]);
      const nobody = { AWS_EC2_METADATA_DISABLED: 'true', HOME: folder, AWS_ENDPOINT_URL: moto.url, ...programs };
      const none = await opta(['promote', 'staging', '--yes'], { env: nobody });
      expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('credentials-missing')]);
      expect(none.stderr).toContain('aws sso login');
    });
  });
});
