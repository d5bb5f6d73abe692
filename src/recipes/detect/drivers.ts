/** Which of several SQL databases is meant when there are drivers of more than one. */
import { type Place, search, sources } from './place.ts';
import type { Uses } from './reading.ts';

const code = /\.(?:[cm]?[jt]s|py|go|rb|java|kt|php|properties|ya?ml|toml|json)$/;
const says = {
  postgres:
    /\b(?:dialect|client|type|provider|adapter|driver|connection)["']?\s*[:=]\s*["']?(?:postgres\w*|pg|psycopg2?)\b|\.backends\.postgresql|\bpostgres\.(?:Open|New)\(|jdbc:postgresql:/i,
  mysql:
    /\b(?:dialect|client|type|provider|adapter|driver|connection)["']?\s*[:=]\s*["']?(?:mysql2?|mariadb|trilogy)\b|\.backends\.mysql|\bmysql\.(?:Open|New)\(|jdbc:(?:mysql|mariadb):/i,
} as const;

/** Settings whose names end so say it in a word, `TYPEORM_CONNECTION=postgres`. */
const inEnvironment = (word: string): RegExp =>
  new RegExp(
    `^\\w*(?:CONNECTION|DIALECT|CLIENT|DRIVER|TYPE|ENGINE|PROVIDER|ADAPTER)[ \\t]*=[ \\t]*["']?(?:${word})\\w*`,
    'm',
  );
const words = { postgres: 'postgres|pg|psql', mysql: 'mysql|mariadb' } as const;

/** What the drivers stand for, without a database that neither settings nor code name while they name another. */
export async function meant(place: Place, drivers: readonly Uses[], said: readonly Uses[]): Promise<readonly Uses[]> {
  const both = (['postgres', 'mysql'] as const).every((type) => drivers.some(({ value }) => value === type));
  if (!both) return drivers;
  const environment = place.files.filter((file) => /(^|\/)\.env[\w.-]*$/.test(file));
  const named = async (type: keyof typeof says): Promise<boolean> =>
    said.some(({ value }) => value === type) ||
    (await search(place, environment, [inEnvironment(words[type])])) !== undefined ||
    (await search(place, sources(place, code), [says[type]])) !== undefined;
  const [postgres, mysql] = await Promise.all([named('postgres'), named('mysql')]);
  if (postgres === mysql) return drivers;
  return drivers.filter(({ value }) => value !== (postgres ? 'mysql' : 'postgres'));
}
