/** What the programs of all stacks register, on both clouds, for a definition with everything and for the shop. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type StackName, stackNames } from '../../src/app/stacks.ts';
import { stackTags } from '../../src/app/tags.ts';
import { valuesByPath } from '../../src/app/upstream.ts';
import { completeAnswers } from '../../src/recipes/questions.ts';
import { readRecipe } from '../../src/recipes/recipe.ts';
import { render } from '../../src/recipes/render.ts';
import { cloudNotices } from '../../src/targets/cloud/notices.ts';
import { appOf } from '../support/definitions.ts';
import { fullDefinition } from '../support/full-definition.ts';
import { inputOf, runStacks, secretsFor } from '../support/stack-apps.ts';
import { plain, type Registered, runStack } from '../support/stack-monitor.ts';
import { root } from '../support/tree.ts';

const clouds = ['aws', 'gcp'] as const;
const kinds = ['staging', 'production'] as const;

const flags = ({ protect, retainOnDelete, ignoreChanges }: Registered): string => {
  const ignored = ignoreChanges.length > 0 ? ` ignores ${ignoreChanges.join(',')}` : '';
  return `${protect ? ' protected' : ''}${retainOnDelete ? ' kept' : ''}${ignored}`;
};

const listOf = (resources: readonly Registered[]): string[] =>
  resources.map((one) => `  ${one.type} ${one.name}${flags(one)}`).sort();

async function shop(cloud: (typeof clouds)[number]) {
  const recipe = await readRecipe(root, 'shop');
  const rendered = render(recipe, completeAnswers(recipe.questions, { name: 'shop', cloud }));
  const layer = rendered.find(({ path }) => path === 'opta.yaml')?.text ?? '';
  const provider =
    cloud === 'aws'
      ? 'aws: {region: us-east-1, account_id: "123456789012"}'
      : 'google: {region: us-central1, project: acme}';
  const environment = `name: production\norg_name: acme\nproviders:\n  ${provider}\nmodules:\n  - type: base\n  - {type: dns, domain: shop.example.com}\n  - type: k8s-cluster\n  - type: k8s-base\n`;
  const files = { 'opta.yaml': layer, 'environments/production.yaml': environment };
  return appOf(files, { env: 'production', target: cloud });
}

describe.each(clouds)('on %s', (cloud) => {
  test('the shop in production is made of these resources', async () => {
    const runs = await runStacks(cloud, await shop(cloud));
    const lines = stackNames.flatMap((stack) => [`${stack}:`, ...listOf(runs[stack].resources)]);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`goldens/shop.${cloud}.txt`);
  });

  describe.each(kinds)('everything in %s', (kind) => {
    const started = fullDefinition(cloud, kind).then(async (app) => ({ app, runs: await runStacks(cloud, app) }));

    test('is made of these resources', async () => {
      const { runs } = await started;
      const lines = stackNames.flatMap((stack) => [`${stack}:`, ...listOf(runs[stack].resources)]);
      await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`goldens/everything.${cloud}.${kind}.txt`);
    });

    test('says nothing wrong to Pulumi', async () => {
      const { runs } = await started;
      expect(stackNames.flatMap((stack) => runs[stack].errors)).toEqual([]);
    });

    test('has one name for one thing in a stack', async () => {
      const { runs } = await started;
      for (const stack of stackNames) {
        const names = runs[stack].resources.map(({ name }) => name);
        expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
      }
    });

    test('takes every resource to the one provider of its stack, and never to a default one', async () => {
      const { runs } = await started;
      for (const stack of stackNames) {
        const resources = runs[stack].resources.filter(({ custom, type }) => custom && !type.startsWith('pulumi:'));
        const providers = new Set(resources.map(({ provider }) => provider));
        expect([...providers].every((provider) => provider.includes('pulumi:providers:'))).toBe(true);
        const own = [...providers].filter((provider) => !provider.includes('mongodbatlas'));
        expect(own).toHaveLength(1);
      }
    });

    test('puts every resource into a component', async () => {
      const { runs } = await started;
      const loose = stackNames.flatMap((stack) =>
        runs[stack].resources.filter(
          ({ type, parent }) => !type.startsWith('pulumi:') && !type.startsWith('opta:') && !parent.includes('::opta:'),
        ),
      );
      expect(loose.map(({ name }) => name)).toEqual([]);
    });

    test('is the same plan before the other stacks exist, with names in place of their values', async () => {
      const { app, runs } = await started;
      for (const stack of stackNames.filter((one) => one !== 'network')) {
        const early = await runStack(inputOf(cloud, stack, app), secretsFor(app, stack));
        const values = stackNames.flatMap((other) =>
          [...valuesByPath(runs[other].outputs)].map(([path, value]) => ({ value, name: `<${other}.${path}>` })),
        );
        const named = (one: Registered) => {
          const text = JSON.stringify(plain(one.inputs));
          return values.reduce((known, { value, name }) => known.replaceAll(name, value), text);
        };
        const key = (one: Registered) => `${one.type} ${one.name} ${named(one)}`;
        const now = runs[stack].resources.map((one) => `${one.type} ${one.name} ${JSON.stringify(plain(one.inputs))}`);
        expect(early.resources.map(key).sort()).toEqual(now.sort());
      }
    });

    test('has no secret in what is not marked as one', async () => {
      const { runs } = await started;
      const open = JSON.stringify(
        stackNames.map((stack) => runs[stack].resources.map(({ inputs }) => withoutSecrets(inputs))),
      );
      expect(open).not.toContain('secret-of-');
      expect(JSON.stringify(stackNames.map((stack) => withoutSecrets(runs[stack].outputs)))).not.toContain(
        'secret-of-',
      );
    });
  });
});

/** Values without those that Pulumi marks as secret. */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  if ('4dabf18193072939515e22adb298388d' in value) return '[secret]';
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSecrets(inner)]));
}

describe('an environment that was there before', () => {
  test('imports what an earlier destroy kept', async () => {
    const app = await fullDefinition('aws', 'production');
    const retained = { 'nat-address-0': 'eipalloc-1', zone: 'Z1', 'key-data': 'key-1' };
    const { resources } = await runStack(inputOf('aws', 'network', app, { retained }));
    const imported = resources.filter(({ importId }) => importId !== '').map(({ name, importId }) => [name, importId]);
    expect(Object.fromEntries(imported)).toEqual(retained);
    // Old logs go for good, not only out of sight.
    expect(resources.find(({ name }) => name === 'log-bucket-lifecycle')?.inputs.rules).toMatchObject([
      { status: 'Enabled', expiration: { days: 90 }, noncurrentVersionExpiration: { noncurrentDays: 1 } },
    ]);
  });

  test('lets in those of its file and who promoted, each once, and never whoever makes the cluster', async () => {
    const app = await fullDefinition('aws', 'staging');
    const promoter = 'arn:aws:iam::123456789012:role/sso/promoter';
    const administrators = ['arn:aws:iam::123456789012:role/admin', promoter];
    const { resources } = await runStack(inputOf('aws', 'cluster', app, { administrators }));
    const of = (type: string) => resources.filter((one) => one.type === `aws:eks/${type}`);
    const principals = (type: string) => of(type).map(({ inputs }) => inputs.principalArn);
    expect(principals('accessEntry:AccessEntry')).toEqual(administrators);
    expect(principals('accessPolicyAssociation:AccessPolicyAssociation')).toEqual(administrators);
    // EC2 takes the role of its machines without saying for which account.
    const trust = resources.find(({ name }) => name === 'role-nodes')?.inputs.assumeRolePolicy;
    expect(JSON.parse(String(plain(trust))).Statement).toEqual([
      { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ]);
    const [cluster] = of('cluster:Cluster');
    expect(cluster?.inputs.accessConfig).toMatchObject({ bootstrapClusterCreatorAdminPermissions: false });
    expect(cluster?.ignoreChanges).toEqual(['accessConfig.bootstrapClusterCreatorAdminPermissions']);
  });

  test.each(clouds)('gives Atlas on %s our key for what has machines of its own, before its cluster', async (cloud) => {
    const app = await fullDefinition(cloud, 'staging');
    const { resources } = await runStack(inputOf(cloud, 'data', app), secretsFor(app, 'data'));
    const of = (name: string) => resources.find((one) => one.name === name && one.type.startsWith('mongodbatlas:'));
    const key = of('atlas-key-6f0000000000000000000000');
    const config = key?.inputs[cloud === 'aws' ? 'awsKmsConfig' : 'googleCloudKmsConfig'];
    expect(JSON.stringify(plain(config))).toContain('<network.keyData>');
    expect(plain(config)).toMatchObject({ enabled: true, roleId: expect.stringContaining('role-of-') });
    expect(of('atlas-shop_ledger')?.inputs.encryptionAtRestProvider).toBe(cloud.toUpperCase());
    expect(of('atlas-shop_ledger')?.dependencies).toContain(key?.urn);
    // M0 can have none.
    expect(of('atlas-key-5f0000000000000000000000')).toBeUndefined();
    expect(of('atlas-shop_atlas')?.inputs).not.toHaveProperty('encryptionAtRestProvider');
    expect(cloudNotices(app).map(({ code, message }) => `${code} ${message}`)).toEqual([
      'atlas-own-key shop/atlas is of size M0: Atlas encrypts it with its own key, not with one of yours.',
    ]);
  });

  test('keeps the groups of nodes that are still to be drained', async () => {
    const app = await fullDefinition('aws', 'staging');
    const old = {
      name: 'main-00000000',
      instanceType: 't3.small',
      architecture: 'amd64',
      gpu: false,
      spot: false,
      diskSize: 20,
      min: 1,
      max: 2,
      labels: {},
      taints: [],
    } as const;
    const { resources } = await runStack(inputOf('aws', 'cluster', app, { keptNodeGroups: [old] }));
    const groups = resources.filter(({ type }) => type === 'aws:eks/nodeGroup:NodeGroup').map(({ name }) => name);
    expect(groups).toHaveLength(3);
    expect(groups).toContain('nodes-main-00000000');
  });

  test('in a network of its own makes none', async () => {
    const environment = `name: staging\norg_name: acme\nproviders:\n  aws: {region: eu-central-1, account_id: "123456789012"}\nmodules:\n  - {type: base, vpc_id: vpc-1, public_subnet_ids: [subnet-1, subnet-2], private_subnet_ids: [subnet-3, subnet-4]}\n  - type: k8s-cluster\n  - type: k8s-base\n`;
    const layer =
      'name: shop\nenvironments: [{name: staging, path: env.yaml}]\nmodules:\n  - {name: db, type: postgres}\n';
    const app = await appOf({ 'opta.yaml': layer, 'env.yaml': environment }, { env: 'staging', target: 'aws' });
    const runs = await runStacks('aws', app);
    const types = new Set(runs.network.resources.map(({ type }) => type));
    expect([...types].filter((type) => /vpc:Vpc$|subnet:|natGateway:|eip:/.test(type))).toEqual([]);
    const subnets = runs.data.resources.find(({ name }) => name === 'sql-subnets')?.inputs.subnetIds;
    expect(subnets).toEqual(['subnet-3', 'subnet-4']);
  });

  test('lets its controller register pods with its target groups, however long its name is', async () => {
    const name = 'integration-eu-central-blue';
    const environment = `name: ${name}\norg_name: acme\nproviders:\n  aws: {region: eu-central-1, account_id: "123456789012"}\nmodules:\n  - type: base\n  - type: k8s-cluster\n  - type: k8s-base\n`;
    const layer = `name: shop\nenvironments: [{name: ${name}, path: env.yaml}]\nmodules: []\n`;
    const app = await appOf({ 'opta.yaml': layer, 'env.yaml': environment }, { env: name, target: 'aws' });
    const runs = await runStacks('aws', app);
    const policy = runs.identities.resources.find(({ name: of }) => of === 'role-load-balancer-controller-policy');
    const { Statement } = JSON.parse(String(plain(policy?.inputs.policy)));
    const { Resource, Condition } = Statement.find(({ Sid }: { Sid: string }) => Sid === 'Targets');
    const wanted = new RegExp(`^${Resource.replaceAll('*', '.*')}$`);
    const groups = runs.edge.resources.filter(({ type }) => type === 'aws:lb/targetGroup:TargetGroup');
    expect(groups).not.toHaveLength(0);
    for (const { inputs } of groups) {
      expect(String(inputs.name).length).toBeLessThanOrEqual(32);
      expect(`arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/${inputs.name}/0123`).toMatch(wanted);
    }
    // Their tags come with the provider of their stack.
    const tags = stackTags(inputOf('aws', 'edge', app));
    const asked = Object.entries(Condition.StringEquals as Record<string, string>);
    expect(asked).not.toHaveLength(0);
    for (const [key, value] of asked) expect(tags[key.replace('aws:ResourceTag/', '')]).toBe(value);
  });

  test("without a domain has a load balancer that speaks plain HTTP only, or the cluster's own certificate", async () => {
    const ports = async (base: string) => {
      const environment = `name: staging\norg_name: acme\nproviders:\n  aws: {region: eu-central-1, account_id: "123456789012"}\nmodules:\n  - type: base\n  - type: k8s-cluster\n  - ${base}\n`;
      const layer = 'name: shop\nenvironments: [{name: staging, path: env.yaml}]\nmodules: []\n';
      const app = await appOf({ 'opta.yaml': layer, 'env.yaml': environment }, { env: 'staging', target: 'aws' });
      const { resources } = await runStack(inputOf('aws', 'edge', app));
      return resources
        .filter(({ type }) => type.endsWith(':Listener'))
        .map(({ inputs }) => `${inputs.port} ${inputs.protocol}`);
    };
    expect(await ports('type: k8s-base')).toEqual(['80 TCP']);
    expect(await ports('{type: k8s-base, expose_self_signed_ssl: true}')).toEqual(['80 TCP', '443 TCP']);
    const certified = '{type: k8s-base, cert_arn: "arn:aws:acm:eu-central-1:123456789012:certificate/1"}';
    expect(await ports(certified)).toEqual(['80 TCP', '443 TLS']);
  });
});

test.each(stackNames)('stack %s has the same file name on both clouds', async (stack: StackName) => {
  for (const cloud of clouds) {
    await expect(readFile(join(root, 'stacks', cloud, `${stack}.ts`), 'utf8')).resolves.toContain(`function ${stack}(`);
  }
});

describe('the edge on gcp', () => {
  const made = async (modules: string) => {
    const environment = `name: staging\norg_name: acme\nproviders:\n  google: {region: us-central1, project: acme}\nmodules:\n  - type: base\n${modules}  - type: k8s-cluster\n  - type: k8s-base\n`;
    const files = {
      'opta.yaml': `name: shop\nenvironments: [{name: staging, path: env.yaml}]\nmodules: []\n`,
      'env.yaml': environment,
    };
    const app = await appOf(files, { env: 'staging', target: 'gcp' });
    return async (stack: StackName) => (await runStack(inputOf('gcp', stack, app), secretsFor(app, stack))).resources;
  };

  test('proves, certifies and names each name that the wildcard does not cover', async () => {
    const edge = await (await made('  - {type: dns, domain: example.com, subdomains: [www, a.b, "*.c"]}\n'))('edge');
    const of = (type: string, key: string) =>
      edge
        .filter((one) => one.custom && one.type.endsWith(`:${type}`))
        .map(({ inputs }) => (plain(inputs) as Record<string, unknown>)[key]);
    const deeper = ['a.b.example.com', '*.c.example.com'];
    expect(of('DnsAuthorization', 'domain')).toEqual(['example.com', 'a.b.example.com', 'c.example.com']);
    expect(of('CertificateMapEntry', 'hostname')).toEqual(['example.com', '*.example.com', ...deeper]);
    const [managed] = of('Certificate', 'managed') as { domains: string[]; dnsAuthorizations: string[] }[];
    expect(managed?.domains).toEqual(['example.com', '*.example.com', ...deeper]);
    expect(managed?.dnsAuthorizations).toHaveLength(3);
    // A proof below a name hides it from the wildcard of the zone.
    expect(of('RecordSet', 'name')).toEqual(
      expect.arrayContaining(['a.b.example.com.', 'b.example.com.', '*.c.example.com.', 'c.example.com.']),
    );
  });

  test('has the API of its certificate switched on, also without a zone', async () => {
    const module =
      '  - {type: external-ssl-cert, domain: example.com, private_key_file: key.pem, certificate_body_file: body.pem, certificate_chain_file: chain.pem}\n';
    const apis = (await (await made(module))('network')).map(({ name }) => name);
    expect(apis).toContain('api-certificatemanager');
    expect(apis).not.toContain('api-dns');
  });
});
