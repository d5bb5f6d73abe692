/** Where an environment is: regions that cannot exist are errors with what was meant, unknown ones a warning; no two share a domain. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listEnvironments, refuseSharedDomain } from '../../../src/app/environments.ts';
import { nodeSystem } from '../../../src/system/node.ts';
import { readFiles } from '../../support/definitions.ts';

const layer = `name: shop
environments:
  - name: staging
    path: staging.yaml
modules:
  - name: web
    type: k8s-service
    image: nginx
    port: {http: 80}
`;

const providers = {
  aws: (region: string) => `aws: { region: ${region}, account_id: "123456789012" }`,
  gcp: (region: string) => `google: { region: ${region}, project: acme }`,
};

async function told(cloud: 'aws' | 'gcp', region: string): Promise<readonly string[]> {
  const file = `name: staging\norg_name: acme\nproviders:\n  ${providers[cloud](region)}\nmodules:\n  - type: base\n`;
  const { diagnostics } = await readFiles({ 'opta.yaml': layer, 'staging.yaml': file }, { env: 'staging' });
  return diagnostics
    .filter(({ code }) => code === 'unknown-region')
    .map(({ severity, place, hints }) => `${severity} ${place?.line} ${hints[0]}`);
}

describe('a region', () => {
  test.each([
    ['aws', 'eu-central-1'],
    ['gcp', 'europe-west3'],
  ] as const)('of %s such as %s is taken without a word', async (cloud, region) => {
    expect(await told(cloud, region)).toEqual([]);
  });

  test.each([
    ['aws', 'eu-centrall-1', 'did you mean `eu-central-1`'],
    ['aws', 'europe-west3', undefined],
    ['gcp', 'europe-wst3', 'did you mean'],
  ] as const)('of %s that cannot exist is an error: %s', async (cloud, region, meant) => {
    const [first = ''] = await told(cloud, region);
    expect(first).toMatch(/^error 4 /);
    if (meant !== undefined) expect(first).toContain(meant);
  });

  test.each([
    ['aws', 'eu-central-9'],
    ['gcp', 'europe-west99'],
  ] as const)('of %s that nobody here has heard of is a warning: %s', async (cloud, region) => {
    expect((await told(cloud, region))[0]).toMatch(/^warning 4 /);
  });
});

describe('a domain', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'opta-domains-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** The refusal of production, whose domain is example.com. */
  async function refusal(staging: string): Promise<string | undefined> {
    const environment = (name: string, domain: string) =>
      `name: ${name}\norg_name: acme\nproviders:\n  ${providers.aws('us-east-1')}\nmodules:\n  - type: base\n  - type: dns\n    domain: ${domain}\n`;
    await writeFile(join(folder, 'staging.yaml'), environment('staging', staging));
    await writeFile(join(folder, 'production.yaml'), environment('production', 'example.com'));
    await writeFile(
      join(folder, 'opta.yaml'),
      layer.replace('modules:', '  - name: production\n    path: production.yaml\nmodules:'),
    );
    const environments = await listEnvironments({ system: nodeSystem(), directory: folder, files: [] });
    const production = environments.find(({ name }) => name === 'production');
    if (production === undefined) throw new Error('production is not listed');
    try {
      refuseSharedDomain(production, environments);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    return undefined;
  }

  test.each(['example.com', 'Example.com', 'example.com.'])(
    'that two environments have is refused: %s',
    async (one) => {
      const message = await refusal(one);
      expect(message).toContain('production (');
      expect(message).toContain('staging (');
      expect(message).toContain('have the domain example.com');
    },
  );

  test.each(['staging.example.com', '"{vars.domain}"'])('of its own is taken: %s', async (one) => {
    expect(await refusal(one)).toBeUndefined();
  });
});
