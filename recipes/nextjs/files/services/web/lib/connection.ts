/** How to reach the database, from the variables that the link to `db` gives. */
import { readFileSync } from 'node:fs';
import type { PoolConfig } from 'pg';

const required = (env: NodeJS.ProcessEnv, name: string): string => {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`The variable ${name} is not set.`);
  return value;
};

/** With DB_CA_FILE the server's certificate must come from that authority and bear the server's name. */
export const connectionFrom = (env: NodeJS.ProcessEnv): PoolConfig => {
  const host = required(env, 'DB_HOST');
  return {
    host,
    port: Number(env.DB_PORT ?? 5432),
    user: required(env, 'DB_USER'),
    password: required(env, 'DB_PASSWORD'),
    database: required(env, 'DB_NAME'),
    // `host` is what the certificate is checked against; pg itself passes it on only when it is no IP address.
    ...(env.DB_CA_FILE ? { ssl: { ca: readFileSync(env.DB_CA_FILE, 'utf8'), host } } : {}),
    max: 10,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 5_000,
  };
};
