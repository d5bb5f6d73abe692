/** The suites of .ci/run after `npm test`: runs each, counts, and prints `N passed, N failed` last. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { $ } from 'zx';

const root = fileURLToPath(new URL('..', import.meta.url));
const [reports = '', testStatus = '1', kit = ''] = process.argv.slice(2);
const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}` };
const sh = $({ cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'], nothrow: true });
const bin = (name: string) => join(root, 'node_modules', '.bin', name);

interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** Counts of a vitest JSON report. A suite that failed without a failed test (an import error) counts as one. */
function countsOf(file: string, status: number): Counts {
  if (!existsSync(file)) return { passed: 0, failed: 1 };
  const report = JSON.parse(readFileSync(file, 'utf8')) as { numPassedTests: number; numFailedTests: number };
  const failed = report.numFailedTests === 0 && status !== 0 ? 1 : report.numFailedTests;
  return { passed: report.numPassedTests, failed };
}

async function run(title: string, argv: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<number> {
  process.stdout.write(`\n== ${title}\n`);
  const began = performance.now();
  const { exitCode } = await sh({ env: { ...env, ...more } })`${argv}`;
  const seconds = Math.round((performance.now() - began) / 1000);
  process.stdout.write(`== ${title}: ${exitCode === 0 ? 'ok' : 'FAILED'} in ${seconds} s\n`);
  return exitCode ?? 1;
}

const unsteadyFile = join(reports, 'unsteady');

/** Real processes on a machine that others share: a test that fails is tried once more, and told of at the end when that passes. */
const triedAgain = ['--retry=1', `--reporter=${join(root, 'scripts/support/unsteady.ts')}`];

async function vitest(title: string, args: readonly string[], more?: NodeJS.ProcessEnv): Promise<Counts> {
  const file = join(reports, `${title.replaceAll(/\W+/g, '-')}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  return countsOf(
    file,
    await run(title, [bin('vitest'), 'run', ...reporters, ...args], { OPTA_TEST_UNSTEADY: unsteadyFile, ...more }),
  );
}

async function script(title: string, argv: readonly string[]): Promise<Counts> {
  return (await run(title, argv)) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

/** Written while the engine may run: .ci/run stops it when this script is killed. */
const engineMark = `${reports}.engine`;

/** What `setup` puts into the environment, an engine started; undefined when it does not work, which is said. */
async function engineEnvironment(setup: string): Promise<NodeJS.ProcessEnv | undefined> {
  const command = 'made=$("$0") && eval "$made" && env -0';
  // Its first time on a machine takes minutes; one that hangs must not take the whole run with it.
  const started = sh({ stdio: ['ignore', 'pipe', 'inherit'], timeout: '10m' })`bash -c ${command} ${setup}`;
  const { exitCode, stdout } = await started;
  if (exitCode !== 0) {
    process.stdout.write(
      `\n${setup} ended with ${exitCode ?? 'nothing in 10 minutes'}: the suites with clusters are left out\n`,
    );
    return undefined;
  }
  const pairs = stdout.split('\0').filter(Boolean);
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]));
}

async function clusters(): Promise<Counts> {
  const args = ['--project', 'clusters', ...triedAgain];
  const [setup, stop] = ['setup', 'stop'].map((name) => resolve(root, kit, name));
  if (setup === undefined || stop === undefined || kit === '' || !existsSync(setup)) return vitest('clusters', args);
  writeFileSync(engineMark, '');
  try {
    return await vitest('clusters', args, await engineEnvironment(setup));
  } finally {
    const { exitCode } = await sh`${stop}`;
    if (exitCode !== 0) process.stdout.write(`${stop} ended with ${exitCode}: the engine may still run\n`);
    rmSync(engineMark, { force: true });
  }
}

const node = process.execPath;
const suites: readonly (() => Promise<Counts>)[] = [
  () => script('types', [bin('tsc'), '-p', '.']),
  () => script('types of the page', [bin('tsc'), '-p', 'src/ui/view/page']),
  () => script('lint and format', [bin('biome'), 'check', '.']),
  () => script('unused code', [bin('knip')]),
  () => script('package', [bin('publint'), '--strict']),
  () => script('coverage of src/app and src/engine', [node, 'scripts/coverage.ts', '90']),
  () => vitest('programs of stacks', ['--project', 'stacks']),
  () => vitest('promotions and recipes', ['--project', 'untimed', ...triedAgain]),
  () => vitest('end to end', ['--project', 'e2e', ...triedAgain]),
  () => script('2,000 mutated definitions', [node, 'scripts/fuzz-language.ts']),
  () => script('three kills of the supervisor', [node, 'scripts/kill-supervisor.ts', '--count', '3', '--seed', '7']),
  () => script('figures', [node, 'scripts/bench.ts', '--slack', '1.5']),
  // Last: what an engine and a cluster use is nobody else's.
  clusters,
];
const all = [countsOf(join(reports, 'npm-test.json'), Number(testStatus))];
// One after the other: figures and time limits mean something only when nothing else runs.
for (const suite of suites) all.push(await suite());
const unsteady = existsSync(unsteadyFile) ? readFileSync(unsteadyFile, 'utf8') : '';
if (unsteady !== '') process.stdout.write(`\nPassed only when tried again, and to be mended:\n${unsteady}`);
const total = (name: keyof Counts) => all.reduce((sum, counts) => sum + counts[name], 0);
process.stdout.write(`\n${total('passed')} passed, ${total('failed')} failed\n`);
process.exitCode = total('failed') === 0 ? 0 : 1;
