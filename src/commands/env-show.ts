/** `opta env show`: one environment: where it is, its addresses, its release, its last promotion, how long its Kubernetes is supported. */
import { formatDiagnostic } from '../app/diagnostics.ts';
import { type ListedEnvironment, listEnvironments } from '../app/environments.ts';
import { readApp } from '../app/read.ts';
import { InvalidInput, UserError } from '../errors.ts';
import { standing } from '../releases/promotion.ts';
import { openStore, type RecordDoor } from '../releases/store.ts';
import { findModuleType } from '../resources/index.ts';
import { eksSupportText, eksVersion } from '../resources/kubernetes-support.ts';
import { keptPlacement } from '../targets/cloud/placement.ts';
import { wrapped } from '../ui/text.ts';
import { recordsOf } from './cloud/reach.ts';
import { chooseListed, listOptions } from './cloud/situation.ts';
import { definitionOptions, type ExitCode, given, type Invocation } from './invocation.ts';

export async function envShow(invocation: Invocation): Promise<ExitCode> {
  const { system, args } = invocation;
  const listed = chooseListed(await listEnvironments(listOptions(invocation)), args[0] ?? '');
  const [records, kubernetes] = await Promise.all([
    recordsIn(recordsOf(invocation, listed)),
    kubernetesOf(invocation, listed),
  ]);
  if (records instanceof UserError) {
    system.stderr.write(wrapped(`${formatDiagnostic(unread(records))}\n`, system.stderr.columns));
  }
  const { before, file, name, provider, settings } = listed;
  const shown = {
    name,
    file,
    cloud: provider === 'google' ? 'gcp' : provider,
    ...settings,
    takesFrom: before ?? 'what is here',
    ...(records instanceof UserError ? unknown : recorded(records)),
    ...kubernetes,
  };
  const lines = Object.entries(shown).map(([key, value]) => `${key}: ${shownText(value)}\n`);
  const text = given(invocation, 'json')
    ? `${JSON.stringify(shown, undefined, 2)}\n`
    : wrapped(lines.join(''), system.stdout.columns);
  system.stdout.write(text);
  return 0;
}

/** Lists and maps with commas, `none` for those with nothing in them. */
function shownText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const parts = Array.isArray(value) ? value.map(String) : Object.entries(value).map(([key, one]) => `${key} ${one}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

/** Or why they cannot be read: without an account the rest can still be shown. */
async function recordsIn(door: RecordDoor) {
  try {
    const [placement, promotions] = await Promise.all([keptPlacement(door), openStore(door).promotions()]);
    return { placement, promotions };
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

const unread = ({ code, message, hints }: UserError) =>
  ({ severity: 'warning', code, message: `what stands there is not known: ${message}`, hints }) as const;

const unknown = { addresses: 'unknown', release: 'unknown', lastPromotion: 'unknown' };

function recorded({ placement, promotions }: Exclude<Awaited<ReturnType<typeof recordsIn>>, UserError>) {
  const now = standing(promotions);
  const last = promotions.at(-1);
  return {
    addresses: placement?.addressRange ?? 'chosen at the first promotion',
    zones: placement?.zones ?? [],
    release: now === undefined ? 'none' : `${now.alias} (${now.release})`,
    stacks: now?.applied ?? [],
    lastPromotion:
      last === undefined ? 'none' : `${last.phase} ${last.begun}${last.message ? `: ${last.message}` : ''}`,
    kept: last?.destroy === true ? last.retained : {},
  };
}

/** As the definition has it; a promotion gives the cluster the same. */
async function kubernetesOf(invocation: Invocation, { name, provider }: ListedEnvironment) {
  if (provider !== 'aws' && provider !== 'google') return {};
  const target = provider === 'google' ? 'gcp' : 'aws';
  const app = await readApp({ ...definitionOptions(invocation, target), env: name }).catch((error: unknown) => {
    if (error instanceof InvalidInput) return undefined;
    throw error;
  });
  if (app === undefined) return { kubernetes: 'unknown: the definition has problems, which `opta validate` lists' };
  const settings = app.modules.find(({ type }) => findModuleType(type)?.name === 'k8s-cluster')?.settings ?? {};
  if (target === 'gcp')
    return { kubernetes: `kept current by Google, release channel ${settings['gke_channel'] ?? 'REGULAR'}` };
  const version = String(settings['k8s_version'] ?? eksVersion);
  return { kubernetes: version, endOfSupport: eksSupportText(version, invocation.system.clock.now()) };
}
