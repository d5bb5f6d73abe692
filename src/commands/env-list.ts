/** `opta env list`: the environments of the project, where they are, and what stands in them. */
import { type ListedEnvironment, listEnvironments } from '../app/environments.ts';
import { standing } from '../releases/promotion.ts';
import { openStore } from '../releases/store.ts';
import { table } from '../ui/table.ts';
import { recordsOf } from './cloud/reach.ts';
import { listOptions } from './cloud/situation.ts';
import { type ExitCode, given, type Invocation } from './invocation.ts';

export async function envList(invocation: Invocation): Promise<ExitCode> {
  const environments = await listEnvironments(listOptions(invocation));
  const all = await Promise.all(environments.map((one) => rowOf(invocation, one)));
  const rows = all.map(({ name, cloud, place, region, before, release }) => [
    name,
    cloud,
    place,
    region,
    before ?? '',
    release ?? '',
  ]);
  const text = given(invocation, 'json')
    ? `${JSON.stringify(all, undefined, 2)}\n`
    : table(
        [['NAME', 'CLOUD', 'ACCOUNT', 'REGION', 'TAKES FROM', 'RELEASE'], ...rows],
        invocation.system.stdout.columns || undefined,
      );
  invocation.system.stdout.write(text);
  return 0;
}

async function rowOf(invocation: Invocation, listed: ListedEnvironment) {
  const { name, provider, settings, before } = listed;
  // Only a rehearsal has records that need no account.
  const rehearsed = given(invocation, 'rehearse');
  const promotions = rehearsed ? await openStore(recordsOf(invocation, listed)).promotions() : [];
  return {
    name,
    cloud: provider === 'google' ? 'gcp' : (provider ?? 'your own'),
    place: settings['account_id'] ?? settings['project'] ?? '',
    region: settings['region'] ?? '',
    before,
    release: standing(promotions)?.alias,
  };
}
