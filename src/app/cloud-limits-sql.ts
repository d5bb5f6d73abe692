/** What the databases of a cloud take: names of databases and sizes of Cloud SQL. */
import type { Cloud } from './stacks.ts';

/** There from the beginning, or kept by the cloud: a database of that name cannot be made. */
const everywhere = ['template0', 'template1', 'mysql', 'sys', 'information_schema', 'performance_schema'];
const taken: Readonly<Record<Cloud, readonly string[]>> = {
  aws: ['db', 'rdsadmin', ...everywhere],
  gcp: ['postgres', 'cloudsqladmin', ...everywhere],
};

export function reservedDatabases(cloud: Cloud, name: string): string | undefined {
  return taken[cloud].includes(name.toLowerCase()) ? `is "${name}", which the cloud keeps for itself` : undefined;
}

/**
 * Machines of the edition ENTERPRISE. A custom one has 1 or an even number of processors up to 96, and 0.9 to 6.5 GB of
 * memory for each, at least 3.75 GB, in steps of 256 MB (Cloud SQL, "Choose between machine types", read 2026-11).
 */
export function sqlTierTrouble(engine: 'postgres' | 'mysql', tier: string): string | undefined {
  if (/^db-perf-optimized-/.test(tier)) return `is "${tier}", a machine of ENTERPRISE_PLUS, and opta makes ENTERPRISE`;
  if (!tier.startsWith('db-')) return `must be a machine of Cloud SQL such as db-custom-2-7680, and is "${tier}"`;
  if (engine === 'postgres' && tier.startsWith('db-n1-')) return `is "${tier}", which PostgreSQL does not get`;
  const [, processors, memory] = /^db-custom-(\d+)-(\d+)$/.exec(tier)?.map(Number) ?? [];
  if (processors === undefined || memory === undefined) return undefined;
  if (processors !== 1 && (processors % 2 !== 0 || processors === 0 || processors > 96)) {
    return `is "${tier}", and the number of processors must be 1 or even, up to 96`;
  }
  const [least, most] = [Math.max(3840, processors * 0.9 * 1024), processors * 6.5 * 1024];
  if (memory % 256 === 0 && memory >= least && memory <= most) return undefined;
  const [from, to] = [Math.ceil(least / 256) * 256, Math.floor(most / 256) * 256];
  return `is "${tier}", and the memory must be a multiple of 256 from ${from} to ${to} MB`;
}
