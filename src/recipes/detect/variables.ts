/** Names of environment variables under which code expects the address of a resource. */
import type { ResourceName } from '../../resources/names.ts';
import { type Place, search, sources } from './place.ts';

export interface UrlVariable {
  readonly type: ResourceName;
  /** Output of the resource, such as `db_url`. */
  readonly output: string;
  readonly name: string;
  readonly why: string;
}

const sql = [
  'DATABASE_URL',
  'POSTGRES_URL',
  'POSTGRES_URI',
  'PG_URL',
  'MYSQL_URL',
  'DB_URL',
  'DATABASE_URI',
  'DB_DSN',
  'DATABASE_DSN',
  'SQLALCHEMY_DATABASE_URI',
];

const names: Readonly<Partial<Record<ResourceName, { readonly output: string; readonly names: readonly string[] }>>> = {
  postgres: { output: 'db_url', names: sql },
  mysql: { output: 'db_url', names: sql },
  mongodb: {
    output: 'db_url',
    names: ['MONGODB_URI', 'MONGODB_URL', 'MONGO_URI', 'MONGO_URL', 'DATABASE_URL', 'DB_URI'],
  },
  redis: {
    output: 'cache_url',
    names: ['REDIS_URL', 'REDIS_URI', 'CACHE_URL', 'VALKEY_URL', 'CELERY_BROKER_URL', 'REDIS_CONNECTION_STRING'],
  },
};

const code = /\.(?:[cm]?[jt]sx?|py|go|rb|java|kt|rs|cs|php|exs?|prisma|toml|ya?ml|properties)$|(^|\/)\.env[\w.]*$/;

/** The first name of each resource that stands in the code or its settings; no name for two resources. */
export async function urlVariables(place: Place, types: readonly ResourceName[]): Promise<readonly UrlVariable[]> {
  const files = [...place.files.filter((file) => /(^|\/)\.env[\w.]*$/.test(file)), ...sources(place, code)];
  const found: UrlVariable[] = [];
  for (const type of types) {
    const known = names[type];
    for (const name of known?.names ?? []) {
      if (known === undefined || found.some((one) => one.name === name)) continue;
      const used = await search(place, files, [new RegExp(`\\b${name}\\b`)]);
      if (!used) continue;
      found.push({ type, output: known.output, name, why: used.why });
      break;
    }
  }
  return found;
}
