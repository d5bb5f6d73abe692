/** The queue: pg-boss in the database that the link to `db` gives. */
import { readFileSync } from 'node:fs';
import { PgBoss } from 'pg-boss';

export interface Order {
  readonly item: string;
}

export const orders = 'orders';

const required = (env: NodeJS.ProcessEnv, name: string): string => {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`The variable ${name} is not set.`);
  return value;
};

/** With DB_CA_FILE the server's certificate must come from that authority. */
export const connectionFrom = (env: NodeJS.ProcessEnv) => ({
  host: required(env, 'DB_HOST'),
  port: Number(env.DB_PORT ?? 5432),
  user: required(env, 'DB_USER'),
  password: required(env, 'DB_PASSWORD'),
  database: required(env, 'DB_NAME'),
  ...(env.DB_CA_FILE ? { ssl: { ca: readFileSync(env.DB_CA_FILE, 'utf8'), host: required(env, 'DB_HOST') } } : {}),
});

/** Connected, with its tables there. `says` hears what goes wrong later. */
export const openQueue = async (says: (error: Error) => void): Promise<PgBoss> => {
  const boss = new PgBoss({ ...connectionFrom(process.env), max: 5 });
  boss.on('error', says);
  await boss.start();
  // An order that fails is tried again, later each time.
  await boss.createQueue(orders, { retryLimit: 5, retryDelay: 1, retryBackoff: true });
  return boss;
};
