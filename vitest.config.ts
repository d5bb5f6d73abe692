import { defineConfig } from 'vitest/config';

const project = (name: string, include: string[], options: Record<string, unknown> = {}) => ({
  extends: true as const,
  test: { name, include, ...options },
});

const below = (...names: string[]) => names.map((name) => `test/e2e/${name}/**/*.test.ts`);
const clusters = below('kind', 'linkerd', 'platform');
const untimed = below('account', 'cloud-engine', 'promote', 'recipes');

export default defineConfig({
  test: {
    // The default leaves a core to an editor's watch mode, which two cores cannot spare.
    maxWorkers: '100%',
    // How soon is measured by the benchmarks: on a busy machine a state that is waited for takes its time.
    expect: { poll: { timeout: 60_000 } },
    projects: [
      // No test changes a module, so files share them: loading them anew for each costs more than the tests.
      project('unit', ['test/unit/**/*.test.ts', 'test/ui/**/*.test.tsx', 'test/ui/**/*.test.ts'], {
        isolate: false,
        setupFiles: ['test/support/seed.ts'],
        // How long is no property of what they test; a busy machine takes its time.
        testTimeout: 120_000,
      }),
      project('cli', ['test/cli/**/*.test.ts'], { testTimeout: 180_000, hookTimeout: 180_000 }),
      // Programs of stacks against a resource monitor: loading the types of a cloud takes seconds.
      project('stacks', ['test/stacks/**/*.test.ts'], { testTimeout: 120_000, hookTimeout: 120_000 }),
      // Whole promotions to simulated clouds, and recipes: no time in them is looked at, so files may share the machine.
      project('untimed', untimed, { testTimeout: 300_000, hookTimeout: 300_000 }),
      // Real processes, ports and databases: one file at a time, so that timings mean something.
      project('e2e', ['test/e2e/**/*.test.ts'], {
        exclude: [...untimed, ...clusters],
        testTimeout: 300_000,
        hookTimeout: 300_000,
        fileParallelism: false,
      }),
      // What needs a container engine; without one each file leaves its tests out and says why.
      project('clusters', clusters, {
        testTimeout: 120_000,
        hookTimeout: 120_000,
        fileParallelism: false,
        globalSetup: ['test/support/end-cluster.ts'],
      }),
    ],
    coverage: { provider: 'v8', include: ['src/app/**', 'src/engine/**'], reporter: ['text-summary', 'json-summary'] },
  },
});
