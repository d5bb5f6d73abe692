/** The README of an ejected project: how it is run, what it holds, and who goes on from there. */
import type { Ejected, EjectedStack } from './project.ts';

export interface ProjectFacts {
  /** Of opta. */
  readonly version: string;
  /** Of a rehearsal: its simulated cloud is known to the built-in engine only. */
  readonly rehearsal: boolean;
}

function sealed({ name, backend }: EjectedStack): string {
  const how =
    backend.secretsProvider === 'passphrase'
      ? `the passphrase in \`${backend.workFolder}/passphrase\` (\`PULUMI_CONFIG_PASSPHRASE_FILE\`)`
      : `\`${backend.secretsProvider}\``;
  return `| \`${name}/\` | \`${backend.project}\` | ${how} |`;
}

export function readmeOf({ environment, stacks, facts }: Ejected): string {
  const { name, cloud, region, account } = environment;
  const first = stacks[0]?.name ?? 'network';
  const order = stacks.map((one) => `\`${one.name}\``).join(', ');
  const lines = [
    `# ${name} on ${cloud}`,
    '',
    `A plain Pulumi project, written by \`opta eject\` of opta ${facts.version}. It is on the same state as opta: account`,
    `${account}, ${region}. Nothing was changed in the cloud, and \`pulumi preview\` shows no change in any stack.`,
    ...(facts.rehearsal
      ? [
          '',
          'It is of a rehearsal: its cloud is a simulated one, so only simulated providers find what is in its state.',
        ]
      : []),
    '',
    '## Run it',
    '',
    'It needs Node 22 or later, and Pulumi.',
    '',
    '```sh',
    'npm install',
    `cd ${first}`,
    `pulumi preview --stack ${name}`,
    '```',
    '',
    `Stacks in the order of a change: ${order}; to destroy, the other way round. A stack reads the outputs of those before`,
    'it from `outputs/`; after a change of them:',
    '',
    '```sh',
    `pulumi stack output --json --stack ${name} -C ${first} > outputs/${first}.json`,
    '```',
    '',
    '## What is in it',
    '',
    '| stack | project of Pulumi | secrets are sealed by |',
    '|---|---|---|',
    ...stacks.map(sealed),
    '',
    '`environment.json` is the definition as opta resolved it, `program/` what registers the resources. Both are yours to',
    'change; files that the definition names are read from where they were.',
    '',
    '## What is not in it',
    '',
    '- What runs inside the cluster: `opta manifests` prints those objects.',
    '- Records of releases and promotions; they stay beside the state.',
    '',
    '## Back to opta',
    '',
    'As long as only one of the two changes the state, nothing is in the way: opta shows what this project changed as drift',
    'or as a plan, and the other way round. Both take the same locks.',
    '',
  ];
  return lines.join('\n');
}
