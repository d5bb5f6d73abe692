/** What things in a cloud cost, as far as a dated source says so. No figure here is a guess: what has none is unknown. */
import { everywhere, monthHours, priceLists } from './price-lists.ts';

type Provider = keyof typeof priceLists;

export interface Price {
  readonly provider: Provider;
  /** The name of the thing where it is bought: an instance type, an engine and class, or what stands for a flat fee. */
  readonly item: string;
  /** `*` for a fee that is the same everywhere. */
  readonly region: string;
  /** US dollars a month of 730 hours, one piece, on demand, without storage and traffic. */
  readonly usdMonth: number;
  readonly source: string;
  /** Year and month in which the source says that the figure holds. */
  readonly dated: string;
}

const cents = (usd: number): number => Math.round(usd * 100) / 100;

const pricesOf = (provider: Provider): readonly Price[] =>
  priceLists[provider].flatMap(({ source, dated, items, usdHour }) =>
    Object.entries(usdHour).flatMap(([region, row]) =>
      items.flatMap((item, column): readonly Price[] => {
        const usd = row[column];
        return usd === undefined ? [] : [{ provider, item, region, usdMonth: cents(usd * monthHours), source, dated }];
      }),
    ),
  );

export const prices: readonly Price[] = [...pricesOf('aws'), ...pricesOf('gcp')];

/** The price in that region, or undefined: prices of other regions differ, so none stands in for another. */
export function priceOf(provider: Provider, item: string, region: string): Price | undefined {
  const places: readonly string[] = [region, everywhere];
  return prices.find((price) => price.provider === provider && price.item === item && places.includes(price.region));
}

/** Whether there are any prices of that region itself. */
export const hasPrices = (provider: Provider, region: string): boolean =>
  prices.some((price) => price.provider === provider && price.region === region);

export interface Estimate {
  /** US dollars a month of what is known. */
  readonly usdMonth: number;
  /** Items without a figure; with any of them the sum is a part, never the whole. */
  readonly unknown: readonly string[];
  /** The region, when there are no prices of it at all. */
  readonly noPricesOf?: string;
  /** The oldest date among the figures; absent without any. */
  readonly dated?: string;
}

export interface Piece {
  /** As the lists of prices call it. */
  readonly item: string;
  readonly count: number;
}

/** Adds up pieces of a region. */
export function estimate(provider: Provider, region: string, pieces: readonly Piece[]): Estimate {
  const found = pieces.map(({ item, count }) => ({ item, count, price: priceOf(provider, item, region) }));
  const known = found.flatMap(({ count, price }) => (price === undefined ? [] : [{ count, price }]));
  const unknown = [...new Set(found.flatMap(({ item, price }) => (price === undefined ? [item] : [])))];
  const [dated] = known.map(({ price }) => price.dated).sort();
  return {
    usdMonth: cents(known.reduce((sum, { count, price }) => sum + count * price.usdMonth, 0)),
    unknown,
    ...(unknown.length > 0 && !hasPrices(provider, region) && { noPricesOf: region }),
    ...(dated === undefined ? {} : { dated }),
  };
}

/** `about $156 a month`, `at least $73 a month`, `unknown`; the caller says what is missing. */
export function sumText({ usdMonth, unknown }: Pick<Estimate, 'usdMonth' | 'unknown'>): string {
  if (usdMonth === 0) return 'unknown';
  return `${unknown.length === 0 ? 'about' : 'at least'} $${Math.round(usdMonth)} a month`;
}

/** `; not priced: nlb, s3 Bucket; no list of prices here covers eu-south-1`, empty when all has a price. */
export function missingText({ unknown, noPricesOf }: Estimate, others: readonly string[] = []): string {
  const missing = [...unknown, ...others];
  const list = missing.length === 0 ? '' : `; not priced: ${missing.join(', ')}`;
  return noPricesOf === undefined ? list : `${list}; no list of prices here covers ${noPricesOf}`;
}

/** `about $156 a month`, `at least $73 a month; not priced: n2-standard-4`, `cost unknown; not priced: n2-standard-4`. */
export const estimateText = (one: Estimate): string =>
  `${one.usdMonth === 0 ? 'cost ' : ''}${sumText(one)}${missingText(one)}`;
