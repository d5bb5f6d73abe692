/** The suites of .ci/run after `npm test`: runs each, counts, and prints `N passed, N failed` last. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const [reports = '', testStatus = '1'] = process.argv.slice(2);
const env = { ...process.env, PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH'] ?? ''}` };
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

function run(title: string, argv: readonly string[]): number {
  const [file = '', ...args] = argv;
  process.stdout.write(`\n== ${title}\n`);
  const started = performance.now();
  const { status } = spawnSync(file, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  process.stdout.write(
    `== ${title}: ${status === 0 ? 'ok' : 'FAILED'} in ${Math.round((performance.now() - started) / 1000)} s\n`,
  );
  return status ?? 1;
}

function vitest(title: string, args: readonly string[]): Counts {
  const file = join(reports, `${title.replaceAll(/\W+/g, '-')}.json`);
  return countsOf(
    file,
    run(title, [bin('vitest'), 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...args]),
  );
}

function script(title: string, argv: readonly string[]): Counts {
  return run(title, argv) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

const node = process.execPath;
const all: Counts[] = [
  countsOf(join(reports, 'npm-test.json'), Number(testStatus)),
  script('types', [bin('tsc'), '-p', '.']),
  script('lint and format', [bin('biome'), 'check', '.']),
  script('unused code', [bin('knip')]),
  script('package', [bin('publint'), '--strict']),
  script('coverage of src/app and src/engine', [node, 'scripts/coverage.ts', '90']),
  vitest('end to end', ['--project', 'e2e']),
  script('2,000 mutated definitions', [node, 'scripts/fuzz-language.ts']),
  script('three kills of the supervisor', [node, 'scripts/kill-supervisor.ts', '--count', '3', '--seed', '7']),
  script('figures', [node, 'scripts/bench.ts', '--slack', '1.5']),
];
const total = (name: keyof Counts) => all.reduce((sum, counts) => sum + counts[name], 0);
process.stdout.write(`\n${total('passed')} passed, ${total('failed')} failed\n`);
process.exitCode = total('failed') === 0 ? 0 : 1;
