/** The resources that a service can link to, by the one name that they have on every target. */

/** `postgres`, `mysql`, `mongodb`, `redis`, `documentdb`, `mongodb-atlas`, `bucket`, `queue`, `topic`, `dynamodb`. */
export const resourceNames = [
  'postgres',
  'mysql',
  'mongodb',
  'redis',
  'documentdb',
  'mongodb-atlas',
  'bucket',
  'queue',
  'topic',
  'dynamodb',
] as const;

export type ResourceName = (typeof resourceNames)[number];
