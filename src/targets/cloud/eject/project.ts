/** A plain Pulumi project of an environment: its files as texts. Nothing in them is secret that was not sealed before. */
import { stringify } from 'yaml';
import { type StackInput, type StackName, type StackOutputs, stackNames, stackNeeds } from '../../../app/stacks.ts';
import type { CloudEnvironment } from '../environment.ts';
import type { Backend } from '../operation.ts';
import { type ProjectFacts, readmeOf } from './readme.ts';
import type { Programs } from './sources.ts';

export interface EjectedStack {
  readonly name: StackName;
  readonly backend: Backend;
  /** `Pulumi.<environment>.yaml` as it is: the salt or key of its secrets, and the secrets sealed with it. */
  readonly settings: string;
  readonly outputs: StackOutputs;
}

export interface Ejected {
  readonly environment: CloudEnvironment;
  /** Of any stack: what they share is the same. */
  readonly input: StackInput;
  readonly stacks: readonly EjectedStack[];
  readonly programs: Programs;
  /** Versions of packages, as they are installed. */
  readonly versions: Readonly<Record<string, string>>;
  readonly facts: ProjectFacts;
}

/** Texts by path. */
export type Files = Readonly<Record<string, string>>;

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** Pure. */
export function ejectedFiles(ejected: Ejected): Files {
  const { environment, input, stacks, programs, versions } = ejected;
  const { stack: _, upstream: _values, ...shared } = input;
  const manifest = {
    name: `opta-${environment.name}`,
    private: true,
    type: 'module',
    dependencies: versions,
  };
  return {
    'package.json': json(manifest),
    '.gitignore': 'node_modules/\n',
    'README.md': readmeOf(ejected),
    'environment.json': json(shared),
    'inputs.js': inputsText(stacks.map(({ name }) => name)),
    ...Object.fromEntries(stacks.map(({ name, outputs }) => [`outputs/${name}.json`, json(outputs)])),
    ...Object.assign({}, ...stacks.map((one) => stackFiles(environment, one))),
    ...Object.fromEntries(programs.files.map(({ path, text }) => [`program/${path}`, text])),
  };
}

function stackFiles({ name: environment, cloud }: CloudEnvironment, { name, backend, settings }: EjectedStack): Files {
  const project = {
    name: backend.project,
    description: `The stack ${name} of ${environment}`,
    runtime: { name: 'nodejs', options: { typescript: false } },
    backend: { url: backend.url },
  };
  const index = [
    `/** The stack \`${name}\` of ${environment}: \`pulumi preview --stack ${backend.stack}\` in this folder. */`,
    `import { ${name} } from '../program/stacks/${cloud}/${name}.js';`,
    `import { inputOf } from '../inputs.js';`,
    '',
    `export default () => ${name}(inputOf('${name}'));`,
    '',
  ];
  return {
    [`${name}/Pulumi.yaml`]: stringify(project),
    [`${name}/Pulumi.${backend.stack}.yaml`]: settings,
    [`${name}/index.js`]: index.join('\n'),
  };
}

function inputsText(stacks: readonly StackName[]): string {
  const needs = stackNames
    .filter((one) => stacks.includes(one))
    .map((one) => `  ${one}: ${JSON.stringify(stackNeeds[one].filter((need) => stacks.includes(need)))},`);
  return `/** What each stack is made from: the environment, and the outputs of the stacks that it needs. */
import { readFileSync } from 'node:fs';

const needs = {
${needs.join('\n')}
};

const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));

export function inputOf(stack) {
  const upstream = Object.fromEntries(needs[stack].map((one) => [one, read(\`outputs/\${one}.json\`)]));
  return { ...read('environment.json'), stack, upstream };
}
`;
}
