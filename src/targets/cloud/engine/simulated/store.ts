/** What exists in the simulated clouds: one SQLite file, which several processes may use at once. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Properties } from '../values.ts';

/** A resource that exists. `urn` says who made it, which a real cloud would not know: for tests and for ids only. */
export interface Thing {
  /** AWS account or Google project: what is in one is not seen from another. */
  readonly account: string;
  readonly id: string;
  readonly type: string;
  readonly urn: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

interface Row {
  readonly account: string;
  readonly id: string;
  readonly type: string;
  readonly urn: string;
  readonly inputs: string;
  readonly outputs: string;
}

const thingOf = (row: Row): Thing => ({
  account: row.account,
  id: row.id,
  type: row.type,
  urn: row.urn,
  inputs: JSON.parse(row.inputs),
  outputs: JSON.parse(row.outputs),
});

const tables = `
  pragma journal_mode = wal;
  pragma synchronous = off;
  create table if not exists things (
    account text not null, type text not null, id text not null,
    urn text not null, inputs text not null, outputs text not null,
    primary key (account, type, id)
  );
  create table if not exists counts (name text primary key, value integer not null);
`;

export class CloudStore {
  readonly #database: DatabaseSync;

  /** Opens the cloud in `folder`, made when it is not there. */
  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#database = new DatabaseSync(join(folder, 'cloud.sqlite'), { timeout: 20_000 });
    this.#database.exec(tables);
  }

  /** Runs `act` alone: nobody else writes meanwhile. */
  alone<Result>(act: () => Result): Result {
    this.#database.exec('begin immediate');
    try {
      const result = act();
      this.#database.exec('commit');
      return result;
    } catch (error) {
      this.#database.exec('rollback');
      throw error;
    }
  }

  put(thing: Thing): void {
    const { account, id, type, urn, inputs, outputs } = thing;
    this.#database
      .prepare('insert or replace into things (account, type, id, urn, inputs, outputs) values (?, ?, ?, ?, ?, ?)')
      .run(account, type, id, urn, JSON.stringify(inputs), JSON.stringify(outputs));
  }

  get(account: string, type: string, id: string): Thing | undefined {
    const row = this.#database
      .prepare('select * from things where account = ? and type = ? and id = ?')
      .get(account, type, id);
    return row && thingOf(row as unknown as Row);
  }

  delete(account: string, type: string, id: string): boolean {
    return (
      this.#database.prepare('delete from things where account = ? and type = ? and id = ?').run(account, type, id)
        .changes > 0
    );
  }

  /** Everything of one type in an account, in a fixed order. */
  all(account: string, type: string): Thing[] {
    const rows = this.#database
      .prepare('select * from things where account = ? and type = ? order by id')
      .all(account, type);
    return rows.map((row) => thingOf(row as unknown as Row));
  }

  everything(): Thing[] {
    const rows = this.#database.prepare('select * from things order by account, type, id').all();
    return rows.map((row) => thingOf(row as unknown as Row));
  }

  /** Counts up from 1, once a call, over all processes. */
  next(name: string): number {
    const row = this.#database
      .prepare(
        'insert into counts (name, value) values (?, 1) on conflict (name) do update set value = value + 1 returning value',
      )
      .get(name);
    return Number(row?.['value']);
  }

  /** How far `next` has counted. */
  counted(name: string): number {
    return Number(this.#database.prepare('select value from counts where name = ?').get(name)?.['value'] ?? 0);
  }

  close(): void {
    this.#database.close();
  }
}
