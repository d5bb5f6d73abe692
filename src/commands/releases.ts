/** `opta releases`: the releases of each environment, which of them stands there, and how they came. */
import { isCloud, type ListedEnvironment, listEnvironments } from '../app/environments.ts';
import { heldBy } from '../releases/gates.ts';
import { standing } from '../releases/promotion.ts';
import { openStore } from '../releases/store.ts';
import { table } from '../ui/table.ts';
import { wrapped } from '../ui/text.ts';
import { recordsOf } from './cloud/reach.ts';
import { chooseListed, listOptions, noCloudYet } from './cloud/situation.ts';
import { type ExitCode, given, type Invocation } from './invocation.ts';

export async function releases(invocation: Invocation): Promise<ExitCode> {
  const { system, args } = invocation;
  const environments = await listEnvironments(listOptions(invocation));
  const [name] = args;
  const wanted = name === undefined ? environments.filter(isCloud) : [chooseListed(environments, name)];
  const all = await Promise.all(wanted.map((one) => historyOf(invocation, one)));
  if (given(invocation, 'json')) system.stdout.write(`${JSON.stringify(all, undefined, 2)}\n`);
  else if (all.length === 0) system.stderr.write(`${noCloudYet}\n`);
  else {
    const columns = system.stdout.columns || undefined;
    system.stdout.write(wrapped(all.map((one) => told(one, columns)).join('\n'), columns));
  }
  return 0;
}

type History = Awaited<ReturnType<typeof historyOf>>;

/** Of one environment; newest first. */
async function historyOf(invocation: Invocation, listed: ListedEnvironment) {
  const store = openStore(recordsOf(invocation, listed));
  const [made, promotions] = await Promise.all([store.releases(), store.promotions()]);
  const now = standing(promotions);
  return {
    environment: listed.name,
    standing: now?.release,
    held: heldBy(promotions, made)?.hash,
    releases: made.toReversed(),
    promotions: promotions.toReversed(),
  };
}

function told(
  { environment, standing: now, held, releases: made, promotions }: History,
  columns: number | undefined,
): string {
  if (promotions.length === 0) return `${environment}: nothing was promoted here yet\n`;
  const head = `${environment}${held === undefined ? '' : ': held, it was rolled back'}`;
  const stands = promotions.find(({ release, phase, destroy }) => release === now && phase === 'Succeeded' && !destroy);
  const rows = promotions.map((one) => [one === stands ? '*' : '', ...toldOne(one)]);
  const images = made.find(({ hash }) => hash === now)?.images ?? {};
  const digests = Object.entries(images).map(([id, { digest }]) => `  ${id}  ${digest}\n`);
  return `${head}\n${table([['', 'RELEASE', 'HASH', 'PHASE', 'BEGUN', 'BY', 'WHY'], ...rows], columns)}${digests.join('')}`;
}

function toldOne({ release, alias, phase, by, begun, unverified, message, destroy }: History['promotions'][number]) {
  return [
    destroy ? 'destroyed' : alias,
    release,
    phase,
    begun.slice(0, 16).replace('T', ' '),
    by,
    unverified === undefined ? (message ?? '') : `unverified: ${unverified}`,
  ];
}
