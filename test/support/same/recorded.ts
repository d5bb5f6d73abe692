/** The recorded requests of a recipe, and what of an answer must differ from run to run. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Place, Recorded, Told } from './requests.ts';

export interface Listed extends Recorded {
  /** Asked again until the body matches. */
  readonly until?: string;
  /** Fields for the form of the page. */
  readonly form?: Readonly<Record<string, string>>;
  /** The first address in the page that matches is asked for. */
  readonly asset?: string;
  /** The ingress answers by itself. */
  readonly refused?: boolean;
  /** Only the image has it. */
  readonly built?: boolean;
}

export interface Differs {
  readonly pattern: string;
  readonly why: string;
}

export interface RecipeList {
  /** Paths that a development server answers as processes. */
  readonly development?: string;
  readonly differs?: readonly Differs[];
  readonly requests: readonly Listed[];
}

/** Throws when the recipe has no list. */
export function listOf(recipe: string): RecipeList {
  return parse(readFileSync(join(import.meta.dirname, 'recipes', `${recipe}.yaml`), 'utf8')) as RecipeList;
}

/** True of every recipe. */
export const alwaysDiffers: readonly Differs[] = [
  { pattern: String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?`, why: 'moments' },
  { pattern: String.raw`\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`, why: 'identifiers that are drawn anew' },
  { pattern: String.raw`\b[0-9a-f]{32}\b`, why: 'traces, which are drawn anew' },
];

/**
 * `told` without what must differ; `count` hears how often. The ingress's own answers are its code and where it sends to: their pages are
 * each maker's.
 */
export function normal(
  { httpsPort, httpPort }: Place,
  asked: Listed,
  told: Told,
  differs: readonly Differs[],
  count: (why: string, times: number) => void,
): Told {
  const { location } = told.headers;
  // No recipe has an address beside its layer's, and each redirects to https.
  const own = asked.plain === true || asked.host !== undefined || asked.refused === true;
  const kept = own ? { status: told.status, headers: location ? { location } : {}, body: '' } : told;
  const ports = { pattern: `(?<=:)(${httpsPort}|${httpPort})\\b`, why: 'ports, which are free ones' };
  const replaced = (text: string): string => {
    let result = text;
    for (const { pattern, why } of [ports, ...alwaysDiffers, ...differs]) {
      const found = result.match(new RegExp(pattern, 'g'))?.length ?? 0;
      count(why, found);
      result = result.replaceAll(new RegExp(pattern, 'g'), '~');
    }
    return result;
  };
  const headers = Object.entries(kept.headers).map(([name, value = '']) => {
    const lines = [value].flat().map((one) => replaced(`${name}: ${one}`).replace(`${name}: `, ''));
    return [name, lines.length === 1 ? lines[0] : lines] as const;
  });
  return { status: kept.status, headers: Object.fromEntries(headers), body: replaced(kept.body) };
}

/** What of a page counts where a development server adds to it: how it went and what it shows. */
export function shown({ status, headers, body }: Told): Told {
  const type = String(headers['content-type'] ?? '').split(';')[0] ?? '';
  const { location } = headers;
  const text = body
    .replaceAll(/<!--.*?-->|<(script|style|template|head)\b.*?<\/\1>/gs, '')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return {
    status,
    headers: { ...(type && { type }), ...(location && { location }) },
    body: type === 'text/html' ? text : body,
  };
}
