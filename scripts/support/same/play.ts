/** Plays a recipe's recorded requests, one after the other, and compares the answers of several runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Listed, normal, type RecipeList, shown } from '../../../test/support/same/recorded.ts';
import { ask, type Place, type Recorded, type Told, titleOf } from '../../../test/support/same/requests.ts';

/** As long as slow machines take to carry out an order. */
const patienceMs = 120_000;

export interface Played {
  readonly asked: Listed;
  readonly title: string;
  readonly told: Told;
}

/** How often each reason changed an answer. */
export type Changes = Map<string, number>;

const isOf = (place: Place, host: string | undefined) => `https://${host ?? place.host}:${place.httpsPort}`;

/** What a browser without scripts sends for the first form of a page: its hidden fields, and those given. */
function filledForm(page: string, given: Readonly<Record<string, string>>, origin: string): Omit<Recorded, 'path'> {
  const [form = ''] = /<form\b.*?<\/form>/s.exec(page) ?? [];
  const attribute = (tag: string, name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1];
  const hidden = [...form.matchAll(/<input\b[^>]*>/g)]
    .map(([tag]) => tag)
    .filter((tag) => attribute(tag, 'type') === 'hidden')
    .map((tag) => [attribute(tag, 'name') ?? '', attribute(tag, 'value') ?? ''] as const);
  const boundary = 'between-the-fields';
  const parts = [...hidden, ...Object.entries(given)].map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}`, origin };
  return { method: 'POST', body: `${parts.join('')}--${boundary}--\r\n`, headers };
}

/** The first address in a page that matches. */
function assetOf(page: string, pattern: string): string | undefined {
  const addresses = [...page.matchAll(/\b(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address);
  return addresses.find((address) => new RegExp(pattern).test(address));
}

async function answerTo(place: Place, asked: Listed): Promise<Told> {
  const { form, asset, until } = asked;
  if (form !== undefined) {
    const page = await ask(place, asked);
    return ask(place, { ...asked, ...filledForm(page.body, form, isOf(place, asked.host)) });
  }
  if (asset !== undefined) {
    const path = assetOf((await ask(place, asked)).body, asset);
    return path === undefined ? { status: 0, headers: {}, body: `no ${asset} in it` } : ask(place, { ...asked, path });
  }
  const end = performance.now() + patienceMs;
  for (;;) {
    const told = await ask(place, asked);
    if (until === undefined || new RegExp(until, 's').test(told.body) || performance.now() > end) return told;
    await sleep(200);
  }
}

/** Answers without what must differ. No answer at all is one too: it counts as a difference where others answer. */
export async function play(place: Place, list: RecipeList, changes: Changes): Promise<readonly Played[]> {
  const played: Played[] = [];
  for (const [at, asked] of list.requests.entries()) {
    const told = await answerTo(place, asked).catch(
      (error: Error): Told => ({ status: 0, headers: {}, body: error.message }),
    );
    const count = (why: string, times: number) => changes.set(why, (changes.get(why) ?? 0) + times);
    const how = asked.form ? ' (its form)' : asked.asset ? ` (${asked.asset} in it)` : '';
    const title = `${at + 1}. ${titleOf(asked)}${how}`;
    played.push({ asked, title, told: normal(place, asked, told, list.differs ?? [], count) });
  }
  return played;
}

export interface Difference {
  readonly title: string;
  readonly between: string;
  readonly left: Told;
  readonly right: Told;
}

/** Where runs answer differently, each compared with the first; `development` as in the list. */
export function differences(
  runs: readonly { readonly title: string; readonly isProcess: boolean; readonly played: readonly Played[] }[],
  development: string | undefined,
): readonly Difference[] {
  return runs.flatMap((right, at) =>
    runs.slice(0, at).flatMap((left) =>
      right.played.flatMap(({ asked, title, told }, index): readonly Difference[] => {
        const other = left.played[index]?.told;
        if (other === undefined) throw new Error(`${left.title} lacks ${title}`);
        const isOneProcess = left.isProcess !== right.isProcess;
        if (isOneProcess && asked.built === true) return [];
        const isDeveloped =
          isOneProcess && development !== undefined && new RegExp(development).test(asked.path) && !asked.plain;
        const [one, two] = isDeveloped ? [shown(other), shown(told)] : [other, told];
        if (isDeepStrictEqual(one, two)) return [];
        return [{ title, between: `${left.title} and ${right.title}`, left: one, right: two }];
      }),
    ),
  );
}

/** Only what differs, a line each. */
export function linesOf({ left, right }: Difference): readonly string[] {
  const textOf = (value: unknown) => JSON.stringify(value) ?? 'nothing';
  const cut = (text: string, from: number) =>
    `${from > 0 ? '…' : ''}${text.slice(from, from + 300)}${text.length > from + 300 ? '…' : ''}`;
  const names = [...new Set([...Object.keys(left.headers), ...Object.keys(right.headers)])].sort();
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['status', left.status, right.status],
    ...names.map((name) => [name, left.headers[name], right.headers[name]] as const),
    ['body', left.body, right.body],
  ];
  return pairs
    .filter(([, one, two]) => !isDeepStrictEqual(one, two))
    .map(([name, one, two]) => {
      const [here, there] = [textOf(one), textOf(two)];
      const at = [...here].findIndex((sign, index) => sign !== there[index]);
      const from = Math.max(0, (at < 0 ? here.length : at) - 40);
      return `${name}: ${cut(here, from)} / ${cut(there, from)}`;
    });
}
