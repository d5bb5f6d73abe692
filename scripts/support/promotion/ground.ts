/** What every disturbance begins with: the shop of one cloud, once as scaffolded and once promoted without trouble. */
import type { Engine } from './engine.ts';
import { unfindable } from './look-up.ts';
import { type CloudName, makeRehearsal } from './rehearsal.ts';
import { comparable, remains, thingsIn } from './standing.ts';
import type { Ground } from './trouble.ts';

export async function groundOf(cloud: CloudName, engine: Engine): Promise<Ground> {
  const fresh = await makeRehearsal(cloud, engine);
  const promoted = fresh.copy();
  let events = 0;
  const { code, text } = await promoted.promote({ onEvent: (_, count) => (events = count) });
  if (code !== 0) throw new Error(`the undisturbed promotion ended with ${code}:\n${text}`);
  const left = remains(promoted.home);
  if (left.length > 0) throw new Error(`the undisturbed promotion left something:\n${left.join('\n')}`);
  const lost = unfindable(promoted.home);
  if (lost.length > 0) throw new Error(`would not be found again:\n${lost.join('\n')}`);
  const urns = thingsIn(promoted.home).map(({ urn }) => urn);
  return { fresh, promoted, undisturbed: comparable(promoted.home), urns: urns.sort(), events };
}
