/** Numbers that follow from the definition and from whether the environment is a production. Pure. */

/** Gateways to the outside: one a zone in production, one elsewhere. */
export function natCount(production: boolean, zones: number): number {
  return production ? zones : 1;
}

/** Days that CloudWatch knows as a retention (PutRetentionPolicy of its API reference). */
const logDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** The shortest retention that is at least as long; 0 is for ever. */
export function retentionDays(days: number): number {
  return days === 0 ? 0 : (logDays.find((known) => known >= days) ?? 3653);
}

/** Addresses of the one Cloud NAT of a region. */
export const regionalNatAddresses = 2;

/** Family of parameters of RDS: `postgres17`, `mysql8.4`. */
export function parameterFamily(engine: 'postgres' | 'mysql', version: string): string {
  const [major = '', minor = '0'] = version.split('.');
  return engine === 'postgres' ? `postgres${major}` : `mysql${major}.${minor}`;
}

/** The last release of each older line of Redis that ElastiCache has, which it wants in full. */
const olderRedis: Readonly<Record<number, string>> = { 3: '3.2.10', 4: '4.0.10', 5: '5.0.6' };

/** A version of Redis that the file names stays Redis; else Valkey. Versions of Redis from 7.1 on go on as Valkey. */
export function cacheEngine(written: string | undefined): {
  readonly engine: 'redis' | 'valkey';
  readonly version: string;
  readonly family: string;
} {
  const [first, minor = '0'] = written?.split('.') ?? [];
  const major = Number(first ?? 8);
  if (major >= 8) return { engine: 'valkey', version: `${major}.${minor}`, family: `valkey${major}` };
  if (major === 7) return { engine: 'valkey', version: '7.2', family: 'valkey7' };
  if (major === 6) return { engine: 'redis', version: '6.2', family: 'redis6.x' };
  const version = /^\d+\.\d+\.\d+$/.test(written ?? '') ? (written ?? '') : (olderRedis[major] ?? '');
  return { engine: 'redis', version, family: `redis${version.split('.').slice(0, 2).join('.')}` };
}

/** Addresses of Services inside EKS: outside of 10/8, so that they meet no environment's range, unless one is there. */
export function serviceRange(network: string): string {
  return network.startsWith('172.') ? '10.100.0.0/16' : '172.20.0.0/16';
}

/** `POSTGRES_17`, `MYSQL_8_4`: Cloud SQL knows majors of PostgreSQL and minors of MySQL. */
export function cloudSqlVersion(engine: 'postgres' | 'mysql', version: string): string {
  const [major = '', minor = '0'] = version.split('.');
  return engine === 'postgres' ? `POSTGRES_${major}` : `MYSQL_${major}_${minor}`;
}

/** `REDIS_7_2`, the newest of Memorystore; what the file writes wins, in its words or in Google's. */
export function memorystoreVersion(written: string | undefined): string {
  if (written === undefined) return 'REDIS_7_2';
  if (written.startsWith('REDIS_')) return written;
  const [major = '7', minor] = written.split('.');
  const minors: Readonly<Record<string, string>> = { '7': '2', '6': 'X', '5': '0', '4': '0' };
  return `REDIS_${major}_${minor === undefined || major !== '7' ? (minors[major] ?? '0') : minor}`;
}
