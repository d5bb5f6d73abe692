/** `opta mirror sync DIR|REGISTRY`: everything that opta pins, in one folder or registry with an index. */
import { join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import { isRegistry } from '../platform/artifacts/registry.ts';
import { openArtifacts } from '../platform/artifacts.ts';
import { folderStore, registryStore } from '../platform/mirror/store.ts';
import { planSync } from '../platform/mirror/sync.ts';
import { readSettings } from '../system/settings.ts';
import { callEngine, detectEngine, engineSays } from '../targets/kind/engine.ts';
import { pushArguments } from '../targets/kind/images.ts';
import type { ExitCode, Invocation } from './invocation.ts';
import { exitCodeOf, onStage } from './run-plan.ts';

export async function mirrorSync(invocation: Invocation): Promise<ExitCode> {
  const { system, packageRoot, flags, signal, args } = invocation;
  const written = args[0] ?? '';
  const place = isRegistry(written) ? written.replace(/\/+$/, '') : resolve(system.cwd, written);
  const settings = await readSettings(system, flags);
  const artifacts = await openArtifacts(system, { dataFolder: join(packageRoot, 'kind'), settings, signal });
  const wantsImages = flags['images'] !== false;
  const { engine, why } = wantsImages ? await detectEngine(system) : { engine: undefined, why: '' };
  if (engine === undefined && wantsImages) {
    throw new UserError('no-engine', `images are fetched by a container engine, and ${why}`, {
      hints: ['Start Docker or Podman.', '`--no-images` leaves the images out.'],
    });
  }
  const images = engine && {
    call: (argv: readonly string[], stop: AbortSignal) => engineSays(system, engine, argv, { signal: stop }),
    has: async (ref: string) => (await callEngine(system, engine, ['image', 'inspect', ref])).code === 0,
    push: (ref: string) => pushArguments(engine, ref),
  };
  const store = isRegistry(place) ? registryStore(system, place, signal) : folderStore(place);
  const plan = planSync({ artifacts, place, store, images });
  return onStage(invocation, async (stage) => {
    stage.tell(artifacts.notices);
    return exitCodeOf(await stage.run(plan));
  });
}
