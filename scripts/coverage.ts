/** Measures line coverage of src/app and src/engine by the unit suite, and fails below the given percentage in either. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { $ } from 'zx';

const root = fileURLToPath(new URL('..', import.meta.url));
const least = Number(process.argv[2] ?? 90);
const folder = mkdtempSync(join(tmpdir(), 'opta-coverage-'));
try {
  const vitest = join(root, 'node_modules', '.bin', 'vitest');
  const args = ['run', '--project', 'unit', '--coverage', `--coverage.reportsDirectory=${folder}`, '--reporter=dot'];
  await $({ cwd: root, stdio: 'inherit' })`${vitest} ${args}`;
  const summary = JSON.parse(readFileSync(join(folder, 'coverage-summary.json'), 'utf8')) as Record<
    string,
    { lines: { total: number; covered: number } }
  >;
  for (const part of ['app', 'engine']) {
    const inside = Object.entries(summary).filter(([file]) =>
      relative(root, file).startsWith(`src${sep}${part}${sep}`),
    );
    const covered = inside.reduce((sum, [, { lines }]) => sum + lines.covered, 0);
    const total = inside.reduce((sum, [, { lines }]) => sum + lines.total, 0);
    const percent = total === 0 ? 0 : (100 * covered) / total;
    console.log(`src/${part}: ${percent.toFixed(1)} % of ${total} lines (at least ${least} %)`);
    if (percent < least) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
