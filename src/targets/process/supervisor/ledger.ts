/** The ledger: pid and start time of everything started, on disk before any of it runs. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

export interface LedgerEntry {
  /** Id of the program. */
  readonly id: string;
  readonly replica: number;
  /** Also the number of its process group. */
  readonly pid: number;
  readonly startTime: string;
  readonly stop: { readonly signal: NodeJS.Signals; readonly graceMs: number };
  /** The stop signal goes to the leader only, as PostgreSQL wants it. */
  readonly leaderOnly: boolean;
  readonly rank: number;
}

export interface LedgerText {
  readonly version: 1;
  readonly supervisor: { readonly pid: number; readonly startTime: string };
  /** Path of the control socket. */
  readonly control: string;
  readonly processes: readonly LedgerEntry[];
}

/** The ledger on disk; undefined when there is none. A torn or foreign file counts as none: writes are atomic, so it is not ours. */
export function readLedger(path: string): LedgerText | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const found = JSON.parse(text) as LedgerText;
    return found.version === 1 && Array.isArray(found.processes) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** The ledger of a living supervisor. */
export class Ledger {
  readonly #path: string;
  readonly #head: Omit<LedgerText, 'processes'>;
  readonly #entries = new Map<number, LedgerEntry>();
  #removed = false;

  constructor(path: string, head: Omit<LedgerText, 'processes'>) {
    this.#path = path;
    this.#head = head;
    this.#write();
  }

  /** On disk when this returns. */
  add(entry: LedgerEntry): void {
    this.#entries.set(entry.pid, entry);
    this.#write();
  }

  drop(pid: number): void {
    if (this.#entries.delete(pid)) this.#write();
  }

  /** For good: later changes write nothing. */
  remove(): void {
    this.#removed = true;
    rmSync(this.#path, { force: true });
  }

  #write(): void {
    if (this.#removed) return;
    const next = `${this.#path}.next`;
    const text: LedgerText = { ...this.#head, processes: [...this.#entries.values()] };
    try {
      writeFileSync(next, `${JSON.stringify(text, null, 1)}\n`, { mode: 0o600 });
      renameSync(next, this.#path);
    } catch (error) {
      rmSync(next, { force: true });
      throw error;
    }
  }
}
