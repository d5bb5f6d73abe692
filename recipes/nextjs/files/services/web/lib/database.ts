/** The entries, in PostgreSQL. */
import { Pool } from 'pg';
import { connectionFrom } from './connection.ts';

export interface Entry {
  readonly id: string;
  readonly text: string;
  readonly written: Date;
}

const table = `
  create table if not exists entries (
    id bigint generated always as identity primary key,
    text text not null,
    written timestamptz not null default now()
  )`;

// Kept across hot reloads. Opened by the first query: the build has no database.
const kept = globalThis as { entries?: Promise<Pool> };

/** The pool, with the table there. Replicas may start together, so one at a time makes it. */
const open = async (): Promise<Pool> => {
  const pool = new Pool(connectionFrom(process.env));
  pool.on('error', (error) => console.error(error));
  const client = await pool.connect().catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  try {
    await client.query('select pg_advisory_lock(7)');
    await client.query(table);
    await client.query('select pg_advisory_unlock(7)');
  } finally {
    client.release();
  }
  return pool;
};

const database = (): Promise<Pool> => {
  kept.entries ??= open().catch((error: unknown) => {
    delete kept.entries;
    throw error;
  });
  return kept.entries;
};

export const newest = async (count: number): Promise<readonly Entry[]> =>
  (await (await database()).query<Entry>('select id, text, written from entries order by id desc limit $1', [count]))
    .rows;

export const add = async (text: string): Promise<void> => {
  await (await database()).query('insert into entries (text) values ($1)', [text]);
};

export const ping = async (): Promise<void> => {
  await (await database()).query('select 1');
};
