/** PostgreSQL: connects as soon as the server takes connections, brings the schema up to date, and asks the questions. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { statementTimeoutMs } from './connection.ts';
import type { Log } from './log.ts';
import { migrations } from './migrations.ts';

export interface Product {
  readonly id: number;
  readonly name: string;
  readonly priceCents: number;
  readonly stock: number;
}

export type Ordered = { readonly orderId: number } | { readonly refused: 'unknown product' | 'stock too low' };

export interface Database {
  /** Name, version and encryption, as the server says itself. */
  readonly description: string;
  list(): Promise<{ products: Product[]; orders: number }>;
  order(productId: number, quantity: number): Promise<Ordered>;
  /** Throws when the server does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Any number that all replicas share and nothing else in this database uses. */
const migrationLock = 7_203_114;

/** Codes of a server that is not there yet; anything else, such as a wrong password, is not cured by waiting. */
const comingUp = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', '57P03']);

const connect = async (pool: pg.Pool, log: Log, deadline: number): Promise<pg.PoolClient> => {
  for (let pause = 50; ; pause = Math.min(pause * 2, 2_000)) {
    try {
      return await pool.connect();
    } catch (error) {
      const code = (error as { code?: string }).code ?? '';
      if (!comingUp.has(code) || Date.now() > deadline) throw error;
      log.info('waiting for the database', { code, again: `${pause} ms` });
      await sleep(pause);
    }
  }
};

/** Runs each missing step once, however many replicas start together: the others wait at the lock. */
const migrate = async (client: pg.ClientBase, log: Log): Promise<void> => {
  // A step, or the wait for another replica's, may take longer than a request may.
  await client.query('set statement_timeout to 0');
  await client.query('select pg_advisory_lock($1)', [migrationLock]);
  try {
    await client.query(`create table if not exists migrations (
      step integer primary key, applied_at timestamptz not null default now())`);
    const { rows } = await client.query<{ done: number }>('select count(*)::int as done from migrations');
    for (const [step, sql] of migrations.entries()) {
      if (step < (rows[0]?.done ?? 0)) continue;
      await transaction(client, async () => {
        await client.query(sql);
        await client.query('insert into migrations (step) values ($1)', [step]);
      });
      log.info('migrated', { step });
    }
  } finally {
    await client.query('select pg_advisory_unlock($1)', [migrationLock]);
    await client.query(`set statement_timeout to ${statementTimeoutMs}`);
  }
};

const transaction = async <T>(client: pg.ClientBase, body: () => Promise<T>): Promise<T> => {
  await client.query('begin');
  try {
    const result = await body();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
};

const describe = async (client: pg.ClientBase): Promise<string> => {
  const { rows } = await client.query<{ server: string; tls: string | null }>(
    `select current_setting('server_version') as server, version as tls from pg_stat_ssl where pid = pg_backend_pid()`,
  );
  return `PostgreSQL ${rows[0]?.server.split(' ', 1)[0]}, ${rows[0]?.tls ?? 'not encrypted'}`;
};

const list = async (pool: pg.Pool) => {
  const { rows } = await pool.query<Product & { orders: number }>(
    `select id, name, price_cents as "priceCents", stock, (select count(*)::int from orders) as orders
     from products order by id`,
  );
  return { products: rows, orders: rows[0]?.orders ?? 0 };
};

const order = async (pool: pg.Pool, productId: number, quantity: number): Promise<Ordered> => {
  const { rows } = await pool.query<{ id: number }>(
    `with taken as (update products set stock = stock - $2 where id = $1 and stock >= $2 returning id)
     insert into orders (product_id, quantity) select id, $2 from taken returning id`,
    [productId, quantity],
  );
  if (rows[0]) return { orderId: rows[0].id };
  const known = await pool.query('select 1 from products where id = $1', [productId]);
  return { refused: known.rowCount ? 'stock too low' : 'unknown product' };
};

/** Waits up to `patienceMs` for the server to come up. */
export const openDatabase = async (config: pg.PoolConfig, log: Log, patienceMs = 60_000): Promise<Database> => {
  const pool = new pg.Pool(config);
  pool.on('error', (error) => log.error('lost an idle connection', error));
  const client = await connect(pool, log, Date.now() + patienceMs);
  try {
    await migrate(client, log);
    return {
      description: await describe(client),
      list: () => list(pool),
      order: (productId, quantity) => order(pool, productId, quantity),
      ping: async () => void (await pool.query('select 1')),
      close: () => pool.end(),
    };
  } finally {
    client.release();
  }
};
