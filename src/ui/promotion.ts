/** What is looked at before a promotion is approved, and what stands after it, as text. */
import { table } from './table.ts';
import { hung } from './text.ts';
import { linked, paint, type Theme } from './theme.ts';

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
  /** What changes of it. */
  readonly delta: string;
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
      whyOf(kind, diff, replaceKeys),
    ]),
    ...[...made.values()].map((group) => {
      const [first] = group;
      const names = group.map(({ name }) => name);
      const said = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ');
      return [titles['add'] ?? 'new', 'create', first?.stack ?? '', shortType(first?.type ?? ''), said, ''];
    }),
  ];
}

function whyOf(kind: string, diff: readonly string[], replaceKeys: readonly string[]): string {
  if (replaceKeys.length > 0) return `because of ${replaceKeys.join(', ')}`;
  if (kind !== 'import') return diff.join(', ');
  return ['it is there already and is taken over', ...diff].join(', ');
}

/** `aws:ec2/vpc:Vpc` is `ec2 Vpc`. */
function shortType(type: string): string {
  const [, module = '', name = type] = type.split(':');
  return `${module.split('/')[0] ?? ''} ${name}`.trim();
}

/** With its line end. `columns` is the width of the terminal; undefined in a pipe. */
export function reviewText(review: ReviewText, theme: Theme, columns = Number.POSITIVE_INFINITY): string {
  const { title, changes, cost, delta, hash } = review;
  if (changes.length === 0)
    return `${labelled(`${title}:`, ' ', `nothing changes in the cloud; cost ${cost}`, theme, columns).join('\n')}\n`;
  const rows = [['RISK', 'CHANGE', 'STACK', 'TYPE', 'NAME', 'WHY'], ...rowsOf(changes, review.riskTitles)];
  const sum = `${changes.length} ${changes.length === 1 ? 'change' : 'changes'}; cost ${delta}, then ${cost}; storage and traffic not included`;
  const last = [...hung('', sum, columns, 2), ...hung('', `plan ${hash}`, columns, 2)].map((line) => `${line}\n`);
  return `${labelled(title, '', '', theme, columns).join('\n')}\n${table(rows, columns)}${last.join('')}`;
}

/** `label` with its mark in bold and `text` behind it; where it does not fit, both go on in the next lines. */
function labelled(label: string, gap: string, text: string, theme: Theme, columns: number): readonly string[] {
  const begin = hung('', label, columns, 0);
  const last = begin.pop() ?? '';
  const [first = '', ...rest] = text === '' ? [last] : hung(last + gap, text, columns, 2);
  const bold = (line: string) => paint(theme, 'strong', line);
  return [...begin.map(bold), bold(last) + first.slice(last.length), ...rest];
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

/** Nested values one by one, as `controller.replicaCount 2`; lists as JSON. */
function scalars(values: Readonly<Record<string, unknown>>, before = ''): readonly (readonly [string, string])[] {
  return Object.entries(values).flatMap(([key, value]): readonly (readonly [string, string])[] => {
    if (typeof value !== 'object' || value === null) return [[`${before}${key}`, String(value)]];
    if (Array.isArray(value)) return [[`${before}${key}`, JSON.stringify(value)]];
    return scalars(value as Readonly<Record<string, unknown>>, `${before}${key}.`);
  });
}

/** With its line end. `columns` as in `reviewText`. */
export function resultText(result: ResultText, theme: Theme, columns = Number.POSITIVE_INFINITY): string {
  const { release, environment, cloud, region, rehearsal } = result;
  const line = (label: string, text: string) => labelled(label, '  ', text, theme, columns);
  const stands = `${rehearsal ? 'would stand' : 'stands'} in ${environment} (${cloud} ${region})`;
  const lines = [
    ...labelled(`${release.alias} (${release.hash})`, ' ', stands, theme, columns),
    ...result.stacks.flatMap(({ stack, resources }) =>
      line(stack, `${resources.length} resources: ${counted(resources.map(({ type }) => shortType(type)))}`),
    ),
    ...result.platform.flatMap(({ name, version, values }) => {
      const set = scalars(values).map(([key, value]) => `${key} ${value}`);
      return line(
        'platform',
        `${[name, version].filter(Boolean).join(' ')}${set.length > 0 ? `: ${set.join(', ')}` : ''}`,
      );
    }),
    ...line('cluster', `${result.objects.length} objects: ${counted(result.objects.map(({ kind }) => kind))}`),
    ...line('cost', `${result.cost.says}, without storage and traffic`),
    ...line('NAT', result.natAddresses.join(', ') || 'no fixed addresses'),
    ...result.urls.flatMap((url) => addressOf(url, theme, columns)),
  ];
  return `${lines.join('\n')}\n`;
}

function addressOf(url: string, theme: Theme, columns: number): readonly string[] {
  const [first = '', ...rest] = hung('URL  ', url, columns, 0);
  const link = (text: string) => linked(theme, text, url);
  return [paint(theme, 'strong', 'URL') + (first.length > 5 ? `  ${link(first.slice(5))}` : ''), ...rest.map(link)];
}
