/** Sizes of an environment: machines of the cluster and of its databases, with what they cost a month. */

import type { Option } from '../../app/asked.ts';
import { type Estimate, estimate, estimateText } from '../../resources/prices.ts';

export interface Size {
  readonly name: 'small' | 'medium' | 'large' | 'recipe';
  readonly machine: string;
  /** On Google in each of three zones. */
  readonly nodes: { readonly min: number; readonly max: number };
  /** Cheaper machines that may be taken away. */
  readonly spot: boolean;
  readonly database: string;
}

type Cloud = 'aws' | 'gcp';
export type Engine = 'mysql' | 'postgres';

const sizes: { readonly [K in Cloud]: readonly Size[] } = {
  aws: [
    { name: 'small', machine: 't3.medium', nodes: { min: 2, max: 4 }, spot: false, database: 'db.t4g.small' },
    { name: 'medium', machine: 't3.large', nodes: { min: 3, max: 6 }, spot: false, database: 'db.t4g.medium' },
    { name: 'large', machine: 'm6i.xlarge', nodes: { min: 3, max: 9 }, spot: false, database: 'db.m6g.large' },
  ],
  gcp: [
    { name: 'small', machine: 'n2-highcpu-4', nodes: { min: 1, max: 2 }, spot: true, database: 'db-f1-micro' },
    { name: 'medium', machine: 'n2-standard-4', nodes: { min: 1, max: 3 }, spot: false, database: 'db-custom-2-7680' },
    { name: 'large', machine: 'n2-standard-8', nodes: { min: 1, max: 4 }, spot: false, database: 'db-custom-4-15360' },
  ],
};

export function sizeOf(cloud: Cloud, name: string): Size {
  const size = sizes[cloud].find((one) => one.name === name) ?? sizes[cloud][0];
  if (size === undefined) throw new Error(`no sizes for ${cloud}`);
  return size;
}

/** What the recipes bring themselves; their databases have the size that a database has when nothing is said. */
const recipeSizes: { readonly [K in Cloud]: { readonly production: Size; readonly others: Size } } = {
  aws: {
    production: {
      name: 'recipe',
      machine: 'm6i.large',
      nodes: { min: 3, max: 9 },
      spot: false,
      database: 'db.t3.medium',
    },
    others: { name: 'recipe', machine: 't3.medium', nodes: { min: 2, max: 4 }, spot: true, database: 'db.t3.medium' },
  },
  gcp: {
    production: {
      name: 'recipe',
      machine: 'n2-standard-4',
      nodes: { min: 1, max: 3 },
      spot: false,
      database: 'db-f1-micro',
    },
    others: { name: 'recipe', machine: 'n2-highcpu-4', nodes: { min: 1, max: 2 }, spot: true, database: 'db-f1-micro' },
  },
};

export const recipeSize = (cloud: Cloud, environment: string): Size =>
  recipeSizes[cloud][isProduction(environment) ? 'production' : 'others'];

export const isProduction = (environment: string): boolean => environment.startsWith('prod');

interface Asked {
  readonly cloud: Cloud;
  readonly region: string;
  readonly environment: string;
  /** SQL databases of the layer: an engine costs by itself. */
  readonly databases: readonly Engine[];
  /** Whether a recipe brings a size of its own, which is then the first. */
  readonly recipe?: boolean;
}

/** Control plane, the fewest machines, and databases with their standby; traffic, storage and addresses come on top. */
function costOf(size: Size, { cloud, region, environment, databases }: Asked): Estimate {
  const each = isProduction(environment) ? 2 : 1;
  const zones = cloud === 'gcp' ? 3 : 1;
  return estimate(cloud, region, [
    { item: cloud === 'aws' ? 'eks-cluster' : 'gke-cluster', count: 1 },
    // As a plan calls them, so that both find the same prices.
    { item: `${size.machine}${size.spot ? ' (spot)' : ''}`, count: size.nodes.min * zones },
    ...databases.map((engine) => ({
      item: cloud === 'aws' ? `${engine} ${size.database}` : size.database,
      count: each,
    })),
  ]);
}

/** The sizes to choose from, each with its cost beside it. */
export function sizeOptions(asked: Asked): readonly Option[] {
  const own = asked.recipe === true ? [recipeSize(asked.cloud, asked.environment)] : [];
  return [...own, ...sizes[asked.cloud]].map((size) => {
    const { min, max } = size.nodes;
    const zones = asked.cloud === 'gcp' ? ' a zone' : '';
    const database = asked.databases.length > 0 ? `, ${size.database}` : '';
    return {
      value: size.name,
      title: estimateText(costOf(size, asked)),
      note: `${min} to ${max} ${size.machine}${zones}${database}`,
    };
  });
}
