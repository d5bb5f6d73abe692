/** What opta and the process that holds Pulumi say to each other: one JSON message each way, over Node's channel. */
import type { ErrorCode } from '../../../errors.ts';
import type { OpenStack, StackEvent, StackHandle } from '../operation.ts';

export type Call = Exclude<keyof StackHandle, 'close'> | 'open';

/** What the child needs beyond the stack itself. */
export interface ChildStart extends OpenStack {
  /** Module with `programOf`. */
  readonly program: string;
  /** The module that the child itself runs: the built-in engine is the same one. */
  readonly entry: string;
}

export type Request =
  | { readonly id: number; readonly call: Call; readonly argument?: unknown }
  /** Lets what runs end, and begins nothing more: one SIGINT for the engine. */
  | { readonly cancel: true };

export interface Failure {
  readonly message: string;
  /** Only for what the user can mend. */
  readonly code?: ErrorCode;
  readonly hints?: readonly string[];
  readonly stack?: string;
}

export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly failure: Failure }
  | { readonly event: StackEvent };

/** How the child hears and speaks; a parent that is gone is not spoken to. */
export interface Channel {
  onMessage(act: (message: unknown) => void): void;
  onClose(act: () => void): void;
  send(message: unknown): void;
}
