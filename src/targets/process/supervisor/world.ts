/** What every part of the supervisor shares. */
import type { Said } from '../../../engine/event.ts';
import type { System } from '../../../system/system.ts';
import type { StateFolder } from './folder.ts';
import type { Ledger } from './ledger.ts';
import type { LogStream } from './log-file.ts';

export interface World {
  readonly system: System;
  readonly folder: StateFolder;
  readonly ledger: Ledger;
  /** Ports of programs and of the data plane, whether or not somebody listens there now. */
  spoken(): ReadonlySet<number>;
  /** Tells every watching client. */
  emit(event: Said): void;
  /** Adds lines to a program's log; they must be free of secrets. */
  log(id: string, replica: number, stream: LogStream, lines: readonly string[]): void;
  /** A line in the supervisor's own log. */
  note(text: string): void;
}
