/** `opta init --recipe X`, then `opta dev up`, as on a machine that has nothing but Node: every recipe for Node, unedited. */
import { rmSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { type BinProject, makeBinProject } from '../../support/bin-project.ts';

/** All but fastapi and grpc-go: those need Python and Go, which a machine with Node alone has not. */
const node: readonly (readonly [recipe: string, layer: string, path: string, answer: RegExp])[] = [
  ['hello', 'back', '/?name=Ada', /Hello, Ada!/],
  ['shop', 'shop', '/', /<html/i],
  ['static', 'site', '/', /<script type="module"/],
  ['fastify', 'visits', '/', /"visits":\s*\d+/],
  ['worker', 'orders', '/orders', /\[/],
  ['nextjs', 'guestbook', '/', /<h1>guestbook<\/h1>/],
];

let project: BinProject | undefined;

afterEach(async () => {
  await project?.remove();
  project = undefined;
});

test.each(node)('%s runs after two commands', async (recipe, layer, path, answer) => {
  const mine = await makeBinProject('name: bad\n');
  project = mine;
  // A folder as it is before opta has seen it.
  for (const name of ['opta.yaml', 'code']) rmSync(`${mine.folder}/${name}`, { recursive: true, force: true });
  const made = await mine.opta(['init', '--recipe', recipe, '--yes']);
  expect(made.code, made.stderr).toBe(0);
  // Next.js sends its telemetry by a process that outlives it.
  const up = await mine.up(['--timeout', '300'], { env: { NEXT_TELEMETRY_DISABLED: '1' } });
  expect(up.code, up.stdout.slice(-2000) + up.stderr).toBe(0);
  expect(await mine.get(path, `${layer}.localhost`)).toMatch(answer);
  const down = await mine.down();
  expect(down.code, down.stderr).toBe(0);
  await expect.poll(() => mine.leftovers(), { timeout: 60_000 }).toEqual([]);
});
