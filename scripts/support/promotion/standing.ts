/** What stands after a promotion, made comparable: states of all stacks with ids renamed, and the simulated cloud beside them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CloudStore, type Thing } from '../../../src/targets/cloud/engine/simulated/store.ts';

interface Resource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly custom?: boolean;
  readonly delete?: boolean;
  readonly inputs?: unknown;
  readonly outputs?: unknown;
  readonly parent?: string;
  readonly dependencies?: readonly string[];
  readonly provider?: string;
  readonly protect?: boolean;
  readonly retainOnDelete?: boolean;
  readonly initErrors?: readonly string[];
}

interface Checkpoint {
  readonly checkpoint: {
    readonly latest?: { readonly resources?: readonly Resource[]; readonly pending_operations?: readonly unknown[] };
  };
}

export interface StackFile {
  readonly project: string;
  readonly file: string;
  readonly resources: readonly Resource[];
  readonly pending: number;
}

/** `folder` is that of one environment: `.opta/rehearsal/<environment>`. */
export function stackFiles(folder: string): readonly StackFile[] {
  const stacks = join(folder, 'state', '.pulumi', 'stacks');
  if (!existsSync(stacks)) return [];
  return readdirSync(stacks).flatMap((project) =>
    readdirSync(join(stacks, project))
      .filter((name) => name.endsWith('.json'))
      .map((name) => {
        const file = join(stacks, project, name);
        const { latest } = (JSON.parse(readFileSync(file, 'utf8')) as Checkpoint).checkpoint;
        const pending = latest?.pending_operations?.length ?? 0;
        return { project, file, resources: latest?.resources ?? [], pending };
      }),
  );
}

/** Looks into the simulated cloud of a rehearsal, or changes something in it. */
export function inCloud<T>(home: string, act: (store: CloudStore) => T): T {
  const store = new CloudStore(join(home, 'cloud'));
  try {
    return act(store);
  } finally {
    store.close();
  }
}

export const thingsIn = (home: string): readonly Thing[] => inCloud(home, (store) => store.everything());

/** Lock files of every stack. */
export function locksIn(folder: string): readonly string[] {
  const locks = join(folder, 'state', '.pulumi', 'locks');
  if (!existsSync(locks)) return [];
  return readdirSync(locks, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

export const shortOf = (urn: string): string => urn.split('::').slice(2).join('::');

/** The SDK seals it in what it makes, and an import does not: the same labels, which the inputs hold too. */
const marked = 'effectiveLabels';

const sorted = (value: unknown): string =>
  JSON.stringify(value ?? {}, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(
          Object.entries(inner)
            .filter(([key]) => key !== marked)
            .sort(([one], [other]) => (one < other ? -1 : 1)),
        )
      : inner,
  );

/** URN, inputs, outputs and what guards it of every resource; ids are names, what follows from ids is `#`, ciphertexts too. */
export function comparable(folder: string): readonly string[] {
  const resources = stackFiles(folder).flatMap((stack) => stack.resources);
  const ids = resources
    .flatMap(({ urn, id }) => (id === undefined || id === '' ? [] : [[id, `<${shortOf(urn)}>`] as const]))
    .sort(([one], [other]) => other.length - one.length);
  const renamed = (value: unknown): string =>
    ids
      .reduce((text, [id, name]) => text.replaceAll(id, name), sorted(value))
      .replaceAll(/"(ciphertext|data|ca|db_ca|clusterCaCertificate)":"[^"]*"/g, '"$1":"#"')
      .replaceAll(/198\.1[89]\.\d+\.\d+|10\.\d+\.240\.3/g, '#')
      .replaceAll(/(?<=\b(?:AROA|AIDA|_))[0-9a-fA-F]{16,}\b/g, '#')
      .replaceAll(/\b[0-9a-fA-F]{6,}\b/g, '#')
      .replaceAll(/(?<=-)[0-9a-fA-F]{6}(?=")/g, '#');
  return resources
    .map(({ urn, inputs, outputs, parent, protect, retainOnDelete, initErrors, delete: goes }) =>
      [urn, parent ?? '', !!protect, !!retainOnDelete, !!goes, initErrors?.length ?? 0]
        .concat([renamed(inputs), renamed(outputs)])
        .join(' '),
    )
    .sort();
}

/** What a broken run left; all empty after a good one. */
export function remains(folder: string): readonly string[] {
  const stacks = stackFiles(folder);
  const custom = stacks.flatMap(({ resources }) =>
    resources.filter((one) => one.custom === true && !one.type.startsWith('pulumi:')),
  );
  const key = (type: string, id = ''): string => `${type} ${id}`;
  const known = new Set(custom.map(({ type, id }) => key(type, id)));
  const things = thingsIn(folder);
  const there = new Set(things.map(({ type, id }) => key(type, id)));
  const twice = [...Map.groupBy(things, ({ urn }) => urn)].filter(([, same]) => same.length > 1);
  return [
    ...stacks.filter(({ pending }) => pending > 0).map(({ project, pending }) => `${pending} pending in ${project}`),
    ...locksIn(folder).map((file) => `lock ${file}`),
    ...twice.map(([urn, same]) => `${same.length} times in the cloud: ${shortOf(urn)}`),
    ...things.filter(({ type, id }) => !known.has(key(type, id))).map(({ urn }) => `in no state: ${shortOf(urn)}`),
    ...custom.filter(({ type, id }) => !there.has(key(type, id))).map(({ urn }) => `not in the cloud: ${shortOf(urn)}`),
  ];
}

/** Lines that only one of the two has, shortened to where they part. */
export function differencesOf(wanted: readonly string[], found: readonly string[]): readonly string[] {
  const other = new Map(found.map((line) => [line.split(' ', 1)[0], line]));
  const gone = wanted.flatMap((line) => {
    const urn = line.split(' ', 1)[0] ?? '';
    const now = other.get(urn);
    other.delete(urn);
    if (now === undefined) return [`missing: ${shortOf(urn)}`];
    if (now === line) return [];
    let at = 0;
    while (line[at] === now[at]) at += 1;
    const part = (text: string): string => text.slice(Math.max(urn.length, at - 60), at + 60);
    return [`${shortOf(urn)} differs: wanted …${part(line)}… found …${part(now)}…`];
  });
  return [...gone, ...[...other.keys()].map((urn) => `too many: ${shortOf(urn ?? '')}`)];
}
