/**
 * Asks each recipe its recorded requests (test/support/same/recipes/) as processes, on kind with nginx and on kind with the
 * gateway, and compares answers and environments. `node scripts/same-answers.ts [RECIPE...] [--record FILE]`; ends 1 on any
 * difference.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { type KindProject, makeKindProject, noKind } from '../test/support/kind-project.ts';
import { noLinkerd } from '../test/support/linkerd-mirror.ts';
import { ofProcesses } from '../test/support/same/names.ts';
import { alwaysDiffers, listOf } from '../test/support/same/recorded.ts';
import { namesThatDiffer, type Surroundings, surroundingsOf } from './support/same/environment.ts';
import { type Changes, differences, linesOf, type Played, play } from './support/same/play.ts';
import { settleImages } from './support/same/stand-in-images.ts';

const { values, positionals } = parseArgs({ options: { record: { type: 'string' } }, allowPositionals: true });

interface Run {
  readonly title: string;
  readonly isProcess: boolean;
  readonly played: readonly Played[];
  readonly surroundings: Readonly<Record<string, Surroundings>>;
}

interface Outcome {
  readonly recipe: string;
  readonly leftOut?: string;
  readonly requests: number;
  readonly equal: number;
  /** Variables compared, over all services. */
  readonly variables: number;
  /** Of those, addresses and files that were opened from within. */
  readonly opened: number;
  readonly problems: readonly string[];
}

const localEnvironment = (ingress: string) => `name: local
org_name: acme
providers:
  local: {}
modules:
  - type: local-base
  - type: k8s-base
    ingress: ${ingress}
    linkerd_enabled: ${noLinkerd === undefined}
`;

interface Layer {
  readonly name: string;
  readonly modules: readonly { readonly name: string; readonly type: string }[];
}

function must({ code, stderr, stdout }: { code: number | null; stderr: string; stdout: string }): void {
  if (code !== 0) throw new Error(stderr.trim() === '' ? stdout.slice(-3000) : stderr);
}

/** As for processes, nothing is kept from the run before: no data, and no service that knows of them. */
function forget(project: KindProject, namespace: string): void {
  project.kubectl('delete', 'deployments,statefulsets,persistentvolumeclaims', '--all', '--namespace', namespace);
  const node = `${project.kind.name}-control-plane`;
  const { status, stderr } = spawnSync('docker', ['exec', node, 'sh', '-c', 'rm -rf /var/local-path-provisioner/*']);
  if (status !== 0) throw new Error(String(stderr));
}

async function runsOf(project: KindProject, recipe: string, changes: Changes): Promise<readonly Run[]> {
  const layer = parse(readFileSync(join(project.folder, 'opta.yaml'), 'utf8')) as Layer;
  const services = layer.modules.filter(({ type }) => type === 'k8s-service').map(({ name }) => name);
  const place = { ...project, host: `${layer.name}.localhost` };
  const record = async (title: string, target: string): Promise<Run> => {
    const played = await play(place, listOf(recipe), changes);
    const surroundings: Record<string, Surroundings> = {};
    for (const service of services) surroundings[service] = await surroundingsOf(project, service, target);
    return { title, isProcess: target === 'process', played, surroundings };
  };
  const ports = ['--https-port', String(project.httpsPort), '--http-port', String(project.httpPort)];
  const onProcess = { env: { OPTA_ON: 'process' } };
  const runs: Run[] = [];
  try {
    must(await project.opta(['dev', 'up', '--detach', '--plain', ...ports], onProcess));
    runs.push(await record('process', 'process'));
  } finally {
    must(await project.opta(['dev', 'down', '--volumes', '--plain'], onProcess));
  }
  for (const ingress of ['nginx', 'gateway']) {
    writeFileSync(join(project.folder, 'environments', 'local.yaml'), localEnvironment(ingress));
    if (ingress === 'gateway') forget(project, layer.name);
    must(await project.up());
    runs.push(await record(`kind with ${ingress}`, 'kind'));
  }
  return runs;
}

function compare(recipe: string, runs: readonly Run[]): Omit<Outcome, 'leftOut'> {
  const { development, requests } = listOf(recipe);
  const different = differences(runs, development);
  const problems = different.map(
    (one) =>
      `${one.title}: ${one.between}\n${linesOf(one)
        .map((line) => `      ${line}\n`)
        .join('')}`,
  );
  let variables = 0;
  let opened = 0;
  for (const [at, { title, isProcess, surroundings }] of runs.entries()) {
    for (const [service, { own, broken, tried }] of Object.entries(surroundings)) {
      variables += at === 0 ? Object.keys(own).filter((name) => !ofProcesses.test(name)).length : 0;
      opened += tried;
      for (const one of broken ?? []) problems.push(`${service}, ${title}: ${one}`);
      if (broken === undefined) console.log(`  ${service}, ${title}: its image has no Node to try its addresses with`);
      for (const left of runs.slice(0, at))
        for (const one of namesThatDiffer(left.surroundings[service]?.own ?? {}, own, left.isProcess === isProcess))
          problems.push(`${service}: ${left.title} and ${title}: ${one}`);
    }
  }
  const unequal = new Set(different.map(({ title }) => title));
  return { recipe, requests: requests.length, equal: requests.length - unequal.size, variables, opened, problems };
}

async function tryRecipe(recipe: string): Promise<Outcome> {
  const project = await makeKindProject(recipe);
  const changes: Changes = new Map();
  try {
    try {
      settleImages(project.folder, (line) => console.log(`  ${line}`));
    } catch (error) {
      const leftOut = error instanceof Error ? error.message : String(error);
      return { recipe, leftOut, requests: 0, equal: 0, variables: 0, opened: 0, problems: [] };
    }
    const runs = await runsOf(project, recipe, changes);
    for (const [why, times] of changes) if (times > 0) console.log(`  taken out ${times} times: ${why}`);
    return compare(recipe, runs);
  } finally {
    await project.remove();
  }
}

if (noKind !== undefined) throw new Error(noKind);
const recipes = readdirSync(join(import.meta.dirname, '../test/support/same/recipes'))
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replace('.yaml', ''))
  .filter((recipe) => positionals.length === 0 || positionals.includes(recipe));
console.log(`taken out of every answer: ${alwaysDiffers.map(({ why }) => why).join(', ')}, ports`);
const outcomes: Outcome[] = [];
for (const recipe of recipes) {
  console.log(`${recipe}:`);
  const began = performance.now();
  const outcome = await tryRecipe(recipe).catch(
    (error: Error): Outcome => ({
      ...{ recipe, requests: listOf(recipe).requests.length, equal: 0, variables: 0, opened: 0 },
      problems: [error.stack ?? error.message],
    }),
  );
  outcomes.push(outcome);
  const { leftOut, requests, equal, variables, opened, problems } = outcome;
  for (const problem of problems) console.log(`  DIFFERENT ${problem}`);
  const seconds = Math.round((performance.now() - began) / 1000);
  const figures = `${requests} requests, ${equal} equal, ${requests - equal} different; ${variables} variables, ${opened} opened`;
  console.log(`  ${leftOut === undefined ? figures : `left out: ${leftOut}`}; ${seconds} s`);
}
const sum = (key: 'requests' | 'equal' | 'variables') => outcomes.reduce((all, outcome) => all + outcome[key], 0);
const played = outcomes.filter(({ leftOut }) => leftOut === undefined);
console.log(
  `${played.length} of ${outcomes.length} recipes, ${sum('requests')} requests to three ingresses each: ${sum('equal')} equal; ${sum('variables')} variables`,
);
if (values.record !== undefined) writeFileSync(values.record, `${JSON.stringify(outcomes, undefined, 2)}\n`);
process.exitCode = outcomes.some(({ problems }) => problems.length > 0) ? 1 : 0;
