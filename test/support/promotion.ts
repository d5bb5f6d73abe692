/** A scaffolded shop with staging and production in a cloud, and promotions of it in this process over a given door. */
import { PassThrough } from 'node:stream';
import { promoteWith } from '../../src/commands/cloud/promote-with.ts';
import type { ExitCode, Invocation } from '../../src/commands/invocation.ts';
import { initFromRecipe } from '../../src/recipes/init.ts';
import { nodeSystem } from '../../src/system/node.ts';
import type { System } from '../../src/system/system.ts';
import type { StackDoor } from '../../src/targets/cloud/operation.ts';
import type { PromotionResult } from '../../src/targets/cloud/result.ts';
import { root } from './cli.ts';

export interface Promoted {
  readonly code: ExitCode;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every kind
  readonly events: readonly any[];
  readonly text: string;
  readonly result: PromotionResult | undefined;
}

function captured(): { readonly stream: System['stdout']; text(): string } {
  const parts: Buffer[] = [];
  const stream = new PassThrough().on('data', (part: Buffer) => parts.push(part));
  return { stream: stream as unknown as System['stdout'], text: () => Buffer.concat(parts).toString() };
}

export async function shopFolder(folder: string, cloud: 'aws' | 'gcp'): Promise<void> {
  const place =
    cloud === 'aws'
      ? { region: 'us-east-1', account: '123456789012' }
      : { region: 'us-central1', project: 'acme-prod' };
  const answers = { name: 'shop', org: 'acme', cloud, domain: 'example.com', ...place };
  await initFromRecipe({ system: nodeSystem(), packageRoot: root, recipe: 'shop', directory: folder, answers });
}

/** An invocation in `folder` with everything that it writes caught. */
export function invocationIn(
  folder: string,
  args: readonly string[],
  flags: Invocation['flags'],
  signal?: AbortSignal,
) {
  const [out, err] = [captured(), captured()];
  const real = nodeSystem();
  const system: System = Object.create(real, {
    cwd: { value: folder },
    stdout: { value: out.stream },
    stderr: { value: err.stream },
    stdin: { value: new PassThrough() },
    env: { value: { ...real.env, USER: 'ada', OPTA_DATA_DIR: `${folder}/data`, OPTA_CACHE_DIR: `${folder}/cache` } },
  });
  const never = new AbortController().signal;
  const invocation: Invocation = { system, signal: signal ?? never, force: never, args, flags, packageRoot: root };
  return { invocation, out: out.text, err: err.text };
}

export async function promoteIn(
  folder: string,
  environment: string,
  door: StackDoor,
  flags: Invocation['flags'] = {},
  signal?: AbortSignal,
): Promise<Promoted> {
  const { invocation, out, err } = invocationIn(
    folder,
    [environment],
    { rehearse: true, json: true, ...flags },
    signal,
  );
  const code = await promoteWith(invocation, door);
  const events = out()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  const result = events.find(({ type }) => type === 'result')?.value as PromotionResult | undefined;
  return { code, events, text: `${out()}${err()}`, result };
}
