/** What is looked at before a promotion is approved, and what stands after it, as text. */
import { table } from './table.ts';
import { paint, type Theme } from './theme.ts';

interface ChangeRow {
  readonly stack: string;
  readonly type: string;
  readonly name: string;
  readonly kind: string;
  readonly risk: string;
  readonly diff: readonly string[];
  readonly replaceKeys: readonly string[];
}

interface ReviewText {
  readonly title: string;
  /** Worst first. */
  readonly changes: readonly ChangeRow[];
  readonly riskTitles: Readonly<Record<string, string>>;
  readonly cost: string;
  /** US dollars a month. */
  readonly delta: number;
  readonly hash: string;
}

/** New things by stack and type are one row: nobody reads a hundred of them. */
function rowsOf(
  changes: readonly ChangeRow[],
  titles: Readonly<Record<string, string>>,
): readonly (readonly string[])[] {
  const plain = changes.filter(({ kind }) => kind !== 'create');
  const made = new Map<string, ChangeRow[]>();
  for (const change of changes.filter(({ kind }) => kind === 'create')) {
    const key = `${change.stack} ${change.type}`;
    made.set(key, [...(made.get(key) ?? []), change]);
  }
  return [
    ...plain.map(({ risk, kind, stack, type, name, diff, replaceKeys }) => [
      titles[risk] ?? risk,
      kind,
      stack,
      shortType(type),
      name,
      replaceKeys.length > 0 ? `because of ${replaceKeys.join(', ')}` : diff.join(', '),
    ]),
    ...[...made.values()].map((group) => {
      const [first] = group;
      const names = group.map(({ name }) => name);
      const said = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
      return [titles['add'] ?? 'new', 'create', first?.stack ?? '', shortType(first?.type ?? ''), said, ''];
    }),
  ];
}

/** `aws:ec2/vpc:Vpc` is `ec2 Vpc`. */
function shortType(type: string): string {
  const [, module = '', name = type] = type.split(':');
  return `${module.split('/')[0] ?? ''} ${name}`.trim();
}

const money = (usd: number): string => `${usd < 0 ? '-' : '+'}$${Math.abs(Math.round(usd))}`;

/** With its line end. */
export function reviewText(review: ReviewText, theme: Theme, columns?: number): string {
  const { title, changes, cost, delta, hash } = review;
  const head = paint(theme, 'strong', title);
  if (changes.length === 0) return `${head}: nothing changes in the cloud; ${cost}\n`;
  const rows = [['RISK', 'CHANGE', 'STACK', 'TYPE', 'NAME', 'WHY'], ...rowsOf(changes, review.riskTitles)];
  const last = `${changes.length} changes; cost ${money(delta)} a month, then ${cost}; storage and traffic not included\nplan ${hash}\n`;
  return `${head}\n${table(rows, columns)}${last}`;
}

interface ResultText {
  readonly environment: string;
  readonly cloud: string;
  readonly region: string;
  readonly rehearsal: boolean;
  readonly release: { readonly hash: string; readonly alias: string };
  readonly stacks: readonly {
    readonly stack: string;
    readonly resources: readonly { readonly type: string; readonly name: string }[];
  }[];
  readonly platform: readonly {
    readonly name: string;
    readonly version?: string;
    readonly values: Readonly<Record<string, unknown>>;
  }[];
  readonly objects: readonly { readonly kind: string }[];
  readonly cost: { readonly says: string };
  readonly natAddresses: readonly string[];
  readonly urls: readonly string[];
}

function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count === 1 ? name : `${name} ×${count}`)).join(', ');
}

/** With its line end. */
export function resultText(result: ResultText, theme: Theme): string {
  const { release, environment, cloud, region, rehearsal } = result;
  const strong = (text: string) => paint(theme, 'strong', text);
  const lines = [
    `${strong(`${release.alias} (${release.hash})`)} ${rehearsal ? 'would stand' : 'stands'} in ${environment} (${cloud} ${region})`,
    ...result.stacks.map(({ stack, resources }) => {
      return `${strong(stack)}  ${resources.length} resources: ${counted(resources.map(({ type }) => shortType(type)))}`;
    }),
    ...result.platform.map(({ name, version, values }) => {
      const set = Object.entries(values).map(([key, value]) => `${key} ${String(value)}`);
      return `${strong('platform')}  ${[name, version].filter(Boolean).join(' ')}${set.length > 0 ? `: ${set.join(', ')}` : ''}`;
    }),
    `${strong('cluster')}  ${result.objects.length} objects: ${counted(result.objects.map(({ kind }) => kind))}`,
    `${strong('cost')}  ${result.cost.says}, without storage and traffic`,
    `${strong('NAT')}  ${result.natAddresses.join(', ') || 'no fixed addresses'}`,
    ...result.urls.map((url) => `${strong('URL')}  ${url}`),
  ];
  return `${lines.join('\n')}\n`;
}
