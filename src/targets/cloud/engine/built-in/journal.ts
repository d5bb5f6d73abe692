/** Keeps the checkpoint of a running deployment up to date: what is begun is on disk before it is done. */
import type { PendingOperation, ResourceState, Snapshot } from './snapshot.ts';

export class Journal {
  /** Resources of the run so far, in an order that dependencies allow. */
  readonly #fresh: ResourceState[] = [];
  /** Resources of before that nothing was said about yet. */
  #old: readonly ResourceState[];
  #pending: readonly PendingOperation[];
  readonly #write: ((snapshot: Snapshot) => void) | undefined;
  #turn: Promise<void> | undefined;

  /** Without `write` (a preview) nothing is kept. */
  constructor(base: Snapshot, write: ((snapshot: Snapshot) => void) | undefined) {
    this.#old = base.resources;
    this.#pending = base.pending;
    this.#write = write;
  }

  get snapshot(): Snapshot {
    return { resources: [...this.#fresh, ...this.#old], pending: this.#pending };
  }

  /** Notes what is about to be done; the answer notes that it ended, well or not. */
  async begin(operation: PendingOperation): Promise<() => void> {
    this.#pending = [...this.#pending, operation];
    await this.flush();
    return () => {
      this.#pending = this.#pending.filter((other) => other !== operation);
    };
  }

  /** A resource is as `state` now; `before` are the states that it takes the place of. */
  async put(state: ResourceState, ...before: readonly (ResourceState | undefined)[]): Promise<void> {
    this.#fresh.push(state);
    this.#old = this.#old.filter((old) => !before.includes(old));
    await this.flush();
  }

  /** Takes the place of a state in the list, wherever it stands. */
  async change(before: ResourceState, after: ResourceState | undefined): Promise<void> {
    const changed = (states: readonly ResourceState[]): ResourceState[] =>
      states.flatMap((state) => (state === before ? (after ?? []) : state));
    this.#old = changed(this.#old);
    this.#fresh.splice(0, this.#fresh.length, ...changed(this.#fresh));
    await this.flush();
  }

  forgetPending(): void {
    this.#pending = [];
  }

  /** Writes once for all that changes in the same turn of the event loop. */
  flush(): Promise<void> {
    const write = this.#write;
    if (!write) return Promise.resolve();
    this.#turn ??= Promise.resolve().then(() => {
      this.#turn = undefined;
      write(this.snapshot);
    });
    return this.#turn;
  }
}
