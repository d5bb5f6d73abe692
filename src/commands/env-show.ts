/** `opta env show`: one environment: where it is, its addresses, its release, its last promotion. */
import { listEnvironments } from '../app/environments.ts';
import { standing } from '../releases/promotion.ts';
import { openStore } from '../releases/store.ts';
import { keptPlacement } from '../targets/cloud/placement.ts';
import { recordsOf } from './cloud/reach.ts';
import { chooseListed, listOptions } from './cloud/situation.ts';
import { type ExitCode, given, type Invocation } from './invocation.ts';

export async function envShow(invocation: Invocation): Promise<ExitCode> {
  const { system, args } = invocation;
  const listed = chooseListed(await listEnvironments(listOptions(invocation)), args[0] ?? '');
  const door = given(invocation, 'rehearse') ? recordsOf(invocation, listed) : undefined;
  const [placement, promotions] = await Promise.all([
    door === undefined ? undefined : keptPlacement(door),
    door === undefined ? [] : openStore(door).promotions(),
  ]);
  const now = standing(promotions);
  const last = promotions.at(-1);
  const { before, file, name, provider, settings } = listed;
  const shown = {
    name,
    file,
    cloud: provider === 'google' ? 'gcp' : provider,
    ...settings,
    takesFrom: before ?? 'what is here',
    addresses: placement?.addressRange ?? 'chosen at the first promotion',
    zones: placement?.zones ?? [],
    release: now === undefined ? 'none' : `${now.alias} (${now.release})`,
    stacks: now?.applied ?? [],
    lastPromotion:
      last === undefined ? 'none' : `${last.phase} ${last.begun}${last.message ? `: ${last.message}` : ''}`,
    kept: last?.destroy === true ? last.retained : {},
  };
  const lines = Object.entries(shown).map(
    ([key, value]) => `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}\n`,
  );
  system.stdout.write(given(invocation, 'json') ? `${JSON.stringify(shown, undefined, 2)}\n` : lines.join(''));
  return 0;
}
